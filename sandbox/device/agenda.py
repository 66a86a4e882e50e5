"""What a phone displays: the account's events in a range of days, in the phone's time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Event

from sandbox.ical import ics, recurrence
from sandbox.ical.ics import Component
from sandbox.ical.recurrence import Occurrence
from sandbox.server.store.accounts import Account
from sandbox.server.store.calendars import Calendar
from sandbox.server.store.scheduling import is_own


@dataclass(frozen=True, slots=True)
class DisplayedEvent:
    """One occurrence on the phone. Times are aware, in the phone's time zone; ends are exclusive."""

    calendar: Calendar
    href: str
    uid: str
    title: str
    start: datetime
    end: datetime
    all_day: bool
    free: bool
    cancelled: bool
    repeats: bool
    slot: str  # the original start, ISO 8601, a date for all-day events
    travel: timedelta
    travel_back: timedelta
    answer: str  # the owner's PARTSTAT, or nothing


def displayed_events(account: Account, first: date, days: int, zone: ZoneInfo) -> list[DisplayedEvent]:
    """All occurrences on those days, sorted by day: all-day events first, then by time."""
    start = datetime.combine(first, time(), zone)
    end = datetime.combine(first + timedelta(days=days), time(), zone)
    with account.store.lock:
        found = [
            one
            for calendar in account.events()
            for href, resource in calendar.resources.items()
            for one in _of_resource(calendar, href, resource.data, (start, end), zone)
        ]
    return sorted(found, key=lambda one: (one.start.date(), not one.all_day, one.start, one.title))


def _of_resource(
    calendar: Calendar, href: str, data: bytes, span: tuple[datetime, datetime], zone: ZoneInfo
) -> Iterator[DisplayedEvent]:
    try:
        found = list(recurrence.occurrences(data, *span))
        component = ics.parse(data)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return  # a phone displays nothing that it cannot read
    for one in found:
        yield _one(calendar, href, component, one, zone)


def _one(calendar: Calendar, href: str, component: Component, occurrence: Occurrence, zone: ZoneInfo) -> DisplayedEvent:
    events = component.named("VEVENT")
    master = next((event for event in events if not event.all("RECURRENCE-ID")), events[0])
    event, all_day = occurrence.event, not isinstance(occurrence.start, datetime)
    own = (line.parameters.get("PARTSTAT", "") for line in master.all("ATTENDEE") if is_own(line, calendar.account))
    return DisplayedEvent(
        calendar=calendar,
        href=href,
        uid=str(event.get("UID", "")),
        title=str(event.get("SUMMARY", "")),
        start=_local(occurrence.start, zone),
        end=_local(occurrence.end, zone),
        all_day=all_day,
        free=str(event.get("TRANSP", "")).upper() == "TRANSPARENT",
        cancelled=str(event.get("STATUS", "")).upper() == "CANCELLED",
        repeats=bool(master.all("RRULE") or master.all("RDATE")),
        slot=_slot(event, occurrence.start),
        travel=_travel(event, "X-APPLE-TRAVEL-DURATION"),
        travel_back=_travel(event, "X-APPLE-TRAVEL-RETURN-DURATION"),
        answer=next(own, ""),
    )


def _local(moment: date | datetime, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time(), zone)
    return moment.astimezone(zone) if moment.tzinfo else moment.replace(tzinfo=zone)


def _slot(event: Event, start: date | datetime) -> str:
    original = event.get("RECURRENCE-ID")
    return (original.dt if original is not None else start).isoformat()


def _travel(event: Event, name: str) -> timedelta:
    value = event.get(name)
    try:
        return getattr(value, "dt", None) or ics.duration(str(value)) if value is not None else timedelta()
    except ValueError:
        return timedelta()
