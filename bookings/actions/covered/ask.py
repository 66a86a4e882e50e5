"""Ask a client to choose another time, because the person cannot see them. The booking keeps its time until they do."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bookings.actions import history
from bookings.actions.checks.preconditions import Refused, lock_active_booking, nudge
from bookings.models import Booking, BookingChange, booking_lock
from bookings.notifications import client_notice
from bookings.proposals import collisions, lifecycle
from practice.models import User

Kind = BookingChange.Kind
Source = BookingChange.Source


def ask_client(booking: Booking, *, now: datetime, actor: User | None = None) -> BookingChange:
    """Ask the client, as soon as that cannot be undone any more. Inside the lock. Raises Refused where it is too late.

    Like a move of the iPhone it can be undone for a while, unless the start is near.
    """
    if booking.start <= now:
        raise Refused(_("This booking has begun. Nobody can choose another time any more."))
    span = (booking.start, booking.end)
    undo_until = client_notice.undo_until(span, span, now)
    booking.new_time_asked_at = undo_until or now
    booking.save(update_fields=["new_time_asked_at"])
    change = history.record(booking, Kind.ASKED, Source.STAFF, now=now, actor=actor, undo_until=undo_until)
    nudge(booking)
    return change


def take_back_latest(booking: Booking, change: BookingChange, now: datetime) -> None:
    """Tell the client nothing of the latest change, because it is undone. Inside the lock. Raises Refused."""
    latest = booking.changes.first()
    if latest is None or latest.pk != change.pk:
        raise Refused(_("Only the latest change can be undone."))
    if not client_notice.take_back(latest, now):
        raise Refused(client_notice.why_not_undone(latest, now))


def take_back_question(change: BookingChange, *, now: datetime, actor: User | None = None) -> Booking:
    """Do not ask the client after all, as long as they were not told; staff must decide again. Raises Refused."""
    with booking_lock(change.booking.staff, now):
        booking = lock_active_booking(change.booking)
        take_back_latest(booking, change, now)
        booking.new_time_asked_at = None
        booking.save(update_fields=["new_time_asked_at"])
        history.record(booking, Kind.UNDONE, Source.STAFF, now=now, actor=actor)
        lifecycle.reopen(booking, now=now)
        collisions.update_notices(booking.staff, now)
        return booking
