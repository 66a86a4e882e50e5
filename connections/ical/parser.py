"""Reading a foreign resource by line, and as far as it can be read.

Only lines that decide time and blocking are looked at, so a broken alarm, attachment or location harms nothing. What is
decisive and cannot be read makes its component *damaged*: the times that can be read then block, whatever else it says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from functools import cached_property, lru_cache
from typing import TypeVar

from connections.ical import content_lines
from connections.ical.attendees import answer, own_addresses
from connections.ical.content_lines import Line
from connections.ical.moments import (
    NO_TIME,
    Length,
    Moment,
    length,
    midnight_before,
    moment,
    next_day,
    salvaged,
)
from connections.ical.timezones import Resolve, key, resolver

T = TypeVar("T")

LARGEST = 20 * 1024 * 1024  # iCloud's own limit for an event
DEEPEST = 16
REMEMBERED = 1 << 20  # octets; a larger file is read again
LONGEST_SUMMARY = 1000
MOST_OF_A_SUMMARY = 2 * LONGEST_SUMMARY  # as written, where a character may be escaped
LONGEST_UID = 255
LONGEST_RULE = 1000
MOST_LISTED = 200_100  # RDATEs or EXDATEs: with so many a series is not expanded any more
ANYWHEN = Moment(datetime(1900, 1, 1), None)  # noqa: DTZ001 - so long ago that a series from there on has begun
DAMAGED = "X-KALENDS-UNREADABLE"

_DECISIVE = re.compile(
    rb"^(BEGIN|END|UID|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|STATUS|TRANSP|SEQUENCE|SUMMARY|ATTENDEE"
    rb"|X-APPLE-TRAVEL-DURATION|X-APPLE-TRAVEL-RETURN-DURATION|X-KALENDS-UNREADABLE)(?=[;:])[^\n]*",
    re.MULTILINE | re.IGNORECASE,
)
_VTIMEZONE = re.compile(rb"^(?:(BEGIN)|END):VTIMEZONE[ \t]*$", re.MULTILINE | re.IGNORECASE)
_BEGIN_ZONE, _END_ZONE = b"\nBEGIN:VTIMEZONE\n", b"\nEND:VTIMEZONE\n"
_LOCAL = re.compile(r"T[\d:]+(?![\dZ:])", re.IGNORECASE | re.ASCII)
_TZID = re.compile(rb"^TZID[;:][^\n]*", re.MULTILINE | re.IGNORECASE)


@dataclass(slots=True)
class Block:
    """The decisive lines of one VEVENT, still raw."""

    lines: list[bytes] = field(default_factory=list)
    inner: list[bytes] = field(default_factory=list)
    depth: int = 0
    damaged: bool = False
    _split: list[Line] | None = None

    @property
    def content(self) -> list[Line]:
        """The lines taken apart, once for all who ask."""
        if self._split is None:
            self._split = list(map(content_lines.split, self.lines))
        return self._split

    def add(self, word: bytes, raw: bytes) -> None:
        """A line of the event or of what is inside it; EXDATEs beyond those that are read are not even kept."""
        found = self.inner if self.depth else self.lines
        if word != b"EXDATE" or len(found) <= MOST_LISTED:
            found.append(raw)

    def forget(self) -> None:
        """Give up what was taken apart: of a large file nobody asks for it again."""
        self._split = None

    def close(self, *, properly: bool) -> None:
        """End the event. A part of it left open may have swallowed lines of the event itself: count them in."""
        if not properly or self.depth:
            self.damaged = True
            self.lines += self.inner
        self.inner, self.depth = [], 0


@dataclass(frozen=True)
class File:
    """The events of a file as raw lines, its VTIMEZONEs, and whether it is one calendar, whole."""

    blocks: tuple[Block, ...]
    zones: tuple[bytes, ...]
    is_calendar: bool

    @cached_property
    def vtimezones(self) -> Mapping[str, Sequence[bytes]]:
        """The VTIMEZONE texts by `key` of their TZID: asked for only where a TZID is not IANA's."""
        found: dict[str, list[bytes]] = {}
        for zone in self.zones:
            found.setdefault(key(_tzid(zone)), []).append(zone)
        return found

    @property
    def uid(self) -> str:
        """The UID, also of an event that cannot be read otherwise."""
        found = (content_lines.split(raw) for block in self.blocks for raw in block.lines if raw[:3].upper() == b"UID")
        return _uid(next(found, Line("UID", "")))


@dataclass(frozen=True, slots=True)
class Repeat:
    """One RDATE: another start, with an end of its own if it is a PERIOD."""

    start: Moment
    end: Moment | Length | None = None


@dataclass(slots=True, eq=False)
class Component:
    """What one VEVENT says. A length of None with no end means RFC 5545 3.6.1; `until_midnight`: the end is unknown."""

    uid: str
    summary: str
    start: Moment
    end: Moment | None
    length: Length | None
    until_midnight: bool
    slot: Moment | None
    this_and_future: bool
    rules: tuple[str, ...]
    more: tuple[Repeat, ...]
    less: tuple[Moment, ...]
    before: timedelta
    after: timedelta
    status: str
    transparent: bool
    answer: str
    sequence: int
    damaged: bool
    adrift: bool  # a time of it hangs in a zone that nobody knows for certain

    @property
    def starts(self) -> Iterator[Moment]:
        """Every start that is written: its own and each RDATE."""
        yield self.start
        yield from (repeat.start for repeat in self.more)

    @property
    def repeats(self) -> bool:
        """Is it part of a series?"""
        return bool(self.slot or self.rules or self.more)


