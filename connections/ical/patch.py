"""An event that we pushed: what it says now, whether two versions mean the same, and how it is changed.

An iPhone rewrites the whole object when it is edited. Alarms, travel time, notes and attachments stand in lines that we
do not understand, so a change replaces single content lines and keeps all others octet for octet. Only line ends
become CRLF.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from connections.ical import content_lines, timezones
from connections.ical.components import Component
from connections.ical.compose import (
    TEXTS,
    alarm_lines,
    compose,
    join_lines,
    stamp_lines,
    text_lines,
    time_lines,
    vtimezone_lines,
)
from connections.ical.content_lines import EventLines
from connections.ical.moments import Moment
from connections.ical.parse_guard import try_or_none
from connections.ical.parser import read_components
from connections.ical.reducing import reduce
from connections.ical.types import EventDraft, OwnEvent

_REPEATING = ("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID")
_UTC = ZoneInfo("UTC")

Changes = dict[str, str | None]
"""The new content line for each property to be changed, None to remove it."""


def own_event(data: bytes) -> OwnEvent:
    """The current state of the event in `data`, to be compared with its booking. Nothing is raised."""
    file, components, timeless = read_components(data, frozenset())
    masters = [component for component in components if component.slot is None]
    if not components:
        return OwnEvent(file.uid, None, None, "unreadable", cancelled=False, sequence=0)
    event = (masters or components)[0]
    shape = _shape(event, components, broken=timeless)
    span: tuple[datetime | None, datetime | None] = (None, None)
    if event.start.zone is not None:
        span = event.plain_span(event.start, _UTC)
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
    """A value that is equal for two files if they mean the same to people, whatever their bytes.

    Times, recurrence, STATUS, TRANSP, travel time and texts count. DTSTAMP, SEQUENCE, CREATED, PRODID, alarms, X-
    properties, the order of properties, folding, line ends and the spelling of a time zone do not. A file without a
    readable event is equal only to itself.
    """
    found = try_or_none(partial(_meanings, data))
    return found or ("unreadable", hashlib.sha256(data).hexdigest())


def _meanings(data: bytes) -> tuple[object, ...]:
    _, components, _ = read_components(data, frozenset())
    texts = _texts(data)
    if len(texts) != len(components):
        return ()
    return tuple(sorted(_meaning(component, values) for component, values in zip(components, texts, strict=True)))


def _meaning(event: Component, texts: tuple[str, ...]) -> tuple[str, ...]:
    begin, end = event.plain_span(event.start, _UTC)
    exact = Moment(end.replace(tzinfo=None), UTC)
    return (
        event.uid,
        _point(event.slot),
        _point(event.start),
        _point(exact) if event.start.zone is not None else str(end - begin),
        "|".join(sorted(";".join(sorted(rule.upper().split(";"))) for rule in event.rules)),
        "|".join(sorted(f"{_point(repeat.start)}/{repeat.end}" for repeat in event.rdates)),
        "|".join(sorted(map(_point, event.exdates))),
        event.status or "CONFIRMED",
        str(event.transparent),
        f"{event.travel_before} {event.travel_after}",
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
    for event in content_lines.find_events(content_lines.split_lines(data)):
        found.append(tuple(_comparable(event.value(name) or "") for name in TEXTS))
    return found


def _comparable(value: str) -> str:
    """A TEXT value for comparison: unescaped, without blanks at the ends of lines."""
    return "\n".join(line.rstrip() for line in content_lines.unescape(value).strip().split("\n"))


def patch(data: bytes, draft: EventDraft, *, now: datetime, agreed: bytes = b"") -> bytes:
    """`data` with the time of `draft`, STATUS:CONFIRMED, SEQUENCE plus one and a new DTSTAMP; everything else stays.

    `agreed` is the file on which both sides last agreed. A text (SUMMARY, DESCRIPTION, LOCATION, URL) that is still as
    in `agreed` becomes that of the draft; a text that was changed on the iPhone is kept. Without `agreed`, the texts of
    the draft that are not empty replace those of `data`. Likewise for alarms.
    An event that was made recurring or all-day becomes a single timed one again. A VTIMEZONE is added if the zone has
    none, and replaced if it is wrong for the new time: a server may have reduced it to what the old time needed
    (Radicale). Data without an event is replaced by a new file.
    """
    raw = content_lines.split_lines(data)
    events = content_lines.find_events(raw)
    chosen = _chosen(events, draft.uid)
    if chosen is None:
        return compose(draft, now=now)
    stored = own_event(data)
    same_time = stored.shape == "timed" and (stored.start, stored.end) == (draft.start, draft.end)
    changes = _status_changes(chosen, now) | _text_changes(chosen, draft, agreed)
    if not same_time or chosen.value("DTEND") is None:
        changes |= _time_changes(draft)
    dropped = [event for event in events if event is not chosen and event.value("UID") == chosen.value("UID")]
    alarms = _new_alarms(raw, chosen, draft, agreed)
    return join_lines(_patched(raw, chosen, dropped, changes, draft, alarms))


def patch_texts(data: bytes, draft: EventDraft, *, now: datetime, agreed: bytes = b"") -> bytes:
    """`data` with the texts of `draft` in each of its events, chosen as in `patch`; times and everything else stay."""
    raw = content_lines.split_lines(data)
    replaced: dict[int, list[str]] = {}
    added: dict[int, list[str]] = {}
    for event in content_lines.find_events(raw):
        changes = _stamp_changes(event, now) | _text_changes(event, draft, agreed)
        replaced |= _replacements(event, changes)
        added[event.rest] = _additions(event, changes)
    return join_lines(_with_lines(raw, replaced, added))


def only_times(data: bytes, draft: EventDraft, *, now: datetime) -> bytes:
    """`data` with its times and the title of `draft`, and nothing else that says what it is about or who comes.

    Times, recurrence, STATUS, TRANSP, travel time and time zones stay. Texts, people, places, attachments and alarms
    go, in overrides too. Data without an event is replaced by the event of the draft.
    """
    raw = _without(content_lines.split_lines(reduce(data, titles=False)), b"VTIMEZONE")
    events = content_lines.find_events(raw)
    if not events:
        return compose(draft, now=now)
    title = text_lines(draft)["SUMMARY"]
    replaced: dict[int, list[str]] = {}
    added: dict[int, list[str]] = {}
    for event in events:
        changes: Changes = {**_stamp_changes(event, now), "SUMMARY": title}
        replaced |= _replacements(event, changes)
        added[event.rest] = _additions(event, changes)
    lines = list(_with_lines(raw, replaced, added))
    at = next(index for index, line in enumerate(lines) if line.upper() == b"BEGIN:VEVENT")
    return join_lines([*lines[:at], *_zone_lines(data), *lines[at:]])


_OF_ZONES = frozenset(
    {"BEGIN", "END", "TZID", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "DTSTART", "RRULE", "RDATE", "EXDATE"}
)


def _zone_lines(data: bytes) -> list[bytes]:
    """The VTIMEZONEs of a file, without what does not describe a time zone; none if one of them holds an event."""
    lines = [line for _index, line in _inside(content_lines.split_lines(data), b"VTIMEZONE")]
    if any(line.strip().upper() == b"BEGIN:VEVENT" for line in lines):
        return []
    return [line for line in lines if content_lines.parse_line(line).name in _OF_ZONES]


def _without(raw: Sequence[bytes], component: bytes) -> list[bytes]:
    dropped = {index for index, _line in _inside(raw, component)}
    return [line for index, line in enumerate(raw) if index not in dropped]


def _inside(raw: Sequence[bytes], component: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines of every component of that name, with its BEGIN and END, and their indexes."""
    inside = False
    for index, line in enumerate(raw):
        mark = line.strip().upper()
        inside = inside or mark == b"BEGIN:" + component
        if inside:
            yield index, line
        inside = inside and mark != b"END:" + component


