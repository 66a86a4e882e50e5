"""Which days and weeks have as many bookings as they may have. No Django, no clock, no tables.

Days and ISO weeks (Monday to Sunday) are those of a zone. A booking counts on the day on which it starts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from availability.intervals import Span
from availability.wall_clock import MIDNIGHT, end_of, start_of
from practice.limits import BookingLimits


@dataclass(frozen=True, slots=True)
class Count:
    """How many bookings the day or the week of ``span`` (UTC) has, and how many it may have."""

    span: Span
    is_week: bool
    booked: int
    most: int

    @property
    def is_full(self) -> bool:
        return self.booked >= self.most


def day_span(moment: datetime, zone: ZoneInfo) -> Span:
    """Give the day of ``moment`` on the clock of the zone, as a half-open UTC span."""
    day = moment.astimezone(zone).date()
    return start_of(day, MIDNIGHT, zone), end_of(day, MIDNIGHT, zone)


def week_span(moment: datetime, zone: ZoneInfo) -> Span:
    """Give the ISO week of ``moment`` on the clock of the zone, as a half-open UTC span."""
    day = moment.astimezone(zone).date()
    monday = day - timedelta(days=day.weekday())
    return start_of(monday, MIDNIGHT, zone), end_of(monday + timedelta(days=6), MIDNIGHT, zone)


def counts(starts: Iterable[datetime], limits: BookingLimits, zone: ZoneInfo) -> Iterator[Count]:
    """Give each day and each week with a limit in which any of ``starts`` lies, with how many of them do."""
    starts = list(starts)
    for is_week, most in ((False, limits.per_day), (True, limits.per_week)):
        if most is not None:
            span_of = week_span if is_week else day_span
            booked = Counter(span_of(start, zone) for start in starts)
            yield from (Count(span, is_week, number, most) for span, number in booked.items())


def full_spans(starts: Iterable[datetime], limits: BookingLimits, zone: ZoneInfo) -> list[Span]:
    """Give the days and weeks, as UTC spans, in which nothing may start because a limit is reached."""
    return [count.span for count in counts(starts, limits, zone) if count.is_full]
