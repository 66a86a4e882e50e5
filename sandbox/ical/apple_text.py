"""Calendar text as Apple's devices write it: time zones, times, and the whole object again with every edit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Timezone

from sandbox.ical import ics
from sandbox.ical.ics import Component

PRODID = "-//Apple Inc.//{}//EN"
RECURRENCE_SET = "X-CALENDARSERVER-RECURRENCE-SET"
_KEPT = ("X-APPLE-", "X-CALENDARSERVER-", "X-LIC-", "X-RECURRENCE-EXCEPTION", "X-WR-")
Moment = date | datetime


@cache
def zone_component(name: str) -> Component:
    """A VTIMEZONE with the zone's whole history, from local mean time on, with offsets in seconds."""
    zone = Timezone.from_tzinfo(ZoneInfo(name), name, date(1850, 1, 1), date(2038, 1, 1))
    component = ics.parse(b"BEGIN:VCALENDAR\r\n" + zone.to_ical() + b"END:VCALENDAR\r\n").children[0]
    component.drop("COMMENT")
    component.set("X-LIC-LOCATION", name)
    return component


def set_moment(component: Component, name: str, moment: Moment) -> None:
    """Write a property as Apple does: VALUE=DATE, UTC with Z, an IANA TZID, or floating when it is naive."""
    component.drop(name)
    add_moment(component, name, moment)


def add_moment(component: Component, name: str, moment: Moment) -> None:
    """Like set_moment, but keep existing properties of that name."""
    if not isinstance(moment, datetime):
        component.add(name, f"{moment:%Y%m%d}", VALUE="DATE")
    elif moment.tzinfo is None:
        component.add(name, f"{moment:%Y%m%dT%H%M%S}")
    elif moment.tzinfo is UTC:
        component.add(name, f"{moment:%Y%m%dT%H%M%SZ}")
    else:
        component.add(name, f"{moment:%Y%m%dT%H%M%S}", TZID=str(moment.tzinfo))


def utc_text(moment: Moment) -> str:
    """A moment in UTC; dates and floating times count as UTC."""
    whole = moment if isinstance(moment, datetime) else datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001
    aware = whole if whole.tzinfo else whole.replace(tzinfo=UTC)
    return f"{aware.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def shift(moment: Moment, by: timedelta) -> Moment:
    """Add wall-clock time: 09:15 stays 09:15 across a change to or from daylight saving time."""
    return moment + by


def length_of(event: Component) -> timedelta:
    """From DTSTART to the end, in wall-clock time."""
    if event.all("DURATION"):
        return ics.duration(event.value("DURATION"))
    start = ics.moment(event.all("DTSTART")[0])
    if not event.all("DTEND"):
        return timedelta() if isinstance(start, datetime) else timedelta(days=1)
    end = ics.moment(event.all("DTEND")[0])
    if isinstance(start, datetime) and isinstance(end, datetime):
        return end - start
    return date(end.year, end.month, end.day) - date(start.year, start.month, start.day)


def new_calendar(*events: Component) -> Component:
    """A VCALENDAR with these events; `finish` adds its properties and time zones."""
    return Component("VCALENDAR", [], list(events))


def finish(calendar: Component, *, now: datetime, build: str) -> bytes:
    """The text of an object: its properties, the time zones it uses with their full history, and its events."""
    calendar.lines = []
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODID.format(build))
    calendar.add("CALSCALE", "GREGORIAN")
    events = [child for child in calendar.children if child.name != "VTIMEZONE"]
    for event in events:
        event.set("DTSTAMP", utc_text(now))
        event.set("LAST-MODIFIED", utc_text(now))
        event.lines.sort(key=lambda line: line.name)
    known = {zone.value("TZID"): zone for zone in calendar.named("VTIMEZONE")}
    used = sorted({line.parameters["TZID"] for one in events for line in one.lines if "TZID" in line.parameters})
    calendar.children = [zone for name in used if (zone := _zone(name, known))] + events
    return ics.write(calendar)


def rewrite(calendar: Component, *, now: datetime, build: str) -> bytes:
    """The text after an edit: written again as a whole, without private X- properties, with SEQUENCE raised by one."""
    for event in calendar.named("VEVENT"):
        event.lines = [line for line in event.lines if not _is_private(line.name)]
        event.set("SEQUENCE", str(int(event.value("SEQUENCE") or 0) + 1))
    return finish(calendar, now=now, build=build)


def _is_private(name: str) -> bool:
    return name.startswith("X-") and not name.startswith(_KEPT)


def _zone(name: str, known: dict[str, Component]) -> Component | None:
    try:
        return zone_component(name)
    except (ValueError, ZoneInfoNotFoundError):
        return known.get(name)
