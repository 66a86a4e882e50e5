"""Clear what a pending booking waits for. Whoever clears the last of it confirms the booking."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db.models import QuerySet

from bookings.actions import history
from bookings.actions.addresses import release_expired
from bookings.actions.checks.preconditions import (
    Refused,
    is_read,
    lock_active_booking,
    nudge,
    require_approval,
)
from bookings.models import Booking, BookingChange, Claim, booking_lock
from bookings.proposals import collisions
from bookings.push import placements
from practice.models import User

Kind = BookingChange.Kind
Source = BookingChange.Source


def confirm_pending(user: User, now: datetime) -> None:
    """Confirm the user's pending bookings if the calendars are read again, each if its time is free."""
    pending = list(still_pending(user.pk, now).select_related("claim"))
    if not pending or not is_read(user, now):
        return
    asked = collisions.unacknowledged(user, pending)  # for all at once, because a client may be waiting
    for booking in pending:
        if booking.pk not in asked:
            with suppress(Refused):  # cancelled meanwhile
                confirm(booking, now=now)


def still_pending(user_id: int, now: datetime) -> QuerySet[Booking]:
    """Bookings of a staff member that wait for their calendars to be read, and have not begun.

    After that a confirmation is of no use to the client.
    """
    return Booking.objects.filter(staff=user_id, calendar_unread_since__isnull=False, start__gt=now)


def confirm(booking: Booking, *, now: datetime) -> bool:
    """Note that the calendars are read again, if they are and its time is free. True if that confirmed the booking.

    Hours, notice and what staff insisted on were settled when it was booked and are not checked again.
    """
    with booking_lock(booking.staff, now):
        booking = lock_active_booking(booking)
        if booking.calendar_unread_since is None or not is_read(booking.staff, now):
            return False
        if collisions.is_unacknowledged(booking):
            return False
        booking.calendar_unread_since = None
        return _confirm_if_last(booking, Source.KALENDS, now)


def approve(booking: Booking, *, now: datetime, actor: User | None = None) -> bool:
    """Staff approve the booking. True if that confirmed it. Raises Refused if it does not wait for that."""
    with booking_lock(booking.staff, now):
        booking = lock_active_booking(booking)
        require_approval(booking)
        booking.approval_due_at = None
        return _confirm_if_last(booking, Source.STAFF, now, actor)


def confirm_address(booking: Booking, *, now: datetime, actor: User | None = None) -> bool:
    """The client confirms their address, and the booking is pushed. True if that confirmed it.

    `actor`: the staff member who confirms it instead, because they know otherwise that the client wants it. Raises
    Refused if it is cancelled, and so if the time for that is over.
    """
    release_expired(now)  # by itself, because a refusal takes back what was done under its lock
    with booking_lock(booking.staff, now):
        booking = lock_active_booking(booking)
        if booking.address_due_at is None:
            return False
        booking.address_due_at = None
        Claim.objects.filter(booking=booking).update(expires_at=None)
        placements.place_if_missing(booking)
        source = Source.STAFF if actor else Source.CLIENT
        confirmed = _confirm_if_last(booking, source, now, actor)
        if not confirmed:
            history.record(booking, Kind.ADDRESS, source, now=now, actor=actor)
            nudge(booking)
        return confirmed


def _confirm_if_last(booking: Booking, source: Source, now: datetime, actor: User | None = None) -> bool:
    """Write what was cleared, and confirm the booking if it waits for nothing else. Inside the lock."""
    confirmed = booking.status == Booking.Status.PENDING and booking.cause == Booking.Cause.NONE
    if confirmed:
        booking.status = Booking.Status.CONFIRMED
        booking.revision += 1
    booking.save()
    if confirmed:
        history.record(booking, Kind.CONFIRMED, source, now=now, actor=actor)
        placements.queue(booking)
        nudge(booking)
    return confirmed
