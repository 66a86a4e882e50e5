"""Where the calendars, events and VTIMEZONEs of a feed begin and end. Texts are unfolded, with LF line ends.

A feed may have ten thousand events, so no line is looked at but those with BEGIN and END; they are found by one regular
expression. What an event says is read later by `connections.ical`, event by event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from connections.dav.errors import BrokenFile, NotCalDav, TooLarge
from connections.ical import content_lines
from connections.ical.timezones import MAX_VTIMEZONE_OCTETS, zone_key

MAX_EVENTS_IN_FEED = 50_000
MAX_MARKS = 1_000_000  # BEGIN and END lines
MAX_ZONES_IN_FEED = 1000  # those beyond are not read; a file of many calendars repeats the same few
MAX_HEAD_OCTETS = 64 * 1024  # of the properties of a calendar
MAX_PROPERTIES = 20  # that are read of them
# A pattern that begins with a line feed, not ^, is found several times as fast.
_MARK = re.compile(rb"\n(BEGIN|END)[ \t]*+(?:;[^:\n]*+)?:[ \t]*+([A-Z0-9-]++)[ \t]*+(?=\n)", re.IGNORECASE)
_PROPERTY = re.compile(
    rb"\n((?:X-WR-CALNAME|NAME|X-WR-TIMEZONE|REFRESH-INTERVAL|X-PUBLISHED-TTL|X-APPLE-CALENDAR-COLOR|COLOR)"
    rb"[ \t]*+[;:][^\n]*+)",
    re.IGNORECASE,
)
_TZID = re.compile(rb"\nTZID[ \t]*+[;:][^\n]*+", re.IGNORECASE)
# When an object was written or changed says nothing about time: Google writes a new DTSTAMP in each answer.
_STAMPS = re.compile(rb"\n(?:DTSTAMP|LAST-MODIFIED|CREATED)[ \t]*+[;:][^\n]*+", re.IGNORECASE)


@dataclass(slots=True)
class Extent:
    """Where a component stands in the text, and the components inside it, which are left out."""

    begin: int
    end: int
    cuts: list[tuple[int, int]] = field(default_factory=list)

    def text(self, whole: bytes) -> bytes:
        """The component without those inside it, and without the times at which it was written and changed."""
        kept = b"".join(self._kept(whole)) if self.cuts else whole[self.begin : self.end]
        return _STAMPS.sub(b"", kept)

    def _kept(self, whole: bytes) -> Iterator[bytes]:
        begin = self.begin
        for cut_from, cut_to in self.cuts:
            yield whole[begin:cut_from]
            begin = cut_to
        yield whole[begin : self.end]


@dataclass(slots=True)
class Section:
    """One VCALENDAR: where its own properties, its VTIMEZONEs and its VEVENTs stand in the `whole` text.

    A component begins with the line feed before it and ends without one.
    """

    whole: bytes = field(repr=False)
    head: bytes = b""
    zones: list[Extent] = field(default_factory=list)
    events: list[Extent] = field(default_factory=list)

    def properties(self) -> dict[str, str]:
        """Those of its own properties that matter, by name in upper case; of one that stands twice the first."""
        found: dict[str, str] = {}
        for written in islice(_PROPERTY.finditer(self.head), MAX_PROPERTIES):
            line = content_lines.parse_line(written[1])
            found.setdefault(line.name, line.value)
        return found

    def vtimezones(self) -> Mapping[str, tuple[bytes, ...]]:
        """The VTIMEZONEs by `zone_key` of their TZID, without those that are too large to be read."""
        found: dict[str, tuple[bytes, ...]] = {}
        for extent in self.zones:
            text = extent.text(self.whole)
            tzid = _TZID.search(text)
            if tzid is not None and len(text) <= MAX_VTIMEZONE_OCTETS:
                key = zone_key(content_lines.parse_line(tzid[0].strip()).value)
                found[key] = (*found.get(key, ())[:1], text)
        return found

    def vevents(self) -> Iterator[bytes]:
        """The VEVENTs without alarms and without the times at which they were written and changed."""
        return (extent.text(self.whole) for extent in self.events)


def sections_of(data: bytes) -> list[Section]:
    """The calendars in a file; there is at least one.

    What stands around them is left out, and so are tasks, journals and free/busy times. Raises NotCalDav if there is no
    calendar, BrokenFile if a calendar or an event begins and does not end or the other way round, and TooLarge for more
    than MAX_EVENTS_IN_FEED events or MAX_MARKS lines with BEGIN and END.
    """
    text = b"\n" + content_lines.unfold_all(content_lines.normalise(data)).strip(b"\n") + b"\n"
    reading = _Reading(text)
    for number, mark in enumerate(_MARK.finditer(text)):
        if number >= MAX_MARKS:
            raise TooLarge("the file has too many components")
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
        self.current = Extent(0, 0)  # where that stands
        self.depth = 0  # of components inside that
        self.cut_from = 0
        self.can_go_on = False  # was the last thing an event, so that another END belongs to it?
        self.events = 0
        self.zones = 0

    def take(self, begins: bool, name: bytes, start: int, end: int) -> None:
        """Note a BEGIN or END of the component `name` that stands at start:end."""
        if name == b"VCALENDAR":
            self._calendar(begins, start, end)
        elif self.inside and name == self.inside and not begins:
            self._close(end)
        elif name == b"VEVENT":
            self._event(begins, start, end)
        elif not self.inside and begins:
            self._open(name, start)
        elif self.inside:
            self._within(begins, start, end)

    def _calendar(self, begins: bool, start: int, end: int) -> None:
        if begins is self.is_open or self.inside in (b"VEVENT", b"VTIMEZONE"):
            raise BrokenFile("a calendar or an event in the file does not end")
        self._end_head(start)
        self.is_open, self.inside, self.can_go_on = begins, b"", False
        if begins:
            self.sections.append(Section(self.text))
            self.head_from = end

    def _event(self, begins: bool, start: int, end: int) -> None:
        """An event begins, or one ends that has not begun: a text in it may have looked like its end."""
        if begins and self.inside != b"VEVENT":
            self._open(b"VEVENT", start)
        elif begins or self.inside or not self.can_go_on:
            raise BrokenFile("an event in the file begins or ends twice")
        else:
            self.sections[-1].events[-1].end = end

    def _open(self, name: bytes, start: int) -> None:
        self._end_head(start)
        self.inside, self.current, self.depth, self.can_go_on = name, Extent(start, start), 0, False

    def _within(self, begins: bool, start: int, end: int) -> None:
        if begins:
            self.cut_from = self.cut_from if self.depth else start
            self.depth += 1
        elif self.depth:
            self.depth -= 1
            self.current.cuts += [] if self.depth else [(self.cut_from, end)]

    def _close(self, end: int) -> None:
        name, self.inside = self.inside, b""
        self.current.end = end
        if self.depth or name == b"VTIMEZONE":
            # In an event with a component that does not end the reader decides what belongs to which.
            self.current.cuts = []
        if name == b"VTIMEZONE" and self.sections and self.zones < MAX_ZONES_IN_FEED:
            self.zones += 1
            self.sections[-1].zones.append(self.current)
        elif name == b"VEVENT":
            self._keep_event()

    def _keep_event(self) -> None:
        self.events += 1
        if self.events > MAX_EVENTS_IN_FEED:
            raise TooLarge(f"the file has more than {MAX_EVENTS_IN_FEED} events")
        if not self.sections:
            raise NotCalDav("an event without a calendar around it")
        self.sections[-1].events.append(self.current)
        self.can_go_on = True

    def _end_head(self, start: int) -> None:
        if self.head_from >= 0:
            self.sections[-1].head = self.text[self.head_from : min(start, self.head_from + MAX_HEAD_OCTETS)]
            self.head_from = -1

    def finish(self) -> list[Section]:
        """The calendars, if the text has any and all of them are whole."""
        if not self.sections:
            raise NotCalDav("the answer is no calendar file")
        if self.is_open or self.inside in (b"VEVENT", b"VTIMEZONE"):
            raise BrokenFile("the file ends in the middle")
        return self.sections
