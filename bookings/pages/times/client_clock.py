"""The client's clock beside ours, where the two differ."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from practice.time_format import clock


def client_zone(name: str, here: ZoneInfo, now: datetime) -> ZoneInfo | None:
    """The zone of that name, if its clock differs from ours now; None if nothing is known of it."""
    if name not in available_timezones():
        return None
    there = ZoneInfo(name)
    return there if now.astimezone(there).utcoffset() != now.astimezone(here).utcoffset() else None


def clock_there(moment: datetime, there: ZoneInfo) -> str:
    """What their clock says then."""
    return clock(moment.astimezone(there).time())
