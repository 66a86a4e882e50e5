"""Cancel a booking."""

from __future__ import annotations

from datetime import datetime

from bookings.actions import history
from bookings.actions.checks.preconditions import (
    Refused,
    lock_active_booking,
    nudge,
    release_time,
    require_approval,
)
from bookings.contacts.written import one_line
from bookings.models import Booking, BookingChange, booking_lock
from bookings.proposals import lifecycle
from bookings.push import placements
from practice.models import User

Kind = BookingChange.Kind
Source = BookingChange.Source


def cancel(
    booking: Booking,
    *,
    now: datetime,
    actor: User | None = None,
    source: Source = Source.STAFF,
    tell_client: bool = True,
    reason: str = "",
    kind: Kind = Kind.CANCELLED,
) -> Booking:
    """Cancel a live booking: its time is free again and its event is removed. A cancelled one stays as it is."""
    with booking_lock(booking.staff, now):
        try:
            booking = lock_active_booking(booking)
        except Refused:
            return Booking.objects.get(pk=booking.pk)
        booking.revision += 1
        release_time(booking)
        booking.seats.update(cancelled_at=now)
        history.record(booking, kind, source, now=now, actor=actor, reason=one_line(reason), tell_client=tell_client)
        lifecycle.withdraw(lifecycle.open_of(booking.pk), now)
        placements.remove(booking)
        nudge(booking)
    return booking


def refuse(booking: Booking, *, now: datetime, actor: User | None = None, reason: str = "") -> Booking:
    """Staff do not approve the booking, so its time is free again. Raises Refused if it does not wait for that."""
    with booking_lock(booking.staff, now):
        require_approval(lock_active_booking(booking))
        return cancel(booking, now=now, actor=actor, reason=reason, kind=Kind.REFUSED)
