"""Cancel a booking."""

from __future__ import annotations

from datetime import datetime

from bookings.actions import history
from bookings.actions.preconditions import (
    Refused,
    lock_active_booking,
    nudge,
)
from bookings.models import Booking, BookingChange
from bookings.notifications import client_notice
from bookings.proposals import lifecycle
from bookings.push import placements
from connections.models import schedule_lock
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
) -> Booking:
    """Cancel a live booking: its time is free again and its event is removed. A cancelled one stays as it is."""
    with schedule_lock(booking.staff):
        try:
            booking = lock_active_booking(booking)
        except Refused:
            return Booking.objects.get(pk=booking.pk)
        booking.status, booking.cause = Booking.Status.CANCELLED, Booking.Cause.NONE
        booking.revision += 1
        booking.save()
        history.record(booking, Kind.CANCELLED, source, now=now, actor=actor)
        if not tell_client:
            client_notice.drop_notices(booking)
        lifecycle.withdraw(lifecycle.open_of(booking.pk), now)
        placements.remove(booking)
        nudge(booking)
    return booking
