"""The texts of the one event that an account is checked with. No Django, no network.

All its times lie in winter of the year 2099, so that no rule for summer time decides anything. It names nobody, and has
neither ORGANIZER nor ATTENDEE: iCloud would send mail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import uuid4
from zoneinfo import ZoneInfo

import icalendar
from icalendar.prop import vInline

from connections.ical import content_lines
from connections.ical.compose import to_bytes, vtimezone

PREFIX: Final = "kalends-account-check-"
"""Every UID and file name of the check begins with it, so that leftovers of a check that was killed are found."""
PRODID: Final = "-//Kalends//Account check//EN"
ZONE: Final = "Europe/Berlin"
BERLIN: Final = ZoneInfo(ZONE)
LENGTH: Final = timedelta(minutes=30)
START: Final = datetime(2099, 1, 12, 10, tzinfo=BERLIN)
MOVED: Final = datetime(2099, 1, 13, 14, tzinfo=BERLIN)
ONE_OF_SERIES: Final = datetime(2099, 1, 27, 14, tzinfo=BERLIN)
ONE_MOVED_TO: Final = datetime(2099, 2, 17, 9, tzinfo=BERLIN)
APPLE: Final = {"X-APPLE-TRAVEL-DURATION": "PT15M", "PRIORITY": "5", "CATEGORIES": "CHECK"}


@dataclass(frozen=True, slots=True)
class EventTexts:
    """The files of one event, by what is done with it. `now` is written as DTSTAMP; it is aware."""

    uid: str
    now: datetime

    @classmethod
    def new(cls, now: datetime) -> EventTexts:
        return cls(f"{PREFIX}{uuid4()}", now)

    def created(self) -> bytes:
        return self._file(self._event(START))

    def moved(self) -> bytes:
        return self._file(self._event(MOVED, sequence=1))

    def repeated(self) -> bytes:
        return self._file(self._series())

    def one_moved(self) -> bytes:
        """The series with its third date moved: an override with RECURRENCE-ID in local time."""
        override = self._event(ONE_MOVED_TO, sequence=3)
        override.add("RECURRENCE-ID", ONE_OF_SERIES.replace(tzinfo=None), parameters={"TZID": ZONE})
        return self._file(self._series(), override)

    def without_end(self) -> bytes:
        event = self._event(START)
        del event["DTEND"]
        return self._file(event)

    def without_zone(self) -> bytes:
        return self._file(self._event(START), zone=False)

    def _series(self) -> icalendar.Event:
        event = self._event(MOVED, sequence=2)
        event.add("RRULE", {"FREQ": ["WEEKLY"], "COUNT": [4], "INTERVAL": [1]})
        return event

    def _event(self, start: datetime, *, sequence: int = 0) -> icalendar.Event:
        event = icalendar.Event()
        event.add("UID", self.uid)
        event.add("DTSTAMP", self.now.astimezone(UTC))
        for name, moment in (("DTSTART", start), ("DTEND", start + LENGTH)):
            event.add(name, moment.replace(tzinfo=None), parameters={"TZID": ZONE})
        event.add("SUMMARY", "Kalends checks this account")
        event.add("SEQUENCE", sequence)
        event.add("TRANSP", "TRANSPARENT")
        for name, value in APPLE.items():
            event.add(name, vInline(value))
        return event

    def _file(self, *events: icalendar.Event, zone: bool = True) -> bytes:
        calendar = icalendar.Calendar()
        calendar.add("VERSION", "2.0")
        calendar.add("PRODID", PRODID)
        calendar.add("CALSCALE", "GREGORIAN")
        if zone:
            calendar.add_component(vtimezone(ZONE, START.year))
        for event in events:
            calendar.add_component(event)
        return to_bytes(calendar)


def span_of_day(moment: datetime) -> tuple[datetime, datetime]:
    """The local day of an instant, as instants: [start, end)."""
    midnight = moment.replace(hour=0, minute=0)
    return midnight, midnight + timedelta(days=1)


def difference(sent: bytes, came: bytes) -> str:
    """ "as sent" if both are the same apart from line ends, else the names of the properties that differ."""
    before, after = _lines(sent), _lines(came)
    if before == after:
        return "as sent"
    names = {_name(line) for line in set(before) ^ set(after)}
    return f"changed: {', '.join(sorted(names))}" if names else "changed: the order of lines"


def _lines(data: bytes) -> list[str]:
    return [line for line in map(content_lines.unfold_line, content_lines.split_lines(data)) if line.strip()]


def _name(line: str) -> str:
    name = content_lines.parse_line(line.encode()).name
    return name if re.fullmatch(r"[A-Z0-9-]{1,60}", name) else "a line without a name"


def lost(data: bytes) -> list[str]:
    """Which of the properties that Apple's clients write are not in the file any more, or have another value."""
    found = {line.name: line.value for line in map(content_lines.parse_line, _encoded(data))}
    return sorted(name for name, value in APPLE.items() if found.get(name) != value)


def _encoded(data: bytes) -> list[bytes]:
    return [line.encode() for line in _lines(data)]
