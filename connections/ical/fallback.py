"""Blocking to be safe: what a file says that is too large or too odd to be expanded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from connections.ical import spans
from connections.ical.moments import Moment, iso
from connections.ical.parser import Component
from connections.ical.types import Instance, Span

UNREADABLE = "unreadable"


def written(components: Iterable[Component], window: Span, zone: tzinfo) -> Iterator[Instance]:
    """Every time that is written in `components` and meets the window blocks; nothing is computed from rules.

    Of a series whose rule makes no sense at all that is its first span and each RDATE: blocking whatever the rule might
    have meant would close all days at that time.
    """
    for component in components:
        starts = [(component.start, None), *((repeat.start, repeat.end) for repeat in component.more)]
        for start, end in starts:
            span = spans.span(component, start, zone, end)
            if spans.meets(span, window):
                yield blocked(span, component, identity(component.slot or start, zone) if component.repeats else "")


def whole(master: Component, window: Span, zone: tzinfo, until: datetime | None) -> Instance:
    """A series with too many occurrences to tell them apart: it blocks from its start to `until`, inside the window."""
    starts = (repeat.start.utc(zone) for repeat in master.more)
    begin = min(max(window[0], min(starts, default=window[1])), max(window[0], master.start.utc(zone)), window[1])
    return blocked((begin, max(begin, min(window[1], until or window[1]))), master, "")


def blocked(span: Span, component: Component, recurrence_id: str) -> Instance:
    """An instance that blocks because nobody can say better."""
    return Instance(
        start=span[0],
        end=span[1],
        blocks=True,
        reason=UNREADABLE,
        all_day=component.start.is_date,
        summary=component.summary,
        recurrence_id=recurrence_id,
        free_marked=component.transparent,
    )


def identity(original: Moment, zone: tzinfo) -> str:
    """A slot's stable name: its original start, in UTC, or as a date."""
    return f"{original.wall:%Y-%m-%d}" if original.is_date else iso(original.utc(zone))
