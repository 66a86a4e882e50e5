"""A confirmed booking does not move to a time of which nobody knows whether it is free."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bookings.actions.checks.preconditions import Refused
from bookings.models import Booking
from connections.freshness import freshness
from practice.models import User


class CalendarsUnread(Refused):
    """The calendars cannot be read, so the booking stays where it is. Staff may move it anyway."""

    can_insist = True


def require_read(booking: Booking, user: User, now: datetime) -> None:
    """Raises CalendarsUnread if the booking would move to a time of `user` that may be taken in a calendar.

    A new booking would stay pending until the calendars are read; one that is certain keeps its time rather than give
    it up for an uncertain one. What still waits for them to be read, or for approval, before which they are read again,
    may move.
    """
    if booking.calendar_unread_since or booking.approval_due_at:
        return
    if freshness(user, now=now, asked=True).pending:
        raise CalendarsUnread(_("The calendars cannot be read at the moment, so the booking keeps its time."))
