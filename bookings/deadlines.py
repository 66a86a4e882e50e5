"""Until when clients can change, cancel, or expect an answer."""

from __future__ import annotations

from datetime import datetime, timedelta

from bookings.models import Booking, Service

ANSWER_BEFORE = timedelta(hours=12)
"""Staff are told so long before the start that a booking is still pending, and then get in touch with the client."""


def change_until(service: Service, start: datetime) -> datetime:
    """The last moment at which the client can choose another time online."""
    return start - service.reschedule_window


def cancel_until(service: Service, start: datetime) -> datetime:
    """The last moment at which the client can cancel online."""
    return start - service.cancel_window


def approve_by(service: Service, start: datetime, now: datetime) -> datetime | None:
    """By when staff must approve what a client books at `now`; None if the service needs no approval."""
    return None if service.approve_within is None else min(now + service.approve_within, start)


def answer_by(booking: Booking, now: datetime) -> datetime:
    """By when a client hears whether a pending booking is confirmed; told at `now`."""
    before = booking.start - ANSWER_BEFORE
    return booking.approval_due_at or (before if before > now else booking.start)
