"""When a staff member wants to be asked before a booking follows a move of its event on the iPhone."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from connections.models import CalendarConfiguration

SHORT_NOTICE = timedelta(hours=24)

WhenMoved = CalendarConfiguration.WhenMoved


def why_asked(configuration: CalendarConfiguration, before: datetime, after: datetime, now: datetime) -> str:
    """Why staff are asked about a move of a booking from the start `before` to `after`; "" if it may follow.

    The day is that of the staff member's time zone. Notice is short if either start is less than 24 hours ahead.
    """
    if configuration.when_moved == WhenMoved.ASK:
        return _("It was moved on the iPhone, and you chose to be asked.")
    if configuration.when_moved != WhenMoved.SAME_DAY:
        return ""
    if before.astimezone(configuration.zone).date() != after.astimezone(configuration.zone).date():
        return _("It was moved to another day on the iPhone, and you chose to be asked about that.")
    if min(before, after) - now < SHORT_NOTICE:
        return _("It was moved on the iPhone less than 24 hours ahead, and you chose to be asked about that.")
    return ""
