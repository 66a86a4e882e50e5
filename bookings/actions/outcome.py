"""Say what became of a booking that is over."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bookings.actions.checks.preconditions import Refused, lock_active_booking
from bookings.models import Booking, BookingChange, Seat, booking_lock
from practice.models import User

Outcome = Seat.Outcome
_LINES = {Outcome.DONE: BookingChange.Kind.DONE, Outcome.NO_SHOW: BookingChange.Kind.NO_SHOW}


def note_outcome(booking: Booking, outcome: Outcome, *, now: datetime, actor: User | None = None) -> Booking:
    """Note whether the client of a past booking came. Nobody is mailed. Raises Refused unless it is over and live.

    The history has a line for each answer; the same answer twice is one.
    """
    with booking_lock(booking.staff, now):
        booking = lock_active_booking(booking)
        if booking.end > now:
            raise Refused(_("This booking is not over yet."))
        if booking.seats.exclude(outcome=outcome).update(outcome=outcome):
            span = {"new_start": booking.start, "new_end": booking.end}
            booking.changes.create(at=now, kind=_LINES[outcome], source="staff", actor=actor, **span)
        return Booking.objects.with_details().get(pk=booking.pk)
