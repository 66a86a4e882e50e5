"""An appointment stands after all although its client was asked to choose another time, as long as they have not."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bookings.actions import history
from bookings.actions.checks.preconditions import Refused, lock_active_booking, nudge
from bookings.actions.covered.ask import ask_client, take_back_latest
from bookings.models import Booking, BookingChange, booking_lock
from bookings.notifications import client_notice
from bookings.notifications.mails import news
from bookings.proposals import collisions, lifecycle
from practice.models import User

Kind = BookingChange.Kind
Source = BookingChange.Source


def let_stand(booking: Booking, *, now: datetime, actor: User | None = None) -> BookingChange:
    """Ask the client no longer, and tell who was asked already as soon as this cannot be undone any more.

    Whatever overlaps the booking is acknowledged. Raises Refused where the client has chosen, or it is too late.
    """
    with booking_lock(booking.staff, now):
        booking = lock_active_booking(booking)
        if booking.new_time_asked_at is None:
            raise Refused(_("This client is no longer asked to choose another time. Look again."))
        if booking.start <= now:
            raise Refused(_("This booking has begun."))
        _write_asked(booking, None)
        lifecycle.settle_question(booking, now)
        if collisions.is_unacknowledged(booking):
            collisions.acknowledge(booking, now, actor)
        span = (booking.start, booking.end)
        undo_until = client_notice.undo_until(span, span, now)
        change = history.record(booking, Kind.STANDS, Source.STAFF, now=now, actor=actor, undo_until=undo_until)
        nudge(booking)
        return change


def keep_asking(change: BookingChange, *, now: datetime, actor: User | None = None) -> Booking:
    """The client is still asked, who was not told yet that the appointment stands; undoes `let_stand`. Raises Refused.

    Who was not even asked by then is asked anew.
    """
    with booking_lock(change.booking.staff, now):
        booking = lock_active_booking(change.booking)
        take_back_latest(booking, change, now)
        history.record(booking, Kind.UNDONE, Source.STAFF, now=now, actor=actor)
        lifecycle.unsettle_question(booking)
        if news.was_asked(booking.seat):
            _write_asked(booking, booking.changes.filter(kind=Kind.ASKED)[0].at)
        else:
            ask_client(booking, now=now, actor=actor)
        collisions.update_notices(booking.staff, now)
        return booking


def _write_asked(booking: Booking, at: datetime | None) -> None:
    booking.new_time_asked_at = at
    booking.save(update_fields=["new_time_asked_at"])
