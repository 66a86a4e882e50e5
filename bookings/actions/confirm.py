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
)
from bookings.links import new_public_id
from bookings.models import Booking, BookingChange, Claim, booking_lock
from bookings.proposals import approvals, collisions
from bookings.push import placements
from practice.models import User

Kind = BookingChange.Kind
Source = BookingChange.Source


def confirm_pending(user: User, now: datetime) -> None:
    """Confirm the user's pending bookings if the calendars are read again, each if its time is free."""
    pending = list(still_pending(now).filter(staff=user).select_related("claim"))
    if not pending or not is_read(user, now):
        return
    asked = collisions.unacknowledged(user, pending)  # for all at once, because a client may be waiting
    for booking in pending:
        if booking.pk not in asked:
            with suppress(Refused):  # cancelled meanwhile
                confirm(booking, now=now)


def still_pending(now: datetime) -> QuerySet[Booking]:
    """Bookings that wait for the calendars of their staff member to be read, and have not begun.

    After that a confirmation is of no use to the client. Nor is it to one who is asked to choose another time, because
    the person cannot see them at this one.
    """
    return Booking.objects.filter(calendar_unread_since__isnull=False, new_time_asked_at=None, start__gt=now)


def confirm(booking: Booking, *, now: datetime) -> bool:
    """Note that the calendars are read again, if they are and its time is free. True if that confirmed the booking.

    One whose client is asked to choose another time is not confirmed: it waits until they do, or until it stands.
    Hours, notice and what staff insisted on were settled when it was booked and are not checked again.
    """
    with booking_lock(booking.staff, now):
        booking = lock_active_booking(booking)
        if booking.calendar_unread_since is None or not is_read(booking.staff, now):
            return False
        if booking.new_time_asked_at is not None or collisions.is_unacknowledged(booking):
            return False
        booking.calendar_unread_since = None
        return confirm_if_last(booking, Source.KALENDS, now)


def confirm_address(booking: Booking, *, now: datetime, actor: User | None = None) -> bool:
    """The client confirms their address, and the booking is pushed with those of its series. True if it is confirmed.

    `actor`: the staff member who confirms it instead, because they know otherwise that the client wants it. Raises
    Refused if it is cancelled, and so if the time for that is over.
    """
    release_expired(now)  # by itself, because a refusal takes back what was done under its lock
    people = {booking.staff, *(one.staff for one in _waiting_with(booking))}
    with booking_lock(people, now):
        booking = lock_active_booking(booking)
        if booking.address_due_at is None:
            return False
        others = [lock_active_booking(one) for one in _waiting_with(booking) if one.staff in people]
        batch = new_public_id() if others else ""
        confirmed = _clear_address(booking, now, actor, batch)
        for other in others:
            _clear_address(other, now, actor, batch)
        return confirmed


def _waiting_with(booking: Booking) -> list[Booking]:
    """The other bookings of its series that wait for the same address."""
    if booking.series_id is None:
        return []
    waiting = Booking.objects.live().filter(series=booking.series_id, address_due_at__isnull=False)
    return list(waiting.exclude(pk=booking.pk).select_related("staff"))


def _clear_address(booking: Booking, now: datetime, actor: User | None, batch: str) -> bool:
    booking.address_due_at = None
    Claim.objects.filter(booking=booking).update(expires_at=None)
    approvals.ask(booking, now)
    placements.place_if_missing(booking)
    source = Source.STAFF if actor else Source.CLIENT
    confirmed = confirm_if_last(booking, source, now, actor, batch=batch)
    if not confirmed:
        history.record(booking, Kind.ADDRESS, source, now=now, actor=actor, batch=batch)
        nudge(booking)
    return confirmed


def confirm_if_last(
    booking: Booking, source: Source, now: datetime, actor: User | None = None, *, batch: str = ""
) -> bool:
    """Write what was cleared, and confirm the booking if it waits for nothing else. Inside the lock.

    `batch`: with whose mails the client is told.
    """
    confirmed = booking.status == Booking.Status.PENDING and booking.cause == Booking.Cause.NONE
    if confirmed:
        booking.status = Booking.Status.CONFIRMED
        booking.revision += 1
    booking.save()
    if confirmed:
        history.record(booking, Kind.CONFIRMED, source, now=now, actor=actor, batch=batch)
        placements.queue(booking)
        nudge(booking)
    return confirmed