def _with_lines(raw: Sequence[bytes], replaced: dict[int, list[str]], added: dict[int, list[str]]) -> Iterator[bytes]:
    for index, line in enumerate(raw):
        yield from map(content_lines.fold, added.get(index, ()))
        yield from map(content_lines.fold, replaced[index]) if index in replaced else [line]


def _chosen(events: Sequence[EventLines], uid: str) -> EventLines | None:
    """The event to be changed: if possible one with that UID that is no override."""
    ranked = sorted(events, key=lambda event: (event.value("UID") != uid, event.value("RECURRENCE-ID") is not None))
    return ranked[0] if ranked else None


def _status_changes(event: EventLines, now: datetime) -> Changes:
    changes: Changes = dict.fromkeys(_REPEATING) | _stamp_changes(event, now)
    if (event.value("STATUS") or "").upper() != "CONFIRMED":
        changes["STATUS"] = "STATUS:CONFIRMED"
    return changes


def _stamp_changes(event: EventLines, now: datetime) -> Changes:
    stored = event.value("SEQUENCE") or ""
    sequence = int(stored) if re.fullmatch(r"[0-9]{1,9}", stored) else 0
    return dict(stamp_lines(now, sequence + 1))


def _time_changes(draft: EventDraft) -> Changes:
    return time_lines(draft) | {"DURATION": None}


