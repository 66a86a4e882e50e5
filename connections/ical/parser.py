"""Reads events from strangers as far as each one can be read. `raw_file` splits their files line by line.

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
(`timezones`), dateutil computes rules, those of VTIMEZONEs too (`rules`), recurring-ical-events combines rules,
RDATEs, EXDATEs and overrides (`series`). tests/connections/ical/test_library.py compares this reader with the two
libraries on every file of the museum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import UTC, datetime, time, timedelta, tzinfo
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
from connections.ical.raw_file import MAX_CACHED_OCTETS, MAX_LISTED, RawEvent, RawFile, parse_uid, read_file
from connections.ical.rules.shortening import fit_rule
from connections.ical.timezones import Resolve, resolver

T = TypeVar("T")

MAX_SUMMARY_LENGTH = 1000
MAX_RAW_SUMMARY_LENGTH = 2 * MAX_SUMMARY_LENGTH  # in the file, where a character may be escaped
MAX_VALUE_LENGTH = 1000  # of any property but the title and the UID, unless it is a list
UNKNOWN_TIME = Moment(datetime(1900, 1, 1), None)  # noqa: DTZ001 - long ago, so that a series from here on has begun
UNREADABLE_MARK = "X-KALENDS-UNREADABLE"
ALL_DAY_MARKS = frozenset({"X-MICROSOFT-CDO-ALLDAYEVENT", "X-MICROSOFT-MSNCALENDAR-ALLDAYEVENT", "X-FUNAMBOL-ALLDAY"})

_LOCAL = re.compile(r"T[\d:]+(?![\dZ:])", re.IGNORECASE | re.ASCII)


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