def read_file(data: bytes) -> File:
    """Tell the events of a file apart. Nothing is raised; whatever is odd about a block marks it as damaged.

    What is expanded is reduced right afterwards, so the last file is remembered, unless it is large.
    """
    return _last_file(data) if len(data) <= REMEMBERED else _read_file(data)


def _read_file(data: bytes) -> File:
    odd = b"\0" in data or len(data) > LARGEST
    data = content_lines.normalise(data)
    data, zones = _without_plain_zones(data) or without_zones(content_lines.unfolded(data))
    blocks = _blocks(data)
    for block in blocks:
        block.damaged |= odd
    return File(tuple(blocks), tuple(zones), _is_calendar(data))


_last_file = lru_cache(maxsize=1)(_read_file)


def _is_calendar(data: bytes) -> bool:
    return data[:200].strip().upper().startswith(b"BEGIN:VCALENDAR") and data[-200:].strip().upper().endswith(
        b"END:VCALENDAR"
    )


def _without_plain_zones(data: bytes) -> tuple[bytes, list[bytes]] | None:
    """A normalised file, unfolded without its VTIMEZONEs, and those as they are; None where any is written oddly.

    Apple's have a hundred lines each, seldom needed: taking them out first spares looking at every line for a fold.
    """
    kept, found, at = [], [], 0
    while (begin := data.find(_BEGIN_ZONE, at)) >= 0:
        end = data.find(_END_ZONE, begin + len(_BEGIN_ZONE) - 1)
        zone, after = data[begin + 1 : end + len(_END_ZONE) - 1], end + len(_END_ZONE)
        folded = b"\n " in zone or b"\n\t" in zone or data[after : after + 1] in (b" ", b"\t", b"\n")
        if end < 0 or folded or zone.upper().count(b"VTIMEZONE") != 2:
            return None
        kept.append(data[at:begin])
        found.append(zone)
        at = after - 1
    rest = content_lines.unfolded(b"".join([*kept, data[at:]]))
    return None if _VTIMEZONE.search(rest) else (rest, found)


def without_zones(data: bytes) -> tuple[bytes, list[bytes]]:
    """An unfolded file without its VTIMEZONEs, and those."""
    kept, found, begin, at = [], [], -1, 0
    for mark in _VTIMEZONE.finditer(data):
        if mark[1]:
            begin = mark.start()
        elif begin >= at:
            kept.append(data[at:begin])
            found.append(data[begin : mark.end()])
            at, begin = mark.end(), -1
    return (b"".join([*kept, data[at:]]) if found else data), found


def _tzid(vtimezone: bytes) -> str:
    found = _TZID.search(vtimezone)
    return content_lines.split(found[0]).value if found else ""


def _blocks(data: bytes) -> list[Block]:
    blocks: list[Block] = []
    block: Block | None = None
    for match in _DECISIVE.finditer(data):
        word, raw = match[1].upper(), match[0]
        if word not in (b"BEGIN", b"END"):
            if block is not None:
                block.add(word, raw)
            continue
        event = raw[len(word) + 1 :].strip().upper() == b"VEVENT"
        if event and block is not None:
            block.close(properly=word == b"END")
        if event:
            block = Block() if word == b"BEGIN" else None
            blocks += [block] if block is not None else []
        elif block is not None:
            block.depth = max(0, block.depth + (1 if word == b"BEGIN" else -1))
            block.damaged |= block.depth > DEEPEST
    if block is not None:
        block.close(properly=False)
    return blocks


def read_component(block: Block, resolve: Resolve, own: frozenset[str]) -> Component | None:
    """What the block says, `own` from `attendees.own_addresses`; None if it has no time at all."""
    return _Reader(block, resolve).component(own)