def _text_changes(event: EventLines, draft: EventDraft, agreed: bytes) -> Changes:
    """The texts to be written: those that differ from the draft and were not changed on the iPhone."""
    wanted = text_lines(draft)
    known = _chosen(content_lines.find_events(content_lines.split_lines(agreed)), draft.uid) if agreed else None
    changes: Changes = {}
    for name in TEXTS:
        stored = _comparable_text(event, name)
        if stored == _comparable(wanted.get(name, ":").partition(":")[2]):
            continue
        if stored == _comparable_text(known, name) if known else wanted.get(name, ":")[len(name) + 1 :]:
            changes[name] = wanted.get(name)
    return changes


def _new_alarms(raw: Sequence[bytes], event: EventLines, draft: EventDraft, agreed: bytes) -> list[str] | None:
    """The alarm lines that replace those of the event; None if they are right already or were changed on the iPhone."""
    agreed_raw = content_lines.split_lines(agreed)
    known = _chosen(content_lines.find_events(agreed_raw), draft.uid)
    if known is None or _triggers(raw, event) != _triggers(agreed_raw, known):
        return None
    current = [content_lines.unfold_line(agreed_raw[index]) for index in _alarms(agreed_raw, known)]
    wanted = alarm_lines(draft)
    return wanted if current != wanted else None


def _alarms(raw: Sequence[bytes], event: EventLines) -> Iterator[int]:
    """The indexes of the lines of an event's alarms."""
    yield from (event.rest + index for index, _line in _inside(raw[event.rest : event.end], b"VALARM"))


def _triggers(raw: Sequence[bytes], event: EventLines) -> list[str]:
    found = (content_lines.parse_line(raw[index]) for index in _alarms(raw, event))
    return [line.value for line in found if line.name == "TRIGGER"]


def _comparable_text(event: EventLines | None, name: str) -> str:
    return _comparable((event.value(name) if event else None) or "")


def _patched(
    raw: Sequence[bytes],
    chosen: EventLines,
    dropped: Sequence[EventLines],
    changes: Changes,
    draft: EventDraft,
    alarms: Sequence[str] | None,
) -> Iterator[bytes]:
    gone = {index for event in dropped for index in range(event.begin, event.end + 1)}
    gone |= set(_alarms(raw, chosen)) if alarms is not None else set()
    described = _vtimezones(raw, draft.zone)
    needed = _names_zone(changes, draft.zone) and not any(_is_right(raw, lines, draft) for lines in described)
    zone = vtimezone_lines(draft) if needed else []
    gone |= {index for lines in described for index in lines if needed}
    first = min(event.begin for event in [chosen, *dropped])
    replaced = dict(_replacements(chosen, changes))
    for index, line in enumerate(raw):
        if index == first:
            yield from map(content_lines.fold, zone)
        if index == chosen.rest:
            yield from (content_lines.fold(new) for new in _additions(chosen, changes))
        if index == chosen.end:
            yield from map(content_lines.fold, alarms or ())
        if index in replaced:
            yield from map(content_lines.fold, replaced[index])
        elif index not in gone:
            yield line


def _replacements(event: EventLines, changes: Changes) -> Iterator[tuple[int, list[str]]]:
    """The index of each line to be replaced and the lines that replace it: only the first of a name is kept."""
    seen: set[str] = set()
    for index, name in event.names:
        if name in changes:
            new = changes[name]
            yield index, [new] if new is not None and name not in seen else []
            seen.add(name)


def _additions(event: EventLines, changes: Changes) -> list[str]:
    present = {name for _, name in event.names}
    return [line for name, line in changes.items() if line is not None and name not in present]


def _names_zone(changes: Changes, zone: str) -> bool:
    return any(f";TZID={zone}:" in (changes.get(name) or "") for name in ("DTSTART", "DTEND"))


def _vtimezones(raw: Sequence[bytes], zone: str) -> list[range]:
    """The indexes of the content lines of each VTIMEZONE of this zone."""
    found: list[range] = []
    begin = 0
    for index, line in enumerate(raw):
        mark = line.strip().upper()
        if mark == b"BEGIN:VTIMEZONE":
            begin = index
        elif mark == b"END:VTIMEZONE":
            found.append(range(begin, index + 1))
    tzid = content_lines.Line("TZID", zone)
    return [lines for lines in found if any(content_lines.parse_line(raw[index]) == tzid for index in lines)]


def _is_right(raw: Sequence[bytes], described: range, draft: EventDraft) -> bool:
    """Does a VTIMEZONE give the times of the draft the right offset? Assumed if the VTIMEZONE cannot be read."""
    zone = timezones.zone_from_vtimezone(
        b"\n".join(content_lines.unfold_line(raw[index]).encode() for index in described)
    )
    shown = [instant.astimezone(ZoneInfo(draft.zone)) for instant in (draft.start, draft.end)]
    return zone is None or all(
        local.replace(tzinfo=zone).utcoffset() == local.utcoffset() for local in shown if not local.fold
    )
