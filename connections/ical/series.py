"""Which slots a series has, through recurring-ical-events.

The library holds rules, RDATE, EXDATE, overrides and RANGE=THISANDFUTURE against each other. It is given naive
wall-clock times of the master's zone only: with aware ones it compares UTC and local time in one set, so that EXDATE at
10:00 of an hourly series would take 11:00 along. It is asked for slots, not for ends: those depend on the clock changes
(`spans`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from recurring_ical_events.adapters.component import ComponentAdapter
from recurring_ical_events.series import Series

from connections.ical.moments import NO_TIME, Length, Moment
from connections.ical.parser import Component
from connections.ical.recurrence import Budget, Repetition


@dataclass(frozen=True, slots=True)
class Slot:
    """An instance to be: the component that describes it, when it starts, its original start, and a PERIOD's end."""

    component: Component
    start: Moment
    original: Moment
    end: Moment | Length | None = None


class Walls:
    """Moments as wall-clock times of the master's zone."""

    def __init__(self, master: Component, zone: tzinfo) -> None:
        self.master = master
        self.zone = zone

    def of(self, moment: Moment) -> datetime:
        """The wall-clock time; for a series of dates the midnight of the day."""
        if self.master.start.is_date:
            return datetime.combine(moment.day(self.zone), datetime.min.time())
        if moment.is_date:  # a slot of a timed series named by its day only
            return datetime.combine(moment.wall.date(), self.master.start.wall.time())
        home = self.master.start.zone
        if moment.zone is None or (
            home is None and moment.zone is UTC
        ):  # a floating series has no other UTC than its own
            return moment.wall
        return moment.wall_in(home, self.zone)

    def moment(self, wall: datetime, *, is_date: bool) -> Moment:
        return Moment(wall, None if is_date else self.master.start.zone, is_date)


class _Adapter(ComponentAdapter):  # type: ignore[misc] # the library has no types
    """One of our components as the library wants to see it."""

    def __init__(self, component: Component, walls: Walls, rules: Sequence[Repetition] = ()) -> None:
        super().__init__(component)
        self.component = component
        self._rules = rules
        self._walls = walls
        self.wall = component.start.wall if component.start.is_date else walls.of(component.start)
        self.lasts = _rough_length(component, walls.zone)
        self.slot = walls.of(component.slot) if component.slot else None

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
    def rrules(self) -> Sequence[Repetition]:
        return self._rules

    @property
    def exdates(self) -> list[date]:
        return [self._excluded(moment) for moment in self.component.less]

    def _excluded(self, moment: Moment) -> date:
        """EXDATE as a date excludes that whole day of a timed series too."""
        timed = not self.component.start.is_date
        return moment.wall.date() if timed and moment.is_date else self._walls.of(moment)

    @property
    def rdates(self) -> list[datetime]:
        return [self._walls.of(repeat.start) for repeat in self.component.more]

    @property
    def move_recurrences_by(self) -> timedelta:
        return self.wall - self.slot if self.slot and self.this_and_future else NO_TIME

    @property
    def extend_query_span_by(self) -> tuple[timedelta, timedelta]:
        """How far around a span slots must be looked for so that their instances lie in it."""
        moved = self.move_recurrences_by
        return self.lasts + max(moved, NO_TIME), self.lasts + max(-moved, NO_TIME)

    def has_recurrence_rules(self) -> bool:
        return False


class _Found:
    """What the library makes of a slot."""

    def __init__(self, adapter: _Adapter, start: datetime | None = None, end: datetime | None = None) -> None:
        self.component = adapter.component
        self.own = start is None  # an override in its own slot, or a slot described by `adapter`
        self.start = adapter.wall if start is None else start
        self.end = adapter.wall + adapter.lasts if end is None else end
        self.original: datetime = adapter.slot or adapter.wall
        if start is not None:
            self.original = start - adapter.move_recurrences_by

    def is_in_span(self, start: datetime, end: datetime) -> bool:
        return bool(self.start <= end and start <= self.end)


