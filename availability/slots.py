"""The times that can be booked: working hours without what is busy or booked. No Django, no clock, no network.

Words: a *period* is a pair of wall-clock times on one day, where 00:00 as the end means midnight; *hours*
are the same as spans in UTC; a *start* is an instant at which something of a given shape can begin.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from availability.intervals import Span, Spans, intersect, subtract, widen
from availability.wall_clock import MIDNIGHT, end_of, start_of

Period = tuple[time, time]

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Shape:
    """What is to be booked: how long it takes and how its starts may lie. All lengths are elapsed time."""

    duration: timedelta
    interval: timedelta  # from one possible start to the next
    buffer_before: timedelta = ZERO
    buffer_after: timedelta = ZERO
    notice: timedelta = ZERO  # no start sooner than this from now
    horizon: timedelta = timedelta(days=60)  # no start this far from now or farther

    def __post_init__(self) -> None:
        if self.duration <= ZERO or self.interval <= ZERO:
            raise ValueError("a duration and an interval are longer than nothing")
        if min(self.buffer_before, self.buffer_after, self.notice, self.horizon) < ZERO:
            raise ValueError("buffers, notice and horizon are not negative")

    def widened(self, start: datetime) -> Span:
        """Give the time a booking at ``start`` keeps from everybody else: itself with its buffers."""
        return widen((start, start + self.duration), self.buffer_before, self.buffer_after)


def periods_overlap(one: Period, other: Period) -> bool:
    """Say whether two periods of one day overlap; touching is not overlapping."""
    return one[0] < _last(other) and other[0] < _last(one)


def working_spans(
    rules: Mapping[int, Sequence[Period]],
    overrides: Mapping[date, Sequence[Period]],
    zone: ZoneInfo,
    window: Span,
) -> list[Span]:
    """Give the working periods that touch ``window``, sorted, as half-open UTC spans.

    ``rules`` are the periods by weekday (Monday is 0), ``overrides`` those of single dates, which replace
    the weekday's; an empty one closes the day. Periods are given whole and neither merged nor clipped,
    because starts are counted from where each begins. A period swallowed by a change of clocks is left out.
    """
    start, end = window
    return sorted(
        span
        for day in _days(start.astimezone(zone).date(), end.astimezone(zone).date())
        for span in _periods(overrides.get(day, rules.get(day.weekday(), ())), day, zone)
        if span[0] < end and start < span[1]
    )


def narrowed(hours: Sequence[Span], only: Mapping[int, Sequence[Period]] | None, zone: ZoneInfo) -> list[Span]:
    """Give what of the working periods ``hours`` lies within the weekly periods ``only``; all of it if that is None.

    The parts are as `working_spans` gives periods: sorted, and starts are counted from where each begins.
    """
    if only is None or not hours:
        return list(hours)
    window = min(start for start, _ in hours), max(end for _, end in hours)
    return intersect(hours, working_spans(only, {}, zone, window))


def possible_starts(
    hours: Iterable[Span],
    busy: Iterable[Span],
    booked_spans: Iterable[Span],
    shape: Shape,
    *,
    earliest: datetime,
    latest: datetime,
    full_spans: Iterable[Span] = (),
) -> list[datetime]:
    """Give the instants in ``[earliest, latest)`` at which ``shape`` can begin, sorted, in UTC.

    Starts are counted in steps of the interval from the beginning of each working period. What is booked
    must lie within the hours (periods that touch count as one); with its buffers it must not overlap what
    is ``busy`` or ``booked_spans``, though the buffers may reach outside the hours. ``booked_spans`` are spans that
    already carry the buffers of the bookings they stand for. In ``full_spans`` nothing may start, but what
    started before may run into them.
    """
    periods, taken = list(hours), [*busy, *booked_spans]
    free, blocked, full = Spans(subtract(periods, taken)), Spans(taken), Spans(full_spans)
    candidates = {at for period in periods for at in _steps(period, shape.interval, earliest, latest)}
    return sorted(
        at
        for at in candidates
        if not full.contain(at) and free.cover((at, at + shape.duration)) and not blocked.overlap(shape.widened(at))
    )


def _last(period: Period) -> time:
    return time.max if period[1] == MIDNIGHT else period[1]


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _periods(periods: Sequence[Period], day: date, zone: ZoneInfo) -> Iterator[Span]:
    for start, end in periods:
        span = start_of(day, start, zone), end_of(day, end, zone)
        if span[0] < span[1]:
            yield span


def _steps(period: Span, interval: timedelta, earliest: datetime, latest: datetime) -> Iterator[datetime]:
    first, end = period[0].astimezone(UTC), min(period[1], latest)
    at = first + interval * max(0, -((first - earliest) // interval))
    while at < end:
        yield at
        at += interval
