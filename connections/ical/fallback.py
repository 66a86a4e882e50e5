"""Conservative blocks for events that cannot be expanded because they are too large or make no sense."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from connections.ical.components import Component, overlaps
from connections.ical.moments import Moment, utc_text
from connections.ical.types import Instance, Span

UNREADABLE = "unreadable"


def written_times(components: Iterable[Component], window: Span, zone: tzinfo) -> Iterator[Instance]:
    """A block for each time that is written out in `components` and overlaps the window. Rules are not expanded.

    For a series whose rule makes no sense these are its first instance and its RDATEs. Blocking every time that the
    rule could have meant would close that hour on all days.
    """
    for component in components:
        starts = [(component.start, None), *((repeat.start, repeat.end) for repeat in component.rdates)]
        for start, end in starts:
            span = component.span(start, zone, end)
            if overlaps(span, window):
                slot = identity(component.slot or start, zone) if component.repeats else ""
                yield block(span, component, slot)


def whole_series(master: Component, window: Span, zone: tzinfo, until: datetime | None) -> Instance:
    """One block for a series with too many instances: from its first start to `until`, inside the window."""
    starts = (repeat.start.utc(zone) for repeat in master.rdates)
    begin = min(max(window[0], min(starts, default=window[1])), max(window[0], master.start.utc(zone)), window[1])
    return block((begin, max(begin, min(window[1], until or window[1]))), master, "")


def block(span: Span, component: Component, recurrence_id: str) -> Instance:
    """An instance that blocks because the event could not be read in full."""
    return Instance(
        start=span[0],
        end=span[1],
        blocks=True,
        reason=UNREADABLE,
        all_day=component.all_day,
        summary=component.summary,
        recurrence_id=recurrence_id,
        free_marked=component.transparent,
    )


def identity(original: Moment, zone: tzinfo) -> str:
    """The stable name of a slot: its original start in UTC, or as a date."""
    return f"{original.wall:%Y-%m-%d}" if original.is_date else utc_text(original.utc(zone))
