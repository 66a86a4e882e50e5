"""Restore an event that the iPhone changed."""

from __future__ import annotations

from datetime import datetime

from availability.intervals import Span
from bookings.actions.checks.preconditions import (
    lock_active_booking,
    nudge,
)
from bookings.models import Booking, BookingChange, LinkedEvent, booking_lock
from bookings.push import placements

Kind = BookingChange.Kind
Source = BookingChange.Source


def restore(booking: Booking, placement: LinkedEvent, *, now: datetime, seen: Span | None = None) -> None:
    """Have the event written as the booking says. `seen` is the time that it has on the iPhone, if any that counts.

    Raises Refused if the booking is cancelled.
    """
    with booking_lock(booking.staff, now):
        booking = lock_active_booking(booking)
        placements.rewrite(booking, placement, now, seen)
        nudge(booking)
