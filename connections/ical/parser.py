"""Reads calendar files from strangers line by line, and as far as each one can be read.

Events are not parsed with icalendar, for three reasons:

- Speed. A resource as iCloud sends it (3.7 kB: one event, a VTIMEZONE, an alarm) takes 0.12 ms from octets to
  instances here, and 1.6 ms with icalendar and recurring-ical-events; a weekly series takes 0.5 ms instead of 2.4 ms.
  A first sync reads ten thousand of them.
- Tolerance. Of 1,110 calendar files of other projects, icalendar raised an exception for many, and a raised exception
  loses the event. Here only the lines that decide time and blocking are parsed, so a broken alarm, attachment or
  location does no harm. If a decisive line cannot be read, its component is *damaged*: the times that can be read
  then block, whatever else the event says.
- Octets. `patch` changes events that the iPhone owns and must keep every other line octet for octet. icalendar
  normalises what it parses.

The libraries do what they do well: icalendar writes new events (`compose`) and knows the Windows zone names
(`timezones`), dateutil computes rules, those of VTIMEZONEs too (`recurrence`), recurring-ical-events combines rules,
RDATEs, EXDATEs and overrides (`series`). tests/connections/ical/test_parser.py compares this reader with the two
libraries on every file of the museum.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from functools import cached_property, lru_cache
from typing import TypeVar

from connections.ical import content_lines
from connections.ical.blocking import own_addresses, own_answer
from connections.ical.components import Component, Repeat
from connections.ical.content_lines import Line
from connections.ical.moments import (
    NO_TIME,
    Length,
    Moment,
    find_day,
    midnight_before,
    next_day,
    parse_length,
    parse_moment,
)
from connections.ical.recurrence import fit_rule
from connections.ical.timezones import Resolve, resolver, zone_key

T = TypeVar("T")

MAX_FILE_OCTETS = 20 * 1024 * 1024  # iCloud's own limit for an event
MAX_DEPTH = 16
MAX_CACHED_OCTETS = 1 << 20
MAX_SUMMARY_LENGTH = 1000
MAX_RAW_SUMMARY_LENGTH = 2 * MAX_SUMMARY_LENGTH  # in the file, where a character may be escaped
MAX_UID_LENGTH = 255
MAX_VALUE_LENGTH = 1000  # of any other property that is no list
MAX_LINE_OCTETS = 100_000  # of a longer line only the two ends are read, unless it is a list
MAX_HEAD_OCTETS = 20_000
MAX_LISTED = 20_000  # RDATEs or EXDATEs; a series with more is not expanded
MAX_EVENTS = 20_000  # of one file; the rest blocks all of the time
UNKNOWN_TIME = Moment(datetime(1900, 1, 1), None)  # noqa: DTZ001 - long ago, so that a series from here on has begun
UNREADABLE_MARK = "X-KALENDS-UNREADABLE"
ALL_DAY_MARKS = frozenset({"X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT", "X-FUNAMBOL-ALLDAY"})

_DECISIVE = re.compile(  # a name may have a group before it, as in a vCard, or an equals sign after it
    rb"^(?:[A-Z0-9-]++\.)?+((?:DTSTART|DTEND|DURATION|RRULE|RDATE)(?=[ \t]*+=)"
    rb"|(?:BEGIN|END|UID|DTSTART|DTEND|DURATION|RRULE|EXRULE|RDATE|EXDATE|RECURRENCE-ID|STATUS|TRANSP|SEQUENCE|SUMMARY"
    rb"|ATTENDEE|X-APPLE-TRAVEL-DURATION|X-APPLE-TRAVEL-RETURN-DURATION|X-MICROSOFT-CDO-ALLDAYEVENT"
    rb"|X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT|X-FUNAMBOL-ALLDAY|X-KALENDS-UNREADABLE)(?=[ \t]*+[;:]))[^\n]*",
    re.MULTILINE | re.IGNORECASE,
)
_LISTS = frozenset({b"RDATE", b"EXDATE"})
_HARMLESS = frozenset({b"SUMMARY", b"ATTENDEE"})
_ANY_BEGIN = re.compile(rb"BEGIN[\x00-\x20\x7f]*+:[\x00-\x20\x7f]*+VEVENT", re.IGNORECASE)
_SPOILED_BEGIN = re.compile(rb"^[\x00-\x09\x0b-\x20\x7f-\xff]++" + _ANY_BEGIN.pattern, re.MULTILINE | re.IGNORECASE)
_VTIMEZONE = re.compile(rb"^(?:(BEGIN)|END):VTIMEZONE[ \t]*$", re.MULTILINE | re.IGNORECASE)
_BEGIN_ZONE, _END_ZONE = b"\nBEGIN:VTIMEZONE\n", b"\nEND:VTIMEZONE\n"
_LOCAL = re.compile(r"T[\d:]+(?![\dZ:])", re.IGNORECASE | re.ASCII)
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
    data = content_lines.normalise(data)
    data, zones = _split_plain_zones(data) or split_zones(content_lines.unfold_all(data))
    events = _raw_events(data)
    for event in events:
        event.damaged |= damaged
    return RawFile(tuple(events), tuple(zones), _is_calendar(data))


_last_file = lru_cache(maxsize=1)(_read_file)


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
        zone, after = data[begin + 1 : end + len(_END_ZONE) - 1], end + len(_END_ZONE)
        folded = b"\n " in zone or b"\n\t" in zone or data[after : after + 1] in (b" ", b"\t", b"\n")
        capitals = zone.upper()
        if end < 0 or folded or capitals.count(b"VTIMEZONE") != 2 or b"VEVENT" in capitals:
            return None
        kept.append(data[at:begin])
        found.append(zone)
        at = after - 1
    rest = content_lines.unfold_all(b"".join([*kept, data[at:]]))
    return None if _VTIMEZONE.search(rest) else (rest, found)


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


def read_components(data: bytes, addresses: Collection[str]) -> tuple[RawFile, list[Component], bool]:
    """The file, its components, and whether it has an event without any readable time."""
    file = read_file(data)
    resolve, own = resolver(file), own_addresses(frozenset(addresses))
    found = []
    for event in file.events:
        found.append(read_component(event, resolve, own))
        if len(data) > MAX_CACHED_OCTETS:
            event.drop_parsed()
    components = [component for component in found if component is not None]
    return file, components, len(components) < len(found)


def read_component(event: RawEvent, resolve: Resolve, own: frozenset[str]) -> Component | None:
    """The parsed event, or None if it has no time at all. `own` comes from `blocking.own_addresses`."""
    return _Reader(event, resolve).component(own)


class _Reader:
    """Parses the properties of one event and notes whether any of them could not be read."""

    def __init__(self, event: RawEvent, resolve: Resolve) -> None:
        self.resolve = resolve
        self.fields: dict[str, list[Line]] = {}
        for line in event.content:
            self.fields.setdefault(line.name, []).append(line)
        self.damaged = event.damaged or UNREADABLE_MARK in self.fields
        self.zone_uncertain = False

    def component(self, own: frozenset[str]) -> Component | None:
        starts = self.starts()
        start = starts[0] if starts else None
        end = self.end(start)
        duration = max(self.all("DURATION", _duration), key=_elapsed, default=None) if end is None else None
        expects_end = self.damaged or start is None or not self.fields.keys().isdisjoint(("DTEND", "DURATION"))
        slot = self.first("RECURRENCE-ID", self.moment)
        rdates = (*map(Repeat, starts[1:]), *self.listed("RDATE", self.repeat, Repeat(UNKNOWN_TIME)))
        if start is None:
            start = midnight_before(end) or (rdates[0].start if rdates else slot)
            self.damaged = True
        if start is None:
            return None
        if _ends_before(start, end, duration):
            end, duration, self.damaged = None, None, True
        return Component(
            uid=parse_uid(self.fields["UID"][0]) if "UID" in self.fields else "",
            summary=self.summary(),
            start=start,
            end=end,
            length=duration,
            end_unknown=end is None and duration is None and expects_end,
            slot=slot,
            this_and_future=self.word("RECURRENCE-ID", "RANGE") == "THISANDFUTURE",
            rules=tuple(filter(None, self.all("RRULE", self.rule))),
            exrules=() if slot else tuple(filter(None, self.all("EXRULE", self.rule))),
            rdates=rdates,
            exdates=() if slot else tuple(self.listed("EXDATE", self.excluded, UNKNOWN_TIME)),
            travel_before=max(self.all("X-APPLE-TRAVEL-DURATION", _travel), default=NO_TIME),
            travel_after=max(self.all("X-APPLE-TRAVEL-RETURN-DURATION", _travel), default=NO_TIME),
            status=self.one_of("STATUS", unless="CANCELLED"),
            transparent=self.one_of("TRANSP", unless="TRANSPARENT") == "TRANSPARENT",
            answer=own_answer(self.fields.get("ATTENDEE", []), own),
            sequence=max(self.all("SEQUENCE", _number), default=0),
            damaged=self.damaged,
            zone_uncertain=self.zone_uncertain,
            all_day=start.is_date or any(self.word(name) in ("TRUE", "1") for name in ALL_DAY_MARKS),
        )

    def starts(self) -> list[Moment]:
        """Every DTSTART, or at least the day of one. There should be only one, but if there are more, all count."""
        found = list(dict.fromkeys(self.all("DTSTART", self.moment)))
        self.damaged |= len(found) > 1
        day = None if found else self.day("DTSTART")
        return [day] if day else found

    def end(self, start: Moment | None) -> Moment | None:
        """The latest DTEND, or at least its day. Without a zone it is in the zone of the start (RFC 5545 3.8.2.2)."""
        found = self.all("DTEND", self.moment)
        self.damaged |= len(set(found)) > 1
        end = max(found, key=lambda moment: moment.wall, default=None) or next_day(self.day("DTEND"))
        if end is not None and end.zone is None and not end.is_date and start is not None and not start.is_date:
            return Moment(end.wall, start.zone)
        return end

    def one_of(self, name: str, *, unless: str) -> str:
        """The value of a property. If it stands twice, the value that blocks: another than `unless`."""
        found = [line.value.strip().upper() for line in self.fields.get(name, ())]
        return next((value for value in found if value != unless), found[0] if found else "")

    def first(self, name: str, read: Callable[[Line], T]) -> T | None:
        """The first line of that name that can be read. A line that cannot be read damages the component."""
        return next(iter(self.all(name, read)), None)

    def day(self, name: str) -> Moment | None:
        """At least the day of a time that cannot be read as a whole."""
        return next(filter(None, (find_day(line.value) for line in self.fields.get(name, []))), None)

    def all(self, name: str, read: Callable[[Line], T]) -> list[T]:
        found = []
        for line in self.fields.get(name, []):
            try:
                found.append(read(line))
            except (ValueError, OverflowError):
                self.damaged = True
        return found

    def listed(self, name: str, read: Callable[[str, Line, tzinfo | None], T], beyond: T) -> list[T]:
        """The times in all lines of that name, at most MAX_LISTED; `beyond` stands for the rest.

        A time that cannot be read damages the component, and those beside it are read all the same.
        """
        found: list[T] = []
        for line in self.fields.get(name, []):
            zone = self.zone(line)
            for value in line.value.split(",", MAX_LISTED + 1):
                if len(found) >= MAX_LISTED:
                    return [*found, beyond]
                try:
                    found += [read(value, line, zone)] if value.strip() else []
                except (ValueError, OverflowError):
                    self.damaged = True
        return found

    def excluded(self, value: str, line: Line, zone: tzinfo | None) -> Moment:
        """One EXDATE. Some programs write a day as its midnight."""
        found = parse_moment(value, zone)
        if _is_date(line) and found.wall.time() == time.min:
            return Moment(found.wall, None, is_date=True)
        return self.by_form(found, line)

    def repeat(self, value: str, line: Line, zone: tzinfo | None) -> Repeat:
        """One RDATE, at least its day. A PERIOD must have times, and its end must not be before its start."""
        try:
            found = _parse_repeat(value, zone)
        except (ValueError, OverflowError):
            self.damaged = True
            found = Repeat(find_day(value) or parse_moment(value, zone))
        self.by_form(found.start, line)
        if found.end is not None:
            backwards = _ends_before(found.start, found.end, None)
            self.damaged |= found.start.is_date or backwards
        return found

    def rule(self, line: Line) -> str:
        """A rule as it is written. Of one that is too long, the parts that fit. An empty one damages the component."""
        self.damaged |= not line.value
        return fit_rule(line.value)

    def summary(self) -> str:
        value = self.fields["SUMMARY"][0].value if "SUMMARY" in self.fields else ""
        return content_lines.unescape(value[:MAX_RAW_SUMMARY_LENGTH]).strip()[:MAX_SUMMARY_LENGTH]

    def word(self, name: str, param: str = "") -> str:
        if name not in self.fields:
            return ""
        line = self.fields[name][0]
        return (line.params.get(param, "") if param else line.value).strip().upper()

    def zone(self, line: Line) -> tzinfo | None:
        """The zone of a line. It matters to local times only, and not to dates or to times that end in Z."""
        if "TZID" not in line.params:
            return None
        zone, certain = self.resolve(line.params["TZID"])
        self.zone_uncertain |= not certain and bool(_LOCAL.search(line.value))
        return zone

    def moment(self, line: Line) -> Moment:
        return self.by_form(parse_moment(line.value, self.zone(line)), line)

    def by_form(self, found: Moment, line: Line) -> Moment:
        """The moment as it is written. A time where VALUE=DATE promises a date damages the component."""
        self.damaged |= _is_date(line) and not found.is_date
        return found


def _is_date(line: Line) -> bool:
    return line.params.get("VALUE", "").upper() == "DATE"


def parse_uid(line: Line) -> str:
    """The UID in at most 255 characters. UIDs are compared whole, so the end of a longer one becomes its hash."""
    if len(line.value) <= MAX_UID_LENGTH:
        return content_lines.unescape(line.value)
    uid = content_lines.unescape(line.value)
    if len(uid) <= MAX_UID_LENGTH:
        return uid
    return f"{uid[: MAX_UID_LENGTH - 65]}#{hashlib.sha256(uid.encode(errors='replace')).hexdigest()}"


def _ends_before(start: Moment, end: Moment | Length | None, duration: Length | None) -> bool:
    """Is the end before the start? Never if only one of them floats."""
    if duration is not None:
        return duration.elapsed < NO_TIME and not start.is_date
    if end is None or isinstance(end, Length):
        return end is not None and end.elapsed < NO_TIME
    if end.is_date:
        return end.wall.date() < start.wall.date()
    if end.zone is start.zone:
        return end.wall < start.wall
    return end.zone is not None and start.zone is not None and end.utc(UTC) < start.utc(UTC)


def _parse_repeat(value: str, zone: tzinfo | None) -> Repeat:
    start, _, end = value.partition("/")
    moment = parse_moment(start, zone)
    if not end:
        return Repeat(moment)
    return Repeat(moment, parse_length(end) if "P" in end.upper() else parse_moment(end, moment.zone))


def _duration(line: Line) -> Length:
    return parse_length(line.value)


def _elapsed(length: Length) -> timedelta:
    return length.elapsed


def _travel(line: Line) -> timedelta:
    return max(parse_length(line.value).elapsed, NO_TIME) if line.value else NO_TIME


def _number(line: Line) -> int:
    return int(line.value) if re.fullmatch(r"\d{1,9}", line.value) else 0
