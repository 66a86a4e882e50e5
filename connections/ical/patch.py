"""Changing a stored event of ours by content line, so that everything the owner added on the phone stays.

An iPhone rewrites the whole object when it is edited: alarms, travel time, notes and attachments live in lines that we
know nothing of. They are kept octet for octet; only line ends become CRLF.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from connections.ical import content_lines, timezones
from connections.ical.compose import alarm, compose, joined, stamp, texts, time_line, vtimezone
from connections.ical.content_lines import Event
from connections.ical.own import own_event, text
from connections.ical.types import EventDraft

_TEXTS = ("SUMMARY", "DESCRIPTION", "LOCATION", "URL")
_REPEATING = ("RRULE", "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID")

Changes = dict[str, str | None]
"""The content line that is wanted for a property, None for no such line."""


def patch(data: bytes, draft: EventDraft, *, now: datetime, agreed: bytes = b"") -> bytes:
    """`data` with the time of `draft`, STATUS:CONFIRMED, SEQUENCE one up and a new DTSTAMP; everything else stays.

    A text (SUMMARY, DESCRIPTION, LOCATION, URL) becomes the draft's if it is still what `agreed`, the file both sides
    last agreed on, says; what was changed on the phone is kept. Without `agreed`, texts of the draft that are not empty
    win. Likewise alarms that are as `agreed` says become the draft's.
    An event made repeating or all-day becomes a single timed one again. A VTIMEZONE is added where the zone has none,
    and replaced where it is wrong about the new time: servers cut it down to what the old one needed (Radicale).
    Data without an event is composed anew.
    """
    raw = content_lines.content_lines(data)
    events = content_lines.events(raw)
    chosen = _chosen(events, draft.uid)
    if chosen is None:
        return compose(draft, now=now)
    stored = own_event(data)
    same_time = stored.shape == "timed" and (stored.start, stored.end) == (draft.start, draft.end)
    changes = _changes(chosen, now) | _wanted_texts(chosen, draft, agreed)
    if not same_time or chosen.value("DTEND") is None:
        changes |= _wanted_times(draft)
    dropped = [event for event in events if event is not chosen and event.value("UID") == chosen.value("UID")]
    alarms = _wanted_alarms(raw, chosen, draft, agreed)
    return joined(_patched(raw, chosen, dropped, changes, draft, alarms))


def reword(data: bytes, draft: EventDraft, *, now: datetime, agreed: bytes = b"") -> bytes:
    """`data` with the texts of `draft` as in `patch`, in each of its events; times, shape and all else stay."""
    raw = content_lines.content_lines(data)
    replaced: dict[int, list[str]] = {}
    added: dict[int, list[str]] = {}
    for event in content_lines.events(raw):
        changes = _stamped(event, now) | _wanted_texts(event, draft, agreed)
        replaced |= _replacements(event, changes)
        added[event.rest] = _additions(event, changes)
    return joined(_reworded(raw, replaced, added))


def _reworded(raw: Sequence[bytes], replaced: dict[int, list[str]], added: dict[int, list[str]]) -> Iterator[bytes]:
    for index, line in enumerate(raw):
        yield from map(content_lines.fold, added.get(index, ()))
        yield from map(content_lines.fold, replaced[index]) if index in replaced else [line]


def _chosen(events: Sequence[Event], uid: str) -> Event | None:
    """The event to be changed: of that UID and not an override, if there is one."""
    ranked = sorted(events, key=lambda event: (event.value("UID") != uid, event.value("RECURRENCE-ID") is not None))
    return ranked[0] if ranked else None


def _changes(event: Event, now: datetime) -> Changes:
    changes: Changes = dict.fromkeys(_REPEATING) | _stamped(event, now)
    if (event.value("STATUS") or "").upper() != "CONFIRMED":
        changes["STATUS"] = "STATUS:CONFIRMED"
    return changes


def _stamped(event: Event, now: datetime) -> Changes:
    stored = event.value("SEQUENCE") or ""
    sequence = int(stored) if re.fullmatch(r"[0-9]{1,9}", stored) else 0
    return {"DTSTAMP": f"DTSTAMP:{stamp(now)}", "SEQUENCE": f"SEQUENCE:{sequence + 1}"}


def _wanted_times(draft: EventDraft) -> Changes:
    names = {"DTSTART": draft.start, "DTEND": draft.end}
    wanted: Changes = {name: time_line(name, instant, draft.zone) for name, instant in names.items()}
    return wanted | {"DURATION": None}


def _wanted_texts(event: Event, draft: EventDraft, agreed: bytes) -> Changes:
    """The texts to be written: those that differ from the draft and that nobody changed on the phone."""
    wanted = texts(draft)
    known = _chosen(content_lines.events(content_lines.content_lines(agreed)), draft.uid) if agreed else None
    changes: Changes = {}
    for name in _TEXTS:
        stored = _said(event, name)
        if stored == text(wanted.get(name, ":").partition(":")[2]):
            continue
        if stored == _said(known, name) if known else wanted.get(name, ":")[len(name) + 1 :]:
            changes[name] = wanted.get(name)
    return changes


def _wanted_alarms(raw: Sequence[bytes], event: Event, draft: EventDraft, agreed: bytes) -> list[str] | None:
    """The alarm lines to stand there instead of those that do; None where these are right, or the phone's own."""
    agreed_raw = content_lines.content_lines(agreed)
    known = _chosen(content_lines.events(agreed_raw), draft.uid)
    if known is None or _triggers(raw, event) != _triggers(agreed_raw, known):
        return None
    wanted = alarm(draft)
    return (
        wanted if [content_lines.unfold(agreed_raw[index]) for index in _alarms(agreed_raw, known)] != wanted else None
    )


