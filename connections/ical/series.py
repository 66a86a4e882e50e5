"""The slots of a series, found with recurring-ical-events.

The library combines rules, RDATE, EXDATE, overrides and RANGE=THISANDFUTURE. It is given only naive wall-clock times
in the zone of the master: with aware times it compares UTC and local time in one set, so that EXDATE at 10:00 of an
hourly series would remove 11:00 too. It computes starts only; ends depend on clock changes (`Component.span`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from recurring_ical_events.adapters.component import ComponentAdapter
from recurring_ical_events.series import Series

from connections.ical.components import Component
from connections.ical.moments import NO_TIME, Length, Moment
from connections.ical.recurrence import Budget, RecurrenceRule


@dataclass(frozen=True, slots=True)
class Slot:
    """One instance: the component that describes it, its start, its original start, and the end if it is a PERIOD."""

    component: Component
    start: Moment
    original: Moment
    end: Moment | Length | None = None


class WallClock:
    """Converts moments to wall-clock times in the zone of the master."""

    def __init__(self, master: Component, zone: tzinfo) -> None:
        self.master = master
        self.zone = zone

    def of(self, moment: Moment) -> datetime:
        """The wall-clock time; for a series of dates the midnight of the day."""
        if self.master.start.is_date:
            return datetime.combine(moment.day(self.zone), datetime.min.time())
        if moment.is_date:  # a timed series whose slot is named only by its day
            return datetime.combine(moment.wall.date(), self.master.start.wall.time())
        home = self.master.start.zone
        if moment.zone is None or (home is None and moment.zone is UTC):  # in a floating series a Z means nothing
            return moment.wall
        return moment.wall_in(home, self.zone)

    def moment(self, wall: datetime, *, is_date: bool) -> Moment:
        return Moment(wall, None if is_date else self.master.start.zone, is_date)


class _Adapter(ComponentAdapter):  # type: ignore[misc] # the library has no types
    """One of our components with the interface that the library expects."""

    def __init__(self, component: Component, clock: WallClock, rules: Sequence[RecurrenceRule] = ()) -> None:
        super().__init__(component)
        self.component = component
        self._rules = rules
        self._walls = clock
        self.wall = component.start.wall if component.start.is_date else clock.of(component.start)
        self.lasts = _rough_length(component, clock.zone)
        self.slot = clock.of(component.slot) if component.slot else None

    @staticmethod
    def component_name() -> str:
        return "VEVENT"

    @property
    def raw_start(self) -> datetime:
        return self.wall

    @property
    def raw_end(self) -> datetime:
        return self.wall + self.lasts

    @property
    def uid(self) -> str:
        return self.component.uid

    @property
    def recurrence_ids(self) -> tuple[datetime, ...]:
        return (self.slot,) if self.slot else ()

    @property
    def this_and_future(self) -> bool:
        return self.component.this_and_future

    @property
    def sequence(self) -> int:
        return self.component.sequence

    @property
    def rrules(self) -> Sequence[RecurrenceRule]:
        return self._rules

    @property
    def exdates(self) -> list[date]:
        return [self._excluded(moment) for moment in self.component.exdates]

    def _excluded(self, moment: Moment) -> date:
        """An EXDATE that is a date excludes that whole day, also in a timed series."""
        timed = not self.component.start.is_date
        return moment.wall.date() if timed and moment.is_date else self._walls.of(moment)

    @property
    def rdates(self) -> list[datetime]:
        return [self._walls.of(repeat.start) for repeat in self.component.rdates]

    @property
    def move_recurrences_by(self) -> timedelta:
        return self.wall - self.slot if self.slot and self.this_and_future else NO_TIME

    @property
    def extend_query_span_by(self) -> tuple[timedelta, timedelta]:
        """How far before and after a span the slots of instances inside it can lie."""
        moved = self.move_recurrences_by
        return self.lasts + max(moved, NO_TIME), self.lasts + max(-moved, NO_TIME)

    def has_recurrence_rules(self) -> bool:
        return False


class _Found:
    """The occurrence class that the library creates for a slot."""

    def __init__(self, adapter: _Adapter, start: datetime | None = None, end: datetime | None = None) -> None:
        self.component = adapter.component
        self.own = start is None  # an override, which brings its own start
        self.start = adapter.wall if start is None else start
        self.end = adapter.wall + adapter.lasts if end is None else end
        self.original: datetime = adapter.slot or adapter.wall
        if start is not None:
            self.original = start - adapter.move_recurrences_by

    def is_in_span(self, start: datetime, end: datetime) -> bool:
        return bool(self.start <= end and start <= self.end)


class _Rules(Series.RecurrenceRules):  # type: ignore[misc] # the library has no types
    def create_rule_with_start(self, rule: RecurrenceRule) -> RecurrenceRule:
        return rule


class _Series(Series):  # type: ignore[misc] # the library has no types
    RecurrenceRules = _Rules
    latest = datetime.min  # noqa: DTZ901 - the latest wall-clock start found, after any move by RANGE=THISANDFUTURE

    def exclude(self, rule: RecurrenceRule, begin: datetime, end: datetime) -> None:
        """Obey an EXRULE (RFC 2445), which the library does not know."""
        excluded = rule.between(begin - self._subtract_from_start, end + self._add_to_stop)
        self.recurrence.check_exdates_datetime.update(excluded)

    def occurrence(self, adapter: _Adapter, start: Any = None, end: Any = None) -> _Found:
        found = _Found(adapter, start, end)
        self.latest = max(self.latest, found.start)
        return found


def slots(
    master: Component, overrides: Sequence[Component], span: tuple[datetime, datetime], zone: tzinfo, budget: Budget
) -> tuple[list[Slot], bool]:
    """The slots of a series whose instances may lie in `span` (UTC), and whether there may be more after it.

    Raises TooMany, and for rules that make no sense whatever the library raises.
    """
    clock = WallClock(master, zone)
    begin, end = (Moment(instant.replace(tzinfo=None), UTC).wall_in(master.start.zone, zone) for instant in span)
    rules = [RecurrenceRule(text, master.start, zone, budget) for text in master.rules]
    adapters = [_Adapter(master, clock, rules), *(_Adapter(override, clock) for override in overrides)]
    series = _Series(adapters)
    for text in master.exrules:
        series.exclude(RecurrenceRule(text, master.start, zone, budget), begin, end)
    ends = _ends(master, clock)
    found = [_slot(item, clock, ends) for item in series.between(begin, end)]
    later = series.latest >= end or any(rule.endless for rule in rules)
    return found, later


def _ends(master: Component, clock: WallClock) -> dict[datetime, Moment | Length]:
    """The ends of PERIODs by their start; the latest, if several begin at the same time."""
    periods = [repeat for repeat in master.rdates if repeat.end]
    periods.sort(key=lambda repeat: master.plain_span(repeat.start, clock.zone, repeat.end)[1])
    return {clock.of(repeat.start): repeat.end for repeat in periods if repeat.end}


def last_end(master: Component, zone: tzinfo) -> datetime | None:
    """An upper limit for the end of a series in UTC, None if its rules set none."""
    untils = [RecurrenceRule(text, master.start, zone, Budget()).until for text in master.rules]
    if master.rdates or not untils or None in untils:
        return None
    last = Moment(max(filter(None, untils)), master.start.zone)
    return last.utc(zone) + _rough_length(master, zone) + master.travel_after


def _slot(found: _Found, clock: WallClock, ends: Mapping[datetime, Moment | Length]) -> Slot:
    component, dates = found.component, clock.master.start.is_date
    if found.own:
        return Slot(component, component.start, clock.moment(found.original, is_date=dates))
    start = clock.moment(found.start, is_date=component.start.is_date)
    if component.slot is not None:  # RANGE=THISANDFUTURE: what follows is in the zone of the override
        passed = found.original - clock.of(component.slot)
        start = Moment(component.start.wall + passed, component.start.zone, component.start.is_date)
    return Slot(component, start, clock.moment(found.original, is_date=dates), ends.get(found.original))


def _rough_length(component: Component, zone: tzinfo) -> timedelta:
    """At least the length of the longest instance: a day more than written, for midnights and clock changes."""
    ends = [component.end or component.length, *(repeat.end for repeat in component.rdates)]
    starts = [component.start, *(repeat.start for repeat in component.rdates)]
    lengths = (_written(start, end, zone) for start, end in zip(starts, ends, strict=True))
    return max(lengths) + timedelta(days=1)


def _written(start: Moment, end: Moment | Length | None, zone: tzinfo) -> timedelta:
    if isinstance(end, Length):
        return abs(end.elapsed)
    return abs(end.utc(zone) - start.utc(zone)) if end else NO_TIME


def by_slot(overrides: Sequence[Component], master: Component, zone: tzinfo) -> Iterator[tuple[Component, bool]]:
    """Each override that is current, and whether it replaces its slot.

    If several overrides have the same slot, a higher SEQUENCE replaces a lower one. Of equals the first replaces the
    slot and the others are instances of their own, because nobody knows which one is meant. The slot of an override
    that cannot be read stays blocked. An override counts even if its slot is also excluded by EXDATE: when a moved
    instance is edited, Apple's server keeps the override and drops the EXDATE.
    """
    clock = WallClock(master, zone)
    excluded = {clock.of(moment) for moment in master.exdates if not moment.is_date or master.start.is_date}
    days = {moment.wall.date() for moment in master.exdates if moment.is_date}
    best: dict[datetime, int] = {}
    for override in overrides:
        wall = clock.of(override.slot or override.start)
        best[wall] = max(best.get(wall, 0), override.sequence)
    taken: set[datetime] = set()
    for override in overrides:
        wall = clock.of(override.slot or override.start)
        if override.sequence == best[wall]:
            is_excluded = wall in excluded or wall.date() in days
            replaces = wall not in taken and not override.damaged and not is_excluded
            yield override, replaces
            taken |= {wall} if replaces else set()
