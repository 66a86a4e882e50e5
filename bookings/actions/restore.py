"""Let an event become again what its booking says."""

from __future__ import annotations

from datetime import datetime

from availability.intervals import Span
from bookings.actions.preconditions import (
    lock_active_booking,
    nudge,
)
from bookings.models import Booking, BookingChange, LinkedEvent
from bookings.push import placements
from connections.models import schedule_lock

Kind = BookingChange.Kind
Source = BookingChange.Source


def restore(booking: Booking, placement: LinkedEvent, *, now: datetime, seen: Span | None = None) -> None:
    """Let the event become again what the booking says, though it has the time `seen` on the phone (None: none).

    Raises Refused if it is cancelled.
    """
    with schedule_lock(booking.staff):
        booking = lock_active_booking(booking)
        placements.rewrite(booking, placement, now, seen)
        nudge(booking)
