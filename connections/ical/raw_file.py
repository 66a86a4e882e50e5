"""Splits a calendar file into its events, line by line. `parser` says why no library does this."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from connections.ical import content_lines
from connections.ical.content_lines import Line
from connections.ical.timezones import zone_key

MAX_FILE_OCTETS = 20 * 1024 * 1024  # iCloud's own limit for an event
MAX_DEPTH = 16
MAX_CACHED_OCTETS = 1 << 20
MAX_CACHED_ZONE_OCTETS = 1 << 16
MAX_UID_LENGTH = 255
MAX_LINE_OCTETS = 100_000  # of a longer line only the two ends are read, unless it is a list
MAX_HEAD_OCTETS = 20_000
MAX_LISTED = 20_000  # RDATEs or EXDATEs; a series with more is not expanded
MAX_EVENTS = 20_000  # of one file; the rest blocks all of the time

# A pattern that begins with a line feed, not ^, is found several times as fast. A text gets one put before it first.
_DECISIVE = re.compile(  # a name may have a group before it, as in a vCard, or an equals sign after it
    rb"\n(?:[A-Z0-9-]++\.)?+((?:DTSTART|DTEND|DURATION|RRULE|RDATE)(?=[ \t]*+=)"
    rb"|(?:BEGIN|END|UID|DTSTART|DTEND|DURATION|RRULE|EXRULE|RDATE|EXDATE|RECURRENCE-ID|STATUS|TRANSP|SEQUENCE|SUMMARY"
    rb"|ATTENDEE|X-APPLE-TRAVEL-DURATION|X-APPLE-TRAVEL-RETURN-DURATION|X-MICROSOFT-CDO-ALLDAYEVENT"
    rb"|X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT|X-FUNAMBOL-ALLDAY|X-KALENDS-UNREADABLE)(?=[ \t]*+[;:]))[^\n]*",
    re.IGNORECASE,
)
_LISTS = frozenset({b"RDATE", b"EXDATE"})
_HARMLESS = frozenset({b"SUMMARY", b"ATTENDEE"})
_ANY_BEGIN = re.compile(rb"BEGIN[\x00-\x20\x7f]*+:[\x00-\x20\x7f]*+VEVENT", re.IGNORECASE)
_SPOILED_BEGIN = re.compile(rb"\n[\x00-\x09\x0b-\x20\x7f-\xff]++" + _ANY_BEGIN.pattern, re.IGNORECASE)
_VTIMEZONE = re.compile(rb"^(?:(BEGIN)|END):VTIMEZONE[ \t]*$", re.MULTILINE | re.IGNORECASE)
_BEGIN_ZONE, _END_ZONE = b"\nBEGIN:VTIMEZONE\n", b"\nEND:VTIMEZONE\n"
_TRACE = re.compile(rb"(?:BEGIN|END)[^:\r\n]{0,99}:[\x00-\x20\x7f]*VEVENT", re.IGNORECASE)
_TIME = re.compile(rb"(?:DTSTART|DTEND|RDATE|RECURRENCE-ID)\b", re.IGNORECASE)
_TZID = re.compile(rb"^TZID[;:][^\n]*", re.MULTILINE | re.IGNORECASE)


@dataclass(slots=True)
class RawEvent:
    """The decisive lines of one VEVENT, not yet parsed. `inner` are those of the components inside it."""

    lines: list[bytes] = field(default_factory=list)
    inner: list[bytes] = field(default_factory=list)
    depth: int = 0
    damaged: bool = False
    _parsed: list[Line] | None = None

    @property
    def content(self) -> list[Line]:
        """The parsed lines. They are parsed only once."""
        if self._parsed is None:
            self._parsed = list(map(content_lines.parse_line, self.lines))
        return self._parsed

    def add(self, word: bytes, raw: bytes) -> None:
        """Add a line of the event or of a component inside it. Lines beyond the limit are dropped."""
        found = self.inner if self.depth else self.lines
        if len(raw) > MAX_LINE_OCTETS:
            raw = self._cut(word, raw)
        if len(found) <= MAX_LISTED:
            found.append(raw)
        elif word != b"EXDATE":
            self.damaged = True

    def _cut(self, word: bytes, raw: bytes) -> bytes:
        """The two ends of a line that is too long: the name and first parameters, and the end of the value."""
        if word in _LISTS and 0 <= raw.find(b":") < MAX_LINE_OCTETS:
            return raw
        self.damaged |= word not in _HARMLESS
        return raw[:MAX_HEAD_OCTETS] + raw[-MAX_HEAD_OCTETS:]

    def enter(self, word: bytes) -> None:
        """Note that a component inside the event begins or ends."""
        self.depth = max(0, self.depth + (1 if word == b"BEGIN" else -1))
        self.damaged |= self.depth > MAX_DEPTH

    def drop_parsed(self) -> None:
        """Free the parsed lines. Those of a large file are not needed again."""
        self._parsed = None

    def close(self, *, properly: bool) -> None:
        """End the event. If a component inside it is still open, it may have taken lines of the event: add them."""
        if not properly or self.depth:
            self.damaged = True
            self.lines += self.inner
        self.inner, self.depth = [], 0


@dataclass(frozen=True)
class RawFile:
    """The events and VTIMEZONEs of a file, not yet parsed. `is_calendar`: it is a VCALENDAR from begin to end."""

    events: tuple[RawEvent, ...]
    zones: tuple[bytes, ...]
    is_calendar: bool

    @cached_property
    def vtimezones(self) -> Mapping[str, Sequence[bytes]]:
        """The VTIMEZONE texts by `zone_key` of their TZID. Needed only if a TZID is not an IANA name."""
        found: dict[str, list[bytes]] = {}
        for zone in self.zones:
            found.setdefault(zone_key(_tzid(zone)), []).append(zone)
        return found

    @property
    def uid(self) -> str:
        """The UID, even if nothing else of the event can be read."""
        lines = (raw for event in self.events for raw in event.lines if raw[:3].upper() == b"UID")
        return parse_uid(next(map(content_lines.parse_line, lines), Line("UID", "")))


def read_file(data: bytes) -> RawFile:
    """Split a file into its events. Nothing is raised; an event that is malformed or cut off is marked as damaged.

    `reduce` follows right after `expand`, so the last file is cached unless it is large.
    """
    return _last_file(data) if len(data) <= MAX_CACHED_OCTETS else _read_file(data)


def _read_file(data: bytes) -> RawFile:
    damaged = b"\0" in data or len(data) > MAX_FILE_OCTETS
    text, zones = _split(data)
    events = _raw_events(text)
    for event in events:
        event.damaged |= damaged
    return RawFile(tuple(events), tuple(zones), _is_calendar(text))


_last_file = lru_cache(maxsize=1)(_read_file)


def text_without_zones(data: bytes) -> bytes:
    """A file unfolded, with LF line ends, and without its VTIMEZONEs, which are most of what Apple writes."""
    return _split(data)[0]


def _split(data: bytes) -> tuple[bytes, list[bytes]]:
    """The `text_without_zones` and the VTIMEZONEs, unfolded."""
    return _last_split(data) if len(data) <= MAX_CACHED_OCTETS else _split_zones_off(data)


def _split_zones_off(data: bytes) -> tuple[bytes, list[bytes]]:
    data = content_lines.normalise(data)
    return _split_plain_zones(data) or split_zones(content_lines.unfold_all(data))


_last_split = lru_cache(maxsize=1)(_split_zones_off)


def _is_calendar(data: bytes) -> bool:
    return data[:200].strip().upper().startswith(b"BEGIN:VCALENDAR") and data[-200:].strip().upper().endswith(
        b"END:VCALENDAR"
    )


def _split_plain_zones(data: bytes) -> tuple[bytes, list[bytes]] | None:
    """A normalised file without its VTIMEZONEs, unfolded, and the VTIMEZONEs; None if one is not written plainly.

    Apple's VTIMEZONEs have a hundred lines and are seldom needed. Removing them first saves unfolding them.
    """
    kept, found, at = [], [], 0
    while (begin := data.find(_BEGIN_ZONE, at)) >= 0:
        end = data.find(_END_ZONE, begin + len(_BEGIN_ZONE) - 1)
        after = end + len(_END_ZONE)
        text = data[begin + 1 : after - 1]
        zone = _cached_plain_zone(text) if len(text) <= MAX_CACHED_ZONE_OCTETS else _plain_zone(text)
        if end < 0 or zone is None or data[after : after + 1] in (b" ", b"\t", b"\n"):
            return None
        kept.append(data[at:begin])
        found.append(zone)
        at = after - 1
    rest = content_lines.unfold_all(b"".join([*kept, data[at:]]))
    return None if b"VTIMEZONE" in rest.upper() and _VTIMEZONE.search(rest) else (rest, found)


def _plain_zone(zone: bytes) -> bytes | None:
    """A VTIMEZONE unfolded, None if it is not written plainly."""
    zone = content_lines.unfold_all(zone)
    capitals = zone.upper()
    whole = zone.startswith(_BEGIN_ZONE[1:]) and zone.endswith(_END_ZONE[:-1])
    return zone if whole and capitals.count(b"VTIMEZONE") == 2 and b"VEVENT" not in capitals else None


# All events of a calendar have the same few zones.
_cached_plain_zone = lru_cache(maxsize=16)(_plain_zone)


def split_zones(data: bytes) -> tuple[bytes, list[bytes]]:
    """An unfolded file without its VTIMEZONEs, and the VTIMEZONEs. One that encloses an event stays in the file."""
    kept, found, begin, at = [], [], -1, 0
    for mark in _VTIMEZONE.finditer(data):
        if mark[1]:
            begin = mark.start()
        elif begin >= at:
            zone = data[begin : mark.end()]
            if b"VEVENT" in zone.upper():
                continue
            kept.append(data[at:begin])
            found.append(zone)
            at, begin = mark.end(), -1
    return (b"".join([*kept, data[at:]]) if found else data), found


def _tzid(vtimezone: bytes) -> str:
    found = _TZID.search(vtimezone)
    return content_lines.parse_line(found[0]).value if found else ""


def _raw_events(data: bytes) -> list[RawEvent]:
    """The events of a file.

    Lines that stand outside of every event are collected too. A broken text may contain END:VEVENT, and a BEGIN:VEVENT
    may be lost, so that the times of an event follow after its end or before any event. One that is spoiled by what
    stands before it, or of which nothing is left but a part of its BEGIN or END, counts as a damaged event without
    lines.
    """
    events: list[RawEvent] = []
    event: RawEvent | None = None
    outside = RawEvent()
    data = b"\n" + data
    for match in _DECISIVE.finditer(data):
        word, raw = match[1].upper(), data[match.start(1) : match.end()]
        if word not in (b"BEGIN", b"END"):
            (event or outside).add(word, raw)
            continue
        name = raw.rpartition(b":")[2].strip().upper()
        if name != b"VEVENT":
            if event is not None or name != b"VCALENDAR":
                (event or outside).enter(word)
            continue
        if event is not None:
            event.close(properly=word == b"END")
        else:
            _keep_stray_lines(events, outside, every=word == b"END")
        if word == b"BEGIN" and len(events) >= MAX_EVENTS:
            return [*events, _unread_rest(events)]
        event, outside = (RawEvent() if word == b"BEGIN" else None), RawEvent()
        events += [event] if event is not None else []
    if event is not None:
        event.close(properly=False)
    _keep_stray_lines(events, outside, every=False)
    spoiled = _SPOILED_BEGIN if events else _TRACE
    return [*events, RawEvent(damaged=True)] if spoiled.search(data) else events


def _unread_rest(events: Sequence[RawEvent]) -> RawEvent:
    """An event that stands for those that are too many to be read: nobody knows when they are."""
    uid = [raw for raw in events[0].lines if raw[:3].upper() == b"UID"]
    return RawEvent([*uid[:1], b"DTSTART:19000101T000000Z", b"DTEND:89990101T000000Z"], damaged=True)


def _keep_stray_lines(events: list[RawEvent], outside: RawEvent, *, every: bool) -> None:
    """Add the lines outside of events to the last event, if they contain times. `every`: also those in components."""
    lines = outside.lines + (outside.inner if every else [])
    if not any(_TIME.match(raw) for raw in lines):
        return
    if not events or (every and outside.inner):
        events.append(RawEvent())
    events[-1].lines += lines
    events[-1].damaged = True


def parse_uid(line: Line) -> str:
    """The UID in at most 255 characters. UIDs are compared whole, so the end of a longer one becomes its hash."""
    if len(line.value) <= MAX_UID_LENGTH:
        return content_lines.unescape(line.value)
    uid = content_lines.unescape(line.value)
    if len(uid) <= MAX_UID_LENGTH:
        return uid
    return f"{uid[: MAX_UID_LENGTH - 65]}#{hashlib.sha256(uid.encode(errors='replace')).hexdigest()}"
