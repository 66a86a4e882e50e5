"""What is told about an hour of the Tuesday after NOW."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bookings.openings.explain import reasons_for
from bookings.openings.reasons import ReasonKind
from connections.models import Calendar
from practice.models import User
from tests.factories import (
    NOW,
    OccurrenceFactory,
)

MINUTES = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")


def tuesday(hour: int, minute: int = 0) -> datetime:
    """That hour of Tuesday 1 December 2026 in Berlin, the day after NOW."""
    return datetime(2026, 12, 1, hour - 1, minute, tzinfo=UTC)


MIDNIGHT = tuesday(1) - timedelta(hours=1)


def told(user: User, at: datetime, *kinds: ReasonKind, **given: Any) -> list[tuple[str, bool, str]]:
    """Reasons of these kinds, or all but those of the hours, timing and freshness that stand behind every answer."""
    silent = {ReasonKind.HOURS, ReasonKind.NOTICE, ReasonKind.HORIZON, ReasonKind.FRESHNESS}
    return [
        (reason.kind, reason.blocks, reason.text)
        for reason in reasons_for(user, at, now=NOW, **given)
        if (reason.kind in kinds if kinds else reason.kind not in silent)
    ]


def event(calendar: Calendar, start: datetime, minutes: int = 60, **given: Any) -> None:
    OccurrenceFactory.create(calendar=calendar, start=start, end=start + minutes * MINUTES, **given)
