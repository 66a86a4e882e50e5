"""Until when clients can change, cancel, or expect an answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from bookings.models import Booking, Service

_ANSWER_WITHIN = timedelta(hours=24)


def change_until(service: Service, start: datetime) -> datetime:
    """The last moment at which the client can choose another time online."""
    return start - service.reschedule_window


def cancel_until(service: Service, start: datetime) -> datetime:
    """The last moment at which the client can cancel online."""
    return start - service.cancel_window


def answer_by(booking: Booking, asked_at: datetime) -> datetime:
    """By when a client hears whether a pending booking is confirmed; they asked for it at `asked_at`."""
    return booking.approval_due_at or min(asked_at + _ANSWER_WITHIN, booking.start)
