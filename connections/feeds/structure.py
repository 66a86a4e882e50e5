"""Where the calendars, events and VTIMEZONEs of a feed begin and end. Texts are unfolded, with LF line ends.

A feed may have ten thousand events, so no line is looked at but those with BEGIN and END; they are found by one regular
expression. What an event says is read later by `connections.ical`, event by event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from connections.dav.errors import BrokenFile, NotCalDav, TooLarge
from connections.ical import content_lines
from connections.ical.timezones import zone_key

MAX_EVENTS_IN_FEED = 50_000
MAX_NAME_OCTETS = 2000  # of a line that names the calendar, so that none is copied without need
# A pattern that begins with a line feed, not ^, is found several times as fast.
_MARK = re.compile(rb"\n[ \t]*(BEGIN|END)[ \t]*:[ \t]*([A-Z0-9-]+)[ \t]*(?=\n)", re.IGNORECASE)
_TZID = re.compile(rb"\nTZID[ \t]*[;:][^\n]*", re.IGNORECASE)
# When an object was written or changed says nothing about time: Google writes a new DTSTAMP in each answer.
_STAMPS = re.compile(rb"\n(?:DTSTAMP|LAST-MODIFIED|CREATED)[ \t]*[;:][^\n]*", re.IGNORECASE)


@dataclass(slots=True)
class Section:
    """One VCALENDAR: the text of its own properties, its VTIMEZONEs, and the VEVENTs in it without alarms and stamps.

    Each text begins with a line feed and has none at its end.
    """

    head: bytes = b""
    zones: list[bytes] = field(default_factory=list)
    events: list[bytes] = field(default_factory=list)


@dataclass(frozen=True)
class CalendarHead:
    """The properties of a VCALENDAR, and its VTIMEZONEs by `zone_key`."""

    properties: Mapping[str, str]
    zones: Mapping[str, tuple[bytes, ...]]


def head_of(section: Section) -> CalendarHead:
    """What the events of a section share."""
    zones: dict[str, tuple[bytes, ...]] = {}
    for text in section.zones:
        found = _TZID.search(text)
        if found is not None:
            key = zone_key(content_lines.parse_line(found[0].strip()).value)
            zones[key] = (*zones.get(key, ()), text)
    properties: dict[str, str] = {}
    for raw in section.head.split(b"\n"):
        line = content_lines.parse_line(raw[:MAX_NAME_OCTETS])
        properties.setdefault(line.name, line.value)
    return CalendarHead(properties, zones)


def sections_of(data: bytes) -> list[Section]:
    """The calendars in a file; there is at least one.

    What stands around them is left out, and so are tasks, journals and free/busy times. Raises NotCalDav if there is no
    calendar, BrokenFile if a calendar or an event begins and does not end or the other way round, and TooLarge for more
    than MAX_EVENTS_IN_FEED events.
    """
    text = b"\n" + content_lines.unfold_all(content_lines.normalise(data)).strip(b"\n") + b"\n"
    reading = _Reading(text)
    for mark in _MARK.finditer(text):
        reading.take(mark[1].upper() == b"BEGIN", mark[2].upper(), mark.start(), mark.end())
    return reading.finish()


class _Reading:
    """Goes through the marks of a text. Only what is inside a VEVENT or a VTIMEZONE counts, and the marks of both."""

    def __init__(self, text: bytes) -> None:
        self.text = text
        self.sections: list[Section] = []
        self.is_open = False  # is a VCALENDAR open?
        self.head_from = -1  # where the properties of the open VCALENDAR begin, until something else begins in it
        self.inside = b""  # VEVENT, VTIMEZONE or another component directly in the calendar, b"" for none
        self.begin = 0
        self.depth = 0  # of components inside that
        self.cut_from = 0
        self.cuts: list[tuple[int, int]] = []  # the components inside, which say nothing about time
        self.ended_at = -1  # where the last event ended, if nothing else began since
        self.count = 0

    def take(self, begins: bool, name: bytes, start: int, end: int) -> None:
        """Note a BEGIN or END of the component `name` that stands at start:end."""
        if name == b"VCALENDAR":
            self._calendar(begins, start, end)
        elif self.inside and name == self.inside and not begins:
            self._close(end)
        elif name == b"VEVENT":
            self._event(begins, start, end)
        elif not self.inside:
            self._open(begins, name, start)
        else:
            self._within(begins, start, end)

    def _calendar(self, begins: bool, start: int, end: int) -> None:
        if begins is self.is_open or self.inside in (b"VEVENT", b"VTIMEZONE"):
            raise BrokenFile("a calendar or an event in the file does not end")
        self._end_head(start)
        self.is_open, self.inside, self.ended_at = begins, b"", -1
        if begins:
            self.sections.append(Section())
            self.head_from = end

    def _event(self, begins: bool, start: int, end: int) -> None:
        """An event begins, or one ends that has not begun: a text in it may have looked like its end."""
        if begins and self.inside != b"VEVENT":
            self._open(begins, b"VEVENT", start)
        elif begins or self.ended_at < 0 or self.inside:
            raise BrokenFile("an event in the file begins or ends twice")
        else:
            self.sections[-1].events[-1] += self.text[self.ended_at : end]
            self.ended_at = end

    def _open(self, begins: bool, name: bytes, start: int) -> None:
        if not begins:
            return  # the end of what never began, and is no event
        self._end_head(start)
        self.inside, self.begin, self.depth, self.cuts, self.ended_at = name, start, 0, [], -1

    def _within(self, begins: bool, start: int, end: int) -> None:
        if begins:
            self.cut_from = self.cut_from if self.depth else start
            self.depth += 1
        elif self.depth:
            self.depth -= 1
            self.cuts += [] if self.depth else [(self.cut_from, end)]

    def _close(self, end: int) -> None:
        name, self.inside = self.inside, b""
        if name == b"VTIMEZONE" and self.sections:
            self.sections[-1].zones.append(without_stamps(self.text[self.begin : end]))
        elif name == b"VEVENT":
            self._close_event(end)

    def _close_event(self, end: int) -> None:
        self.count += 1
        if self.count > MAX_EVENTS_IN_FEED:
            raise TooLarge(f"the file has more than {MAX_EVENTS_IN_FEED} events")
        if not self.sections:
            raise NotCalDav("an event without a calendar around it")
        # One with a component that does not end is kept whole: the reader decides what belongs to which.
        kept = [] if self.depth else self.cuts
        self.sections[-1].events.append(without_stamps(_without(self.text, self.begin, end, kept)))
        self.ended_at = end

    def _end_head(self, start: int) -> None:
        if self.head_from >= 0:
            self.sections[-1].head = self.text[self.head_from : start].strip(b"\n")
            self.head_from = -1

    def finish(self) -> list[Section]:
        """The calendars, if the text has any and all of them are whole."""
        if not self.sections:
            raise NotCalDav("the answer is no calendar file")
        if self.is_open or self.inside in (b"VEVENT", b"VTIMEZONE"):
            raise BrokenFile("the file ends in the middle")
        return self.sections


def without_stamps(text: bytes) -> bytes:
    """A component without the times at which it was written and changed."""
    return _STAMPS.sub(b"", text)


def _without(text: bytes, begin: int, end: int, cuts: list[tuple[int, int]]) -> bytes:
    return b"".join(_kept(text, begin, end, cuts)) if cuts else text[begin:end]


def _kept(text: bytes, begin: int, end: int, cuts: list[tuple[int, int]]) -> Iterator[bytes]:
    for cut_from, cut_to in cuts:
        yield text[begin:cut_from]
        begin = cut_to
    yield text[begin:end]
