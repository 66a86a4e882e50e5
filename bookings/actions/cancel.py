"""Cancel a booking."""

from __future__ import annotations

from datetime import datetime

from bookings.actions import history
from bookings.actions.checks.preconditions import (
    Refused,
    lock_active_booking,
    nudge,
    release_time,
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
    kind: Kind | None = None,
    batch: str = "",
) -> Booking:
    """Cancel a live booking: its time is free again and its event is removed. A cancelled one stays as it is.

    `kind`: what its history says, if not that it was cancelled or, by whoever did not approve it, refused.
    `batch`: with whose mails the client is told.
    """
    with booking_lock(booking.staff, now):
        try:
            booking = lock_active_booking(booking)
        except Refused:
            return Booking.objects.get(pk=booking.pk)
        kind = kind or _kind(booking, source)
        booking.revision += 1
        release_time(booking)
        booking.seats.update(cancelled_at=now)
        history.record(
            booking,
            kind,
            source,
            now=now,
            actor=actor,
            reason=one_line(reason),
            tell_client=tell_client,
            batch=batch,
        )
        lifecycle.withdraw(lifecycle.open_of(booking.pk), now)
        placements.remove(booking)
        nudge(booking)
    return booking


def _kind(booking: Booking, source: Source) -> Kind:
    """What staff do not approve is refused, also by deleting its event; clients take their request back."""
    return Kind.REFUSED if booking.approval_due_at and source != Source.CLIENT else Kind.CANCELLED
