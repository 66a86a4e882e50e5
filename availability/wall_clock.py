"""What the clock on the wall shows, and which instant that is. No Django, no clock.

Hours are promised in wall-clock time ("nine to five"), so they are turned into UTC day by day and never by
adding 24 hours: a local day has 23 or 25 hours where the clocks change (in Australia/Lord_Howe 23.5 or
24.5), and in 2011 Samoa had none at all on 30 December.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MIDNIGHT = time(0)


def exists(wall: datetime, zone: ZoneInfo) -> bool:
    """Say whether a naive wall time is ever shown in the zone; in the hour skipped in spring it is not."""
    return _shown(_instant(wall, zone), zone) == wall


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Give the UTC instant of a naive wall time.

    A wall time shown twice (autumn) means the first time. One that is never shown (spring) means the moment
    of the jump, so that a period starting or ending there ends or starts exactly where the clock goes on.
    """
    first = _instant(wall, zone)
    if _shown(first, zone) == wall:
        return first
    return _jump(wall, zone)


def start_of(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Give the UTC instant at which a period of ``day`` starts."""
    return instant(datetime.combine(day, clock.replace(tzinfo=None)), zone)


def end_of(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Give the UTC instant at which a period of ``day`` ends; 00:00 means the midnight after the day."""
    if clock == MIDNIGHT:
        day += timedelta(days=1)
    return start_of(day, clock, zone)


def next_hour(now: datetime, zone: ZoneInfo) -> datetime:
    """When the clock next shows a full hour, in UTC."""
    wall = now.astimezone(zone).replace(minute=0, second=0, microsecond=0, tzinfo=None)
    return instant(wall + timedelta(hours=1), zone)


def _instant(wall: datetime, zone: ZoneInfo, fold: int = 0) -> datetime:
    return wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)


def _shown(moment: datetime, zone: ZoneInfo) -> datetime:
    # The second reading of an hour shown twice carries fold=1, which a wall time from a form never does.
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _jump(wall: datetime, zone: ZoneInfo) -> datetime:
    """Find the change of clocks that skips ``wall``: between its two readings (PEP 495)."""
    early, late = _instant(wall, zone, fold=1), _instant(wall, zone, fold=0)
    seconds = range(int((late - early).total_seconds()))
    return early + timedelta(
        seconds=bisect_left(seconds, wall, key=lambda second: _shown(early + timedelta(seconds=second), zone))
    )