def _alarms(raw: Sequence[bytes], event: Event) -> Iterator[int]:
    """The indexes of the lines of an event's alarms."""
    inside = False
    for index in range(event.rest, event.end):
        mark = raw[index].strip().upper()
        inside = inside or mark == b"BEGIN:VALARM"
        if inside:
            yield index
        inside = inside and mark != b"END:VALARM"


def _triggers(raw: Sequence[bytes], event: Event) -> list[str]:
    found = (content_lines.split(raw[index]) for index in _alarms(raw, event))
    return [line.value for line in found if line.name == "TRIGGER"]


def _said(event: Event | None, name: str) -> str:
    return text((event.value(name) if event else None) or "")


def _patched(
    raw: Sequence[bytes],
    chosen: Event,
    dropped: Sequence[Event],
    changes: Changes,
    draft: EventDraft,
    alarms: Sequence[str] | None,
) -> Iterator[bytes]:
    gone = {index for event in dropped for index in range(event.begin, event.end + 1)}
    gone |= set(_alarms(raw, chosen)) if alarms is not None else set()
    described = _descriptions(raw, draft.zone)
    lacking = _names_zone(changes, draft.zone) and not any(_is_right(raw, one, draft) for one in described)
    zone = vtimezone(draft) if lacking else []
    gone |= {index for one in described for index in one if lacking}
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


def _replacements(event: Event, changes: Changes) -> Iterator[tuple[int, list[str]]]:
    """For each line to be replaced what stands there instead: the first of a name is changed, others go."""
    seen: set[str] = set()
    for index, name in event.names:
        if name in changes:
            new = changes[name]
            yield index, [new] if new is not None and name not in seen else []
            seen.add(name)


def _additions(event: Event, changes: Changes) -> list[str]:
    present = {name for _, name in event.names}
    return [line for name, line in changes.items() if line is not None and name not in present]


def _names_zone(changes: Changes, zone: str) -> bool:
    return any(f";TZID={zone}:" in (changes.get(name) or "") for name in ("DTSTART", "DTEND"))


def _descriptions(raw: Sequence[bytes], zone: str) -> list[range]:
    """The content lines of each VTIMEZONE of this zone."""
    found: list[range] = []
    begin = 0
    for index, line in enumerate(raw):
        mark = line.strip().upper()
        if mark == b"BEGIN:VTIMEZONE":
            begin = index
        elif mark == b"END:VTIMEZONE":
            found.append(range(begin, index + 1))
    return [
        one
        for one in found
        if any(content_lines.split(raw[index]) == content_lines.Line("TZID", zone) for index in one)
    ]


def _is_right(raw: Sequence[bytes], described: range, draft: EventDraft) -> bool:
    """Does a VTIMEZONE give the times of the draft the offset that they have? One that is not understood may."""
    zone = timezones.given(b"\n".join(content_lines.unfold(raw[index]).encode() for index in described))
    shown = [instant.astimezone(ZoneInfo(draft.zone)) for instant in (draft.start, draft.end)]
    return zone is None or all(
        local.replace(tzinfo=zone).utcoffset() == local.utcoffset() for local in shown if not local.fold
    )
