"""A resource inside a window: its instances, whether they block, and what was wrong with it.

Problems: `unreadable` (something decisive could not be read: those times block), `too_many_overrides` and
`too_many_occurrences` (it blocks more than it says), `no_times` (an event without any time: nothing blocks),
`zone_unknown` (read as floating, or by the offset that the zone's name has, which may be wrong in summer).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from connections.ical import blocking, fallback, series, spans
from connections.ical.parse_guard import attempt
from connections.ical.parser import DAMAGED, Block, Component, read
from connections.ical.recurrence import MOST_OCCURRENCES, Budget, TooMany, simplified
from connections.ical.series import Slot
from connections.ical.types import Expansion, Instance, Rules, Span

MOST_COMPONENTS = 2000
_MARGIN = timedelta(days=2)  # zones differ by up to 26 hours


def expand(data: bytes, *, window: Span, zone: ZoneInfo, rules: Rules, addresses: frozenset[str]) -> Expansion:
    """What the resource `data` means inside `window` (UTC, half-open).

    All-day and floating times are read in `zone`. `addresses` are the calendar user addresses of the calendar's owner,
    in lower case. An instance counts if it overlaps the window, its travel time included. Nothing is raised for foreign
    data: what cannot be read blocks where its times can be read (RFC 5545 3.6.1, 3.8.4.4, 3.8.5).
    """
    file, components, timeless = read(data, addresses)
    masters = [component for component in components if component.slot is None]
    overrides = [component for component in components if component.slot is not None]
    work = _Work(window, zone, rules)
    if len(file.blocks) > MOST_COMPONENTS:
        work.add(fallback.written(overrides, window, zone))
        work.problem, overrides = "too_many_overrides", []
    for master, own in _groups(masters, overrides):
        work.series(master, own)
    cut_off = timeless and any(map(_is_damaged, file.blocks))
    work.damage(components, timeless, readable=bool(file.blocks or file.is_calendar) and not cut_off)
    instances = tuple(work.finished())
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


def _is_damaged(block: Block) -> bool:
    return block.damaged or any(line.name == DAMAGED for line in block.content)


def _groups(
    masters: Sequence[Component], overrides: Sequence[Component]
) -> Iterator[tuple[Component | None, list[Component]]]:
    """Each series with its overrides; overrides whose master is not there (invited to single instances) come alone."""
    by_uid: dict[str, list[Component]] = {}
    for override in overrides:
        by_uid.setdefault(override.uid, []).append(override)
    for master in _current(masters):
        yield master, by_uid.pop(master.uid, [])
    for alone in by_uid.values():
        yield None, alone


def _current(masters: Sequence[Component]) -> list[Component]:
    """Without revisions that a higher SEQUENCE replaces (RFC 5545 3.8.7.4); some programs leave them in the file."""
    newest: dict[str, int] = {}
    for master in masters:
        if master.uid and not master.damaged:
            newest[master.uid] = max(newest.get(master.uid, 0), master.sequence)
    return [master for master in masters if master.damaged or master.sequence >= newest.get(master.uid, 0)]


@dataclass(slots=True)
class _Work:
    """One expansion under way."""

    window: Span
    zone: ZoneInfo
    rules: Rules
    budget: Budget = field(default_factory=Budget)
    instances: list[Instance] = field(default_factory=list)
    endless: bool = False
    problem: str = ""

    def series(self, master: Component | None, overrides: Sequence[Component]) -> None:
        """Add a series, or conservative blocks for one that cannot be expanded."""
        try:
            found = attempt(partial(self._expanded, master, overrides), passing=(TooMany,))
            if found is None:
                self.problem = "unreadable"
                found = self._salvaged(master, overrides)
        except TooMany:
            self._give_up(master, overrides)
        else:
            self.add(found)

    def _salvaged(self, master: Component | None, overrides: Sequence[Component]) -> list[Instance]:
        """A series whose rule makes no sense: by its frequency alone, or else just the times that are written."""
        rules = tuple(simplified(rule, master.start, self.zone) for rule in master.rules) if master else ()
        rules = tuple(filter(None, rules))
        if master and rules:
            plainer = replace(master, rules=rules, damaged=True)
            found = attempt(partial(self._expanded, plainer, overrides), passing=(TooMany,))
            if found is not None:
                return found
        written = [*([master] if master else []), *overrides]
        return list(fallback.written(written, self.window, self.zone))

    def _expanded(self, master: Component | None, overrides: Sequence[Component]) -> list[Instance]:
        found: list[Instance | None] = []
        if master is None:
            found = [self._instance(Slot(o, o.start, o.slot or o.start), alone=False) for o in overrides]
        elif not overrides and not master.repeats:
            found = [self._instance(Slot(master, master.start, master.start), alone=True)]
        else:
            slots = self._slots(master, overrides)
            found = [self._instance(slot, alone=False) for slot in slots]
        return [instance for instance in found if instance]

    def _slots(self, master: Component, overrides: Sequence[Component]) -> list[Slot]:
        self.budget.spend(occurrences=(len(master.more) + len(master.less)) // 10)
        claims = list(series.by_slot(overrides, master, self.zone))
        margin = _MARGIN + _longest_travel(master, overrides)
        span = (self.window[0] - margin, self.window[1] + margin)
        standing = [override for override, stands in claims if stands]
        slots, later = series.slots(master, standing, span, self.zone, self.budget)
        self.endless |= later
        return slots + [Slot(o, o.start, o.slot or o.start) for o, stands in claims if not stands]

    def _instance(self, slot: Slot, *, alone: bool) -> Instance | None:
        component = slot.component
        span = spans.span(component, slot.start, self.zone, slot.end)
        self.endless |= span[0] >= self.window[1]  # found within the margin, but it is the next window's
        if not spans.meets(span, self.window):
            return None
        blocks, reason = blocking.verdict(component, self.rules)
        return Instance(
            start=span[0],
            end=span[1],
            blocks=blocks,
            reason=reason,
            all_day=component.start.is_date,
            summary=component.summary,
            recurrence_id="" if alone else fallback.identity(slot.original, self.zone),
            free_marked=component.transparent,
        )

    def _give_up(self, master: Component | None, overrides: Sequence[Component]) -> None:
        self.problem, self.endless = "too_many_occurrences", True
        if master:
            until = attempt(partial(series.last_end, master, self.zone))
            self.add([fallback.whole(master, self.window, self.zone, until)])
        self.add(fallback.written(overrides, self.window, self.zone))

    def add(self, instances: Iterable[Instance]) -> None:
        """Add instances; equal ones are one."""
        self.instances.extend(instances)

    def damage(self, components: Sequence[Component], timeless: bool, *, readable: bool) -> None:
        """Name what could not be read, unless something worse is named already."""
        if not self.problem and (not readable or any(component.damaged for component in components)):
            self.problem = "unreadable"
        if not self.problem and timeless:
            self.problem = "unreadable" if components else "no_times"
        if not self.problem and any(component.adrift for component in components):
            self.problem = "zone_unknown"

    def finished(self) -> list[Instance]:
        """The instances by start, told apart by `recurrence_id`, at most 20,000."""
        instances = sorted(dict.fromkeys(self.instances), key=lambda instance: (instance.start, instance.end))
        if len(instances) > MOST_OCCURRENCES:
            self.problem = "too_many_occurrences"
            end = max(instance.end for instance in instances)
            return [replace(instances[0], end=end, blocks=True, reason=fallback.UNREADABLE, recurrence_id="")]
        seen: Counter[str] = Counter()
        return [_numbered(instance, seen) for instance in instances]


def _numbered(instance: Instance, seen: Counter[str]) -> Instance:
    seen[instance.recurrence_id] += 1
    number = seen[instance.recurrence_id]
    return instance if number == 1 else replace(instance, recurrence_id=f"{instance.recurrence_id}#{number}")


def _longest_travel(master: Component, overrides: Sequence[Component]) -> timedelta:
    return max(max(component.before, component.after) for component in (master, *overrides))
