"""Confirm pending bookings."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.db.models import QuerySet

from bookings.actions import history
from bookings.actions.preconditions import (
    Refused,
    is_read,
    lock_active_booking,
    nudge,
)
from bookings.models import Booking, BookingChange
from bookings.proposals import collisions
from bookings.push import placements
from connections.models import schedule_lock
from practice.models import User

Kind = BookingChange.Kind
Source = BookingChange.Source


def confirm_pending(user: User, now: datetime) -> None:
    """Confirm the user's pending bookings if the calendars are read again, each if its time is free."""
    pending = list(still_pending(user.pk, now))
    if not pending or not is_read(user, now):
        return
    asked = collisions.unacknowledged(user, pending)  # for all at once, because a client may be waiting
    for booking in pending:
        if booking.pk not in asked:
            with suppress(Refused):  # cancelled meanwhile
                confirm(booking, now=now)


def still_pending(user_id: int, now: datetime) -> QuerySet[Booking]:
    """Pending bookings of a staff member that have not begun; after that a confirmation is of no use to the client."""
    return Booking.objects.filter(staff=user_id, status=Booking.Status.PENDING, start__gt=now)


def confirm(booking: Booking, *, now: datetime) -> bool:
    """Confirm a pending booking if its staff member's calendars are read again and its time is free. True if it was.

    Hours, notice and what staff insisted on were settled when it was booked and are not checked again.
    """
    with schedule_lock(booking.staff):
        booking = lock_active_booking(booking)
        if booking.status != Booking.Status.PENDING or not is_read(booking.staff, now):
            return False
        if collisions.is_unacknowledged(booking):
            return False
        booking.status, booking.cause = Booking.Status.CONFIRMED, Booking.Cause.NONE
        booking.revision += 1
        booking.save()
        history.record(booking, Kind.CONFIRMED, Source.KALENDS, now=now)
        placements.queue(booking)
        nudge(booking)
    return True
