"""Expands a resource inside a window: its instances, whether they block, and the problem it has.

Problems: `unreadable` (a decisive line could not be read, or an override has a rule of its own; the times that can be
read block), `too_many_overrides` and
`too_many_occurrences` (it blocks more than it says), `no_times` (an event without any time, so nothing blocks),
`zone_unknown` (read as floating, or with the offset in the zone's name, which may be wrong in summer).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from connections.ical import blocking, fallback, series
from connections.ical.components import Component, overlaps
from connections.ical.parse_guard import try_or_none
from connections.ical.parser import UNREADABLE_MARK, read_components
from connections.ical.raw_file import MAX_LISTED, RawEvent
from connections.ical.rules.budget import MAX_OCCURRENCES, Budget, TooMany
from connections.ical.rules.repair import safe_rules
from connections.ical.series import Slot
from connections.ical.types import Expansion, Instance, Rules, Span

MAX_COMPONENTS = 2000
STEPS_OF_A_REPAIR = 50  # what it costs to find out whether a repaired rule makes sense, in steps of the budget
_MARGIN = timedelta(days=2)  # zones differ by up to 26 hours


def expand(data: bytes, *, window: Span, zone: ZoneInfo, rules: Rules, addresses: frozenset[str]) -> Expansion:
    """The instances of the resource `data` inside `window` (UTC, half-open); see RFC 5545 3.6.1, 3.8.4.4 and 3.8.5.

    All-day and floating times are read in `zone`. `addresses` are the calendar user addresses of the calendar's owner
    in lower case. An instance counts if it overlaps the window, including its travel time. No data raises an exception:
    an event that cannot be read in full blocks at the times that can be read.
    """
    file, components, timeless = read_components(data, addresses)
    masters = [component for component in components if component.slot is None]
    overrides = [component for component in components if component.slot is not None]
    work = _Expander(window, zone, rules)
    if len(file.events) > MAX_COMPONENTS:
        work.block_written(overrides)
        work.problem, overrides = "too_many_overrides", []
    for master, own in _groups(masters, overrides):
        work.add_series(master, own)
    cut_off = timeless and any(map(_is_damaged, file.events))
    work.note_damage(components, timeless, readable=bool(file.events or file.is_calendar) and not cut_off)
    instances = tuple(work.finish())
    head = next(iter(masters or overrides or components), None)
    return Expansion(
        uid=head.uid if head else file.uid,
        summary=head.summary if head else "",
        recurring=any(component.repeats for component in components),
        endless=work.endless or any(start.utc(zone) >= window[1] for c in components for start in c.starts),
        instances=instances,
        problem=work.problem,
        unread=not (components and file.is_calendar),
    )


def _is_damaged(event: RawEvent) -> bool:
    return event.damaged or any(line.name == UNREADABLE_MARK for line in event.content)


def _groups(
    masters: Sequence[Component], overrides: Sequence[Component]
) -> Iterator[tuple[Component | None, list[Component]]]:
    """Each master with its overrides. Overrides come alone if the owner is only invited to single instances."""
    by_uid: dict[str, list[Component]] = {}
    for override in overrides:
        by_uid.setdefault(override.uid, []).append(override)
    for master in _current(masters):
        yield master, by_uid.pop(master.uid, [])
    for orphans in by_uid.values():
        yield None, orphans


def _current(masters: Sequence[Component]) -> list[Component]:
    """Without old revisions, which have a lower SEQUENCE (RFC 5545 3.8.7.4); some programs leave them in the file."""
    if len(masters) == 1:
        return list(masters)
    newest: dict[str, int] = {}
    for master in masters:
        if master.uid and not master.damaged:
            newest[master.uid] = max(newest.get(master.uid, 0), master.sequence)
    return [master for master in masters if master.damaged or master.sequence >= newest.get(master.uid, 0)]


@dataclass(slots=True)
class _Expander:
    """Collects the instances of one resource."""

    window: Span
    zone: ZoneInfo
    rules: Rules
    budget: Budget = field(default_factory=Budget)
    instances: list[Instance] = field(default_factory=list)
    endless: bool = False
    problem: str = ""

    def add_series(self, master: Component | None, overrides: Sequence[Component]) -> None:
        """Add a series, or conservative blocks for one that cannot be expanded."""
        try:
            found = try_or_none(partial(self._expand, master, overrides), reraise=(TooMany,))
            if found is None:
                self.problem = "unreadable"
                found = self._expand_repaired(master, overrides)
        except TooMany:
            self._block_coarsely(master, overrides)
        else:
            self.add(found)

    def _expand_repaired(self, master: Component | None, overrides: Sequence[Component]) -> list[Instance]:
        """A series whose rules make no sense or are not supported: by safe rules, else only the written times."""
        repaired = [self._repaired(override) if override.rules else override for override in overrides]
        expand_again = partial(self._expand, self._repaired(master) if master else None, repaired)
        found = try_or_none(expand_again, reraise=(TooMany,))
        if found is not None:
            return found
        written = [*([master] if master else []), *overrides]
        return list(fallback.written_times(written, self.window, self.zone))

    def _repaired(self, master: Component) -> Component:
        """The component with rules that can be computed. An EXRULE that makes no sense excludes nothing."""
        safe = [self._safe_rules(text, master) for text in master.rules]
        kept = [(text, safe_rules(text, master.start, self.zone)[0] == [text]) for text in master.exrules]
        return replace(
            master,
            rules=tuple(rule for rules, _ in safe for rule in rules),
            exrules=tuple(text for text, makes_sense in kept if makes_sense),
            damaged=master.damaged or not all(is_certain for _, is_certain in safe),
        )

    def _safe_rules(self, text: str, master: Component) -> tuple[list[str], bool]:
        """`safe_rules` within the budget. Raises TooMany."""
        self.budget.spend()
        found = safe_rules(text, master.start, self.zone)
        self.budget.spend(steps=STEPS_OF_A_REPAIR * len(found[0]))
        return found

    def _expand(self, master: Component | None, overrides: Sequence[Component]) -> list[Instance]:
        found: list[Instance | None] = []
        if master is None:
            slots = [*map(_own_slot, overrides), *self._inner_slots(overrides)]
            found = [self._instance(slot, single=False) for slot in slots]
        elif not overrides and not master.repeats:
            found = [self._instance(Slot(master, master.start, master.start), single=True)]
        else:
            claims = list(series.by_slot(overrides, master, self.zone))
            slots = [*self._slots(master, claims), *self._inner_slots([override for override, _ in claims])]
            found = [self._instance(slot, single=False) for slot in slots]
        return [instance for instance in found if instance]

    def _slots(self, master: Component, claims: Sequence[tuple[Component, bool]]) -> list[Slot]:
        if max(len(master.rdates), len(master.exdates)) > MAX_LISTED:
            raise TooMany
        self.budget.spend(occurrences=(len(master.rdates) + len(master.exdates)) // 10)
        margin = _MARGIN + _max_travel(master, [override for override, _ in claims])
        span = (self.window[0] - margin, self.window[1] + margin)
        replacing = [override for override, replaces in claims if replaces]
        slots, later = series.slots(master, replacing, span, self.zone, self.budget)
        self.endless |= later
        return slots + [_own_slot(override) for override, replaces in claims if not replaces]

    def _inner_slots(self, overrides: Sequence[Component]) -> list[Slot]:
        """The times that rules and RDATEs of overrides add to their own starts."""
        found: list[Slot] = []
        for override in overrides:
            if override.is_series_in_series:
                slots = self._slots(replace(override, slot=None, this_and_future=False), [])
                found += [slot for slot in slots if slot.start != override.start]
        return found

    def _instance(self, slot: Slot, *, single: bool) -> Instance | None:
        component = slot.component
        span = component.span(slot.start, self.zone, slot.end)
        self.endless |= span[0] >= self.window[1]  # found within the margin after the window
        if not overlaps(span, self.window):
            return None
        blocks, reason = blocking.verdict(component, self.rules)
        return Instance(
            start=span[0],
            end=span[1],
            blocks=blocks,
            reason=reason,
            all_day=component.all_day,
            summary=component.summary,
            recurrence_id="" if single else fallback.identity(slot.original, self.zone),
            free_marked=component.transparent,
        )

    def _block_coarsely(self, master: Component | None, overrides: Sequence[Component]) -> None:
        self.problem, self.endless = "too_many_occurrences", True
        if master:
            until = try_or_none(partial(series.last_end, master, self.zone))
            self.add([fallback.whole_series(master, self.window, self.zone, until)])
        self.block_written(overrides)

    def block_written(self, overrides: Sequence[Component]) -> None:
        """Add a block for each written time of the overrides, and one for each whole series among them."""
        self.add(fallback.written_times(overrides, self.window, self.zone))
        for override in overrides:
            if override.rules:
                until = try_or_none(partial(series.last_end, override, self.zone))
                self.add([fallback.whole_series(override, self.window, self.zone, until)])

    def add(self, instances: Iterable[Instance]) -> None:
        """Add instances."""
        self.instances.extend(instances)

    def note_damage(self, components: Sequence[Component], timeless: bool, *, readable: bool) -> None:
        """Set the problem for what could not be read, unless a worse one is set already."""
        if not self.problem and (not readable or any(c.damaged or c.is_series_in_series for c in components)):
            self.problem = "unreadable"
        if not self.problem and timeless:
            self.problem = "unreadable" if components else "no_times"
        if not self.problem and any(component.zone_uncertain for component in components):
            self.problem = "zone_unknown"

    def finish(self) -> list[Instance]:
        """The instances sorted by start, each with a unique `recurrence_id`, at most 20,000."""
        instances = sorted(self.instances, key=lambda instance: (instance.start, instance.end))
        if len(instances) > MAX_OCCURRENCES:
            self.problem = "too_many_occurrences"
            end = max(instance.end for instance in instances)
            return [replace(instances[0], end=end, blocks=True, reason=fallback.UNREADABLE, recurrence_id="")]
        if len(instances) == 1:
            return instances
        seen: Counter[str] = Counter()
        return [_numbered(instance, seen) for instance in instances]


def _numbered(instance: Instance, seen: Counter[str]) -> Instance:
    seen[instance.recurrence_id] += 1
    number = seen[instance.recurrence_id]
    return instance if number == 1 else replace(instance, recurrence_id=f"{instance.recurrence_id}#{number}")


def _own_slot(override: Component) -> Slot:
    return Slot(override, override.start, override.slot or override.start)


def _max_travel(master: Component, overrides: Sequence[Component]) -> timedelta:
    return max(max(component.travel_before, component.travel_after) for component in (master, *overrides))
