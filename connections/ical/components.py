"""One VEVENT as values, and from when to when its instances last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from connections.ical.moments import DAY, FAR_AWAY, LONG_AGO, NO_TIME, Length, Moment
from connections.ical.types import Span


@dataclass(frozen=True, slots=True)
class Repeat:
    """One RDATE: another start, with an end of its own if it is a PERIOD."""

    start: Moment
    end: Moment | Length | None = None


@dataclass(slots=True, eq=False)
class Component:
    """The parsed properties of one VEVENT.

    `slot` is the RECURRENCE-ID of an override, None in a master. Without `end` and `length` RFC 5545 3.6.1 sets the
    length. `end_unknown`: the end could not be read, so the event lasts until midnight. `answer` is the PARTSTAT of
    the calendar's owner. `damaged`: a decisive line could not be read. `zone_uncertain`: a TZID could only be guessed.
    `all_day`: it counts as an all-day event, because its start is a date or because Exchange marks it so.
    """

    uid: str
    summary: str
    start: Moment
    end: Moment | None
    length: Length | None
    end_unknown: bool
    slot: Moment | None
    this_and_future: bool
    rules: tuple[str, ...]
    exrules: tuple[str, ...]
    rdates: tuple[Repeat, ...]
    exdates: tuple[Moment, ...]
    travel_before: timedelta
    travel_after: timedelta
    status: str
    transparent: bool
    answer: str
    sequence: int
    damaged: bool
    zone_uncertain: bool
    all_day: bool

    @property
    def starts(self) -> Iterator[Moment]:
        """Every start that is written out: DTSTART and RDATEs."""
        yield self.start
        yield from (repeat.start for repeat in self.rdates)

    @property
    def repeats(self) -> bool:
        """Is it part of a series?"""
        return bool(self.slot or self.rules or self.rdates)

    @property
    def is_series_in_series(self) -> bool:
        """Is it an override with a rule or RDATEs of its own? Nobody knows what that means, so all its times count."""
        return self.slot is not None and bool(self.rules or self.rdates)

    def plain_span(self, start: Moment, zone: tzinfo, end: Moment | Length | None = None) -> Span:
        """[start, end) of the instance that starts at `start`, without travel time.

        `zone` is for dates and floating times, `end` is the end of a PERIOD. Days of all-day events follow the
        calendar, so two days a year have 23 or 25 hours. A DTEND gives every instance the same elapsed time, a
        DURATION the same nominal one (RFC 5545 3.8.5.3). If the end is before the start, the instance lasts until
        midnight.
        """
        begin = start.utc(zone)
        try:
            finish = self._end(start, begin, zone) if end is None else _period_end(start, end, zone)
        except OverflowError:
            finish = FAR_AWAY
        return begin, finish if finish >= begin else max(begin, _end_of_day(start, zone))

    def span(self, start: Moment, zone: tzinfo, end: Moment | Length | None = None) -> Span:
        """`plain_span` extended by Apple's travel time before and after."""
        begin, finish = self.plain_span(start, zone, end)
        if self.travel_before is self.travel_after is NO_TIME:
            return begin, finish
        return _shifted(begin, -self.travel_before), _shifted(finish, self.travel_after)

    def _end(self, start: Moment, begin: datetime, zone: tzinfo) -> datetime:
        """The end of the instance at `start`, which is the instant `begin`."""
        if self.end_unknown:
            return _end_of_day(start, zone)
        if self.length is not None:
            return _after(start, self.length, zone)
        if self.end is None:  # RFC 5545 3.6.1: a date lasts one day, a date-time has no length
            return _after(start, Length(0, 0), zone)
        if self.end.is_date or self.start.is_date:
            return _end_on_date(self.start, self.end.midnight_after(zone), start, zone)
        if start is self.start:
            return self.end.utc(zone)
        return begin + (self.end.utc(zone) - self.start.utc(zone))


def _period_end(start: Moment, end: Moment | Length, zone: tzinfo) -> datetime:
    """The end of a PERIOD; an end without a zone is in the zone of the start."""
    return _after(start, end, zone) if isinstance(end, Length) else end.utc(start.zone or zone)


def _end_on_date(written: Moment, end: Moment, start: Moment, zone: tzinfo) -> datetime:
    """A DTEND that is a date is exclusive. Some programs write the last day itself: the event lasts at least a day."""
    days = (end.wall - _midnight(written.wall)) // DAY
    return Moment(_midnight(start.wall) + max(days, 1) * DAY, start.zone, start.is_date).utc(zone)


def _after(start: Moment, length: Length, zone: tzinfo) -> datetime:
    if start.is_date:  # RFC 5545 3.6.1 allows only whole days, at least one; programs write PT24H for one day
        length = Length(max(1, -(-length.elapsed // DAY)), 0)
    days = Moment(start.wall + timedelta(days=length.days), start.zone, start.is_date)
    return days.utc(zone) + timedelta(seconds=length.seconds)


def _end_of_day(start: Moment, zone: tzinfo) -> datetime:
    """When the day of `start` is over, both in its own zone and in `zone`: midnight in UTC is noon for some people."""
    there = _next_midnight(start).utc(zone)
    try:
        here = Moment(start.wall_in(zone, zone), zone)
    except OverflowError:
        return there
    return max(there, _next_midnight(here).utc(zone))


def _next_midnight(start: Moment) -> Moment:
    return Moment(_midnight(start.wall) + DAY, start.zone, start.is_date)


def _shifted(instant: datetime, by: timedelta) -> datetime:
    try:
        return instant + by
    except OverflowError:
        return FAR_AWAY if by > NO_TIME else LONG_AGO


def _midnight(wall: datetime) -> datetime:
    return wall.replace(hour=0, minute=0, second=0, microsecond=0)


def overlaps(span: Span, window: Span) -> bool:
    """Do two half-open spans overlap? A span without length overlaps the window in which it starts."""
    if span[1] - span[0] == NO_TIME:
        return window[0] <= span[0] < window[1]
    return span[0] < window[1] and window[0] < span[1]
