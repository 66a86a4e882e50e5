"""What a client may still do online."""

from __future__ import annotations

from datetime import datetime

from bookings import deadlines
from bookings.models import Booking


def can_cancel(booking: Booking, now: datetime) -> bool:
    """Is the appointment to come, and its deadline for cancelling as well?"""
    return booking.live and now < deadlines.cancel_until(booking.service, booking.start)


def can_add_to_calendar(booking: Booking, now: datetime) -> bool:
    """Is the appointment certain, and not over?"""
    return booking.status == Booking.Status.CONFIRMED and now < booking.end
