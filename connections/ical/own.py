"""How a pushed event looks now, and whether two files mean the same."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from connections.ical import content_lines, spans
from connections.ical.moments import Moment
from connections.ical.parse_guard import attempt
from connections.ical.parser import Component, read
from connections.ical.types import OwnEvent

_UTC = ZoneInfo("UTC")
_TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION", "URL")


def own_event(data: bytes) -> OwnEvent:
    """The event in `data` as it stands, for holding it against its booking. Nothing is raised."""
    file, components, timeless = read(data, frozenset())
    masters = [component for component in components if component.slot is None]
    if not components:
        return OwnEvent(file.uid, None, None, "unreadable", cancelled=False, sequence=0)
    event = (masters or components)[0]
    shape = _shape(event, components, broken=timeless)
    span: tuple[datetime | None, datetime | None] = (None, None)
    if event.start.zone is not None:
        span = spans.plain_span(event, event.start, _UTC)
    if shape == "unreadable":
        span = (None, None)
    return OwnEvent(event.uid, *span, shape, cancelled=event.status == "CANCELLED", sequence=event.sequence)


def _shape(event: Component, components: list[Component], *, broken: bool) -> str:
    if broken or any(component.damaged for component in components):
        return "unreadable"
    if len(components) > 1 or event.repeats:
        return "recurring"
    if event.start.is_date:
        return "all_day"
    return "timed" if event.start.zone is not None else "floating"


def meaning(data: bytes) -> tuple[object, ...]:
    """What `data` says to people, for telling the same content from other bytes.

    Times, recurrence, STATUS, TRANSP, travel time and texts count; DTSTAMP, SEQUENCE, CREATED, PRODID, alarms, X-
    properties, the order of properties, folding, line ends and the spelling of a time zone do not. Data in which no
    event can be read means only itself.
    """
    found = attempt(partial(_meanings, data))
    return found or ("unreadable", hashlib.sha256(data).hexdigest())


def _meanings(data: bytes) -> tuple[object, ...]:
    _, components, _ = read(data, frozenset())
    texts = _texts(data)
    if len(texts) != len(components):
        return ()
    return tuple(sorted(_meaning(component, said) for component, said in zip(components, texts, strict=True)))


def _meaning(event: Component, texts: tuple[str, ...]) -> tuple[str, ...]:
    begin, end = spans.plain_span(event, event.start, _UTC)
    exact = Moment(end.replace(tzinfo=None), UTC)
    return (
        event.uid,
        _point(event.slot),
        _point(event.start),
        _point(exact) if event.start.zone is not None else str(end - begin),
        "|".join(sorted(";".join(sorted(rule.upper().split(";"))) for rule in event.rules)),
        "|".join(sorted(f"{_point(repeat.start)}/{repeat.end}" for repeat in event.more)),
        "|".join(sorted(map(_point, event.less))),
        event.status or "CONFIRMED",
        str(event.transparent),
        f"{event.before} {event.after}",
        *texts,
    )


def _point(moment: Moment | None) -> str:
    if moment is None:
        return ""
    if moment.zone is None:
        return f"{moment.wall:%Y%m%d}" if moment.is_date else f"{moment.wall:%Y%m%dT%H%M%S}"
    return f"{moment.utc(_UTC):%Y%m%dT%H%M%SZ}"


def _texts(data: bytes) -> list[tuple[str, ...]]:
    """The texts of each VEVENT, in the order of the file."""
    found: list[tuple[str, ...]] = []
    for event in content_lines.events(content_lines.content_lines(data)):
        found.append(tuple(text(event.value(name) or "") for name in _TEXTS))
    return found


def text(value: str) -> str:
    """A TEXT value as it is compared: unescaped, without blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in content_lines.unescape(value).strip().split("\n"))
