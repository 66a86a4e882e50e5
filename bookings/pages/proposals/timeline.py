"""What stands in Kalends and what the iPhone says, as two bars above one row of hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Final

from django.utils import timezone

from availability.intervals import Span
from bookings.models import Proposal

WIDTH: Final = 1000
"""Of a whole timeline; positions are whole numbers, because a template would write 12.5 with a comma in German."""
MINUTES_OF_DAY: Final = 24 * 60
HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class Bar:
    """One span: where it begins, and how wide it is."""

    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Both spans on a row of hours, each on its own day; `after` is None where the iPhone has no time of its own."""

    before: Bar
    after: Bar | None
    first: time
    last: time
    hours: list[int]


def timeline_of(proposal: Proposal) -> Timeline | None:
    """The timeline of a proposal in the active zone; None if one of its times goes on past midnight."""
    booking = proposal.booking
    spans = [(booking.start, booking.end)]
    if proposal.new_start and proposal.new_end:
        spans.append((proposal.new_start, proposal.new_end))
    minutes = [_minutes(span) for span in spans]
    if any(until > MINUTES_OF_DAY for _start, until in minutes):
        return None
    first = max(min(start for start, _until in minutes) // HOUR - 1, 0)
    last = min(-(-max(until for _start, until in minutes) // HOUR) + 1, 24)
    bars = [_bar(span, first, last) for span in minutes]
    hours = [_place(hour * HOUR, first, last) for hour in range(first + 1, last)]
    return Timeline(bars[0], bars[1] if len(bars) > 1 else None, time(first), time(last % 24), hours)


def _minutes(span: Span) -> tuple[int, int]:
    """Start and end in minutes since midnight of the day on which it starts, on the clock."""
    start, end = (timezone.localtime(moment) for moment in span)
    days = (end.date() - start.date()).days
    return _on_clock(start), _on_clock(end) + days * MINUTES_OF_DAY


def _on_clock(moment: datetime) -> int:
    return moment.hour * HOUR + moment.minute


def _bar(span: tuple[int, int], first: int, last: int) -> Bar:
    start, until = (_place(minutes, first, last) for minutes in span)
    return Bar(start, until - start)


def _place(minutes: int, first: int, last: int) -> int:
    return (minutes - first * HOUR) * WIDTH // ((last - first) * HOUR)