class _Rules(Series.RecurrenceRules):  # type: ignore[misc] # the library has no types
    def create_rule_with_start(self, rule: Repetition) -> Repetition:
        return rule


class _Series(Series):  # type: ignore[misc] # the library has no types
    RecurrenceRules = _Rules
    latest = datetime.min  # noqa: DTZ901 - the last wall-clock start seen, also where RANGE=THISANDFUTURE moved it to

    def occurrence(self, adapter: _Adapter, start: Any = None, end: Any = None) -> _Found:
        found = _Found(adapter, start, end)
        self.latest = max(self.latest, found.start)
        return found


def slots(
    master: Component, overrides: Sequence[Component], span: tuple[datetime, datetime], zone: tzinfo, budget: Budget
) -> tuple[list[Slot], bool]:
    """The slots of a series whose instances may lie in `span` (UTC), and whether there may be more after it.

    Raises TooMany, and whatever the library raises for rules that make no sense.
    """
    walls = Walls(master, zone)
    begin, end = (Moment(instant.replace(tzinfo=None), UTC).wall_in(master.start.zone, zone) for instant in span)
    rules = [Repetition(text, master.start, zone, budget) for text in master.rules]
    adapters = [_Adapter(master, walls, rules), *(_Adapter(override, walls) for override in overrides)]
    series = _Series(adapters)
    ends = {walls.of(repeat.start): repeat.end for repeat in master.more if repeat.end}
    found = [_slot(item, walls, ends) for item in series.between(begin, end)]
    later = series.latest >= end or any(rule.endless for rule in rules)
    return found, later


def last_end(master: Component, zone: tzinfo) -> datetime | None:
    """Until when a series lasts at most, in UTC, where its rules say so; else None."""
    untils = [Repetition(text, master.start, zone, Budget()).until for text in master.rules]
    if master.more or not untils or None in untils:
        return None
    last = Moment(max(filter(None, untils)), master.start.zone)
    return last.utc(zone) + _rough_length(master, zone) + master.after


def _slot(found: _Found, walls: Walls, ends: Mapping[datetime, Moment | Length]) -> Slot:
    component, dates = found.component, walls.master.start.is_date
    if found.own:
        return Slot(component, component.start, walls.moment(found.original, is_date=dates))
    start = walls.moment(found.start, is_date=component.start.is_date)
    return Slot(component, start, walls.moment(found.original, is_date=dates), ends.get(found.original))


def _rough_length(component: Component, zone: tzinfo) -> timedelta:
    """At least as long as any instance: a day more than written, for midnights and clock changes."""
    ends = [component.end or component.length, *(repeat.end for repeat in component.more)]
    starts = [component.start, *(repeat.start for repeat in component.more)]
    lengths = (_written(start, end, zone) for start, end in zip(starts, ends, strict=True))
    return max(lengths) + timedelta(days=1)


def _written(start: Moment, end: Moment | Length | None, zone: tzinfo) -> timedelta:
    if isinstance(end, Length):
        return abs(end.elapsed)
    return abs(end.utc(zone) - start.utc(zone)) if end else NO_TIME


def by_slot(overrides: Sequence[Component], master: Component, zone: tzinfo) -> Iterator[tuple[Component, bool]]:
    """Each override with whether it stands for its slot.

    Several may claim one slot: a higher SEQUENCE replaces a lower one; of equals the first stands for the slot and the
    others are told apart, since nobody knows which of them is meant. One that cannot be read leaves its slot blocked.
    """
    walls = Walls(master, zone)
    best: dict[datetime, int] = {}
    for override in overrides:
        wall = walls.of(override.slot or override.start)
        best[wall] = max(best.get(wall, 0), override.sequence)
    taken: set[datetime] = set()
    for override in overrides:
        wall = walls.of(override.slot or override.start)
        if override.sequence == best[wall]:
            stands = wall not in taken and not override.damaged
            yield override, stands
            taken |= {wall} if stands else set()