class _Reader:
    """Reads the fields of one block, noting what cannot be read."""

    def __init__(self, block: Block, resolve: Resolve) -> None:
        self.resolve = resolve
        self.fields: dict[str, list[Line]] = {}
        for line in block.content:
            self.fields.setdefault(line.name, []).append(line)
        self.damaged = block.damaged or DAMAGED in self.fields
        self.adrift = False

    def component(self, own: frozenset[str]) -> Component | None:
        start = self.one("DTSTART", self.moment) or self.salvaged("DTSTART")
        end = self.one("DTEND", self.moment) or next_day(self.salvaged("DTEND"))
        duration = self.one("DURATION", lambda line: length(line.value)) if end is None else None
        written = self.damaged or "DTEND" in self.fields or "DURATION" in self.fields
        lost_end = end is None and duration is None and written
        if start is None:
            start, end = midnight_before(end), end
            self.damaged = True
        if start is None:
            return None
        slot = self.one("RECURRENCE-ID", self.moment)
        return Component(
            uid=_uid(self.fields["UID"][0]) if "UID" in self.fields else "",
            summary=self.title(),
            start=start,
            end=end,
            length=duration,
            until_midnight=lost_end,
            slot=slot,
            this_and_future=self.word("RECURRENCE-ID", "RANGE") == "THISANDFUTURE",
            rules=() if slot else tuple(filter(None, self.every("RRULE", _rule))),
            more=() if slot else tuple(self.listed("RDATE", self.repeats, Repeat(ANYWHEN))),
            less=() if slot else tuple(self.listed("EXDATE", self.moments, ANYWHEN)),
            before=self.one("X-APPLE-TRAVEL-DURATION", _travel) or NO_TIME,
            after=self.one("X-APPLE-TRAVEL-RETURN-DURATION", _travel) or NO_TIME,
            status=self.word("STATUS"),
            transparent=self.word("TRANSP") == "TRANSPARENT",
            answer=answer(self.fields.get("ATTENDEE", []), own),
            sequence=self.one("SEQUENCE", _number) or 0,
            damaged=self.damaged,
            adrift=self.adrift,
        )

    def one(self, name: str, read: Callable[[Line], T]) -> T | None:
        """The first line of that name that can be read; a line that cannot be read damages the component."""
        return next(iter(self.every(name, read)), None)

    def salvaged(self, name: str) -> Moment | None:
        """At least the day, of a time that cannot be read."""
        return next(filter(None, (salvaged(line.value) for line in self.fields.get(name, []))), None)

    def every(self, name: str, read: Callable[[Line], T]) -> list[T]:
        found = []
        for line in self.fields.get(name, []):
            try:
                found.append(read(line))
            except (ValueError, OverflowError):
                self.damaged = True
        return found

    def listed(self, name: str, read: Callable[[Line], list[T]], further: T) -> list[T]:
        """The times in all lines of that name; of more than anybody has, only so many and `further` for the rest."""
        found: list[T] = []
        for line in self.fields.get(name, []):
            try:
                found += read(line)
            except (ValueError, OverflowError):
                self.damaged = True
            if len(found) > MOST_LISTED:
                return [*found[:MOST_LISTED], further]
        return found

    def title(self) -> str:
        value = self.fields["SUMMARY"][0].value if "SUMMARY" in self.fields else ""
        return content_lines.unescape(value[:MOST_OF_A_SUMMARY]).strip()[:LONGEST_SUMMARY]

    def word(self, name: str, param: str = "") -> str:
        if name not in self.fields:
            return ""
        line = self.fields[name][0]
        return (line.params.get(param, "") if param else line.value).strip().upper()

    def zone(self, line: Line) -> tzinfo | None:
        """The zone of a line. It matters to local times only, not to dates and to those that end in Z."""
        if "TZID" not in line.params:
            return None
        zone, certain = self.resolve(line.params["TZID"])
        self.adrift |= not certain and bool(_LOCAL.search(line.value))
        return zone

    def moment(self, line: Line) -> Moment:
        as_date = _is_date(line)
        return moment(line.value, None if as_date else self.zone(line), as_date=as_date)

    def moments(self, line: Line) -> list[Moment]:
        as_date = _is_date(line)
        zone = None if as_date else self.zone(line)
        return [moment(value, zone, as_date=as_date) for value in _values(line)]

    def repeats(self, line: Line) -> list[Repeat]:
        zone = self.zone(line)
        return [_repeat(value, zone) for value in _values(line)]


def _is_date(line: Line) -> bool:
    return line.params.get("VALUE", "").upper() == "DATE"


def _values(line: Line) -> list[str]:
    """The values of a list; of more than anybody has, only so many."""
    return [value for value in line.value.split(",", MOST_LISTED + 1)[: MOST_LISTED + 1] if value.strip()]


def _uid(line: Line) -> str:
    return content_lines.unescape(line.value[: 2 * LONGEST_UID])[:LONGEST_UID]


def _repeat(value: str, zone: tzinfo | None) -> Repeat:
    start, _, end = value.partition("/")
    if not end:
        return Repeat(moment(start, zone))
    return Repeat(moment(start, zone), length(end) if "P" in end.upper() else moment(end, zone))


def _rule(line: Line) -> str:
    if len(line.value) > LONGEST_RULE:
        raise ValueError("a rule longer than any that people make")
    return line.value


def _travel(line: Line) -> timedelta:
    return max(length(line.value).elapsed, NO_TIME) if line.value else NO_TIME


def _number(line: Line) -> int:
    return int(line.value) if re.fullmatch(r"\d{1,9}", line.value) else 0


def read(data: bytes, addresses: Collection[str]) -> tuple[File, list[Component], bool]:
    """The file, its components, and whether any event in it has no time that can be read."""
    file = read_file(data)
    resolve, own = resolver(file), own_addresses(frozenset(addresses))
    found = []
    for block in file.blocks:
        found.append(read_component(block, resolve, own))
        if len(data) > REMEMBERED:
            block.forget()
    components = [component for component in found if component is not None]
    return file, components, len(components) < len(found)
