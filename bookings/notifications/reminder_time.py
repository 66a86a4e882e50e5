"""When a reminder is due. Pure: moments in, a moment out.

It is computed from the appointment each time it is asked for and stored nowhere, so it follows every move.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

BEFORE_DEADLINE = timedelta(hours=12)
"""A reminder that came later would leave too little time to cancel."""

QUIET_FROM, QUIET_UNTIL = time(21), time(8)
LAST_BEFORE_QUIET = time(20, 45)
"""A reminder that would fall into the quiet hours; a mail that is tried again is still out of them then."""


def reminder_due(
    start: datetime,
    *,
    known_since: datetime,
    zone: ZoneInfo,
    cancel_until: datetime | None = None,
    before_start: timedelta = timedelta(hours=48),
) -> datetime | None:
    """The moment in UTC when the client is to be reminded; None if no reminder is needed.

    `known_since` is when the client booked or, after a move, was given this time: who learned of it later than the
    reminder would come needs none. `cancel_until` is the last moment to cancel, `zone` that of the client's clock. The
    result is before the start and outside the quiet hours.
    """
    due = _earlier(start, before_start)
    if cancel_until is not None:
        due = min(due, _earlier(cancel_until, BEFORE_DEADLINE))
    due = _before_quiet_hours(due, zone)
    return due if known_since < due < start else None


def _earlier(moment: datetime, by: timedelta) -> datetime:
    """In UTC, because hours that pass are meant: Python counts those on the wall within one zone."""
    return moment.astimezone(UTC) - by


def _before_quiet_hours(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself or, in the quiet hours, the last good one before it; in UTC."""
    local = moment.astimezone(zone)
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return moment
    evening = local.date() if local.time() >= QUIET_FROM else local.date() - timedelta(days=1)
    return datetime.combine(evening, LAST_BEFORE_QUIET, tzinfo=zone).astimezone(UTC)
