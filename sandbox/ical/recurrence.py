"""When the events in a resource take place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import cast

import recurring_ical_events
from icalendar import Calendar, Component, Event, vDDDTypes

from sandbox.ical import apple_text, ics

_RECURRENCE_ID = re.compile(rb"(?m)^(RECURRENCE-ID[;:][^\n]*\n(?:[ \t][^\n]*\n)*)(?!X-RECURRENCE-EXCEPTION)")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence of an event; dates and floating times are unchanged."""

    start: date | datetime
    end: date | datetime
    event: Event


def touches(data: bytes, start: datetime, end: datetime, *, moved: bool = False) -> bool:
    """Whether an occurrence overlaps [start, end), aware instants; dates and floating times count as UTC.

    As on iCloud, an occurrence that an override has moved is found at its original time and not at its new time;
    `moved` finds it at both. A resource that cannot be read always matches.
    """
    try:
        known = _touches_single_event(data, start, end)
        if known is not None:
            return known
        return _touches(_parsed(data, without_overrides=True), start, end) or (
            moved and _touches(_parsed(data, without_overrides=False), start, end)
        )
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError):
        return True


def occurrences(data: bytes, start: datetime | date, end: datetime | date) -> Iterator[Occurrence]:
    """Every occurrence that overlaps the span, overrides at their new times, in any order."""
    for event in recurring_ical_events.of(_parsed(data, without_overrides=False)).between(start, end):
        yield Occurrence(event.start, event.end, event)


def expanded(data: bytes, start: datetime, end: datetime) -> bytes:
    """One event for each occurrence, in UTC, without recurrence rules (RFC 4791 9.6.5)."""
    calendar = Calendar()
    calendar.add("version", "2.0")
    calendar.add("prodid", "-//caldav.icloud.com//CALDAVJ 2514B607//EN")
    for occurrence in occurrences(data, start, end):
        event = occurrence.event.copy(recursive=True)
        for name in ("RRULE", "RDATE", "EXDATE", "DTSTART", "DTEND", "DURATION"):
            event.pop(name, None)
        event.add("dtstart", _utc(occurrence.start))
        event.add("dtend", _utc(occurrence.end))
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def mark_exceptions(data: bytes) -> bytes:
    """Add X-RECURRENCE-EXCEPTION to every override, as answers to time ranges have."""
    if b"RECURRENCE-ID" not in data:
        return data
    return _RECURRENCE_ID.sub(rb"\1X-RECURRENCE-EXCEPTION:True\r\n", data)


def double_dtstamp(data: bytes, now: datetime) -> bytes:
    """Add a second DTSTAMP with the time of the answer to every override, before its own."""
    if b"RECURRENCE-ID" not in data:
        return data
    calendar = ics.parse(data)
    for event in calendar.named("VEVENT"):
        if event.all("RECURRENCE-ID"):
            event.lines.insert(0, ics.read_line(f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}"))
    return ics.write(calendar)


def _utc(value: date | datetime) -> date | datetime:
    aware = isinstance(value, datetime) and value.tzinfo is not None
    return value.astimezone(UTC) if aware and isinstance(value, datetime) else value


def _touches_single_event(data: bytes, start: datetime, end: datetime) -> bool | None:
    """Whether a single event in a known zone touches the span, without parsing it as a whole; None for others."""
    events = ics.parse(data).named("VEVENT")
    if len(events) != 1 or any(events[0].all(name) for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        return None
    line = events[0].all("DTSTART")[0]
    begin = ics.moment(line)
    if "TZID" in line.parameters and getattr(begin, "tzinfo", None) is None:
        return None
    length = apple_text.length_of(events[0])
    first = _as_utc(begin)
    return start < first + length and first < end if length else start <= first < end


def _as_utc(moment: date | datetime) -> datetime:
    whole = moment if isinstance(moment, datetime) else datetime.combine(moment, time(), UTC)
    return whole if whole.tzinfo else whole.replace(tzinfo=UTC)


def _touches(calendar: Calendar, start: datetime, end: datetime) -> bool:
    return next(iter(recurring_ical_events.of(calendar).between(start, end)), None) is not None


@lru_cache(maxsize=512)
def _parsed(data: bytes, *, without_overrides: bool) -> Calendar:
    calendar = Calendar.from_ical(data)
    if without_overrides:
        events = [one for one in calendar.walk("VEVENT") if "RECURRENCE-ID" in one]
        has_master = len(events) < len(calendar.walk("VEVENT"))
        for event in events:
            _restore_original_time(event)
        gone = {id(event) for event in events} if has_master else set()
        calendar.subcomponents = [one for one in calendar.subcomponents if id(one) not in gone]
    return calendar


def _restore_original_time(event: Component) -> None:
    """Move an override to the time of the occurrence it replaces, keeping its length."""
    slot = cast(vDDDTypes, event["RECURRENCE-ID"]).dt
    length = cast(Event, event).duration
    for name in ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID"):
        event.pop(name, None)
    event.add("dtstart", slot)
    event.add("duration", length)
