"""Reads calendar text without the code of Kalends, only with icalendar and recurring-ical-events.

The phones of the soak test write only what these libraries read correctly; see `phones`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple

import icalendar
import recurring_ical_events

from soak.ledger import Span
from soak.people import BERLIN

MARGIN = timedelta(days=2)  # all-day events start hours before or after midnight UTC, and travel time is added
_UID = re.compile(rb"^UID:(\S+)", re.MULTILINE)


class Shown(NamedTuple):
    """One occurrence: [start, end) in UTC, travel included, and whether it blocks."""

    start: datetime
    end: datetime
    blocks: bool


def uid_of(data: bytes) -> str:
    """The UID of the events in a resource, empty when there is none."""
    found = _UID.search(data)
    return found[1].decode() if found else ""


def shown(data: bytes, start: datetime, end: datetime) -> list[Shown]:
    """Every occurrence that overlaps [start, end), in order."""
    calendar = icalendar.Calendar.from_ical(data)
    found = (_one(event) for event in recurring_ical_events.of(calendar).between(start - MARGIN, end + MARGIN))
    return sorted(one for one in found if one.start < end and one.end > start)


def blocking(data: bytes, start: datetime, end: datetime) -> list[Span]:
    """The spans that the resource blocks and that overlap [start, end)."""
    return [(one.start, one.end) for one in shown(data, start, end) if one.blocks]


def single_occurrence(data: bytes) -> Shown | None:
    """The occurrence of a single timed event, without travel time; None for a series or another kind of event."""
    events = icalendar.Calendar.from_ical(data).walk("VEVENT")
    event: Any = events[0]
    plain = len(events) == 1 and not {"RRULE", "RDATE", "RECURRENCE-ID"} & event.keys()
    zoned = isinstance(event.start, datetime) and event.start.tzinfo is not None
    if not plain or not zoned or event.get("STATUS") == "CANCELLED":
        return None
    return Shown(_utc(event.start), _utc(event.end), True)


def notes(data: bytes) -> str:
    """The notes of the first event."""
    return str(icalendar.Calendar.from_ical(data).walk("VEVENT")[0].get("DESCRIPTION", ""))


def invites(data: bytes) -> bool:
    """Whether the resource has an organizer or attendees."""
    return any({"ORGANIZER", "ATTENDEE"} & event.keys() for event in icalendar.Calendar.from_ical(data).walk("VEVENT"))


def _one(event: Any) -> Shown:
    free = event.get("TRANSP") == "TRANSPARENT" or event.get("STATUS") == "CANCELLED"
    before, after = _travel(event, "X-APPLE-TRAVEL-DURATION"), _travel(event, "X-APPLE-TRAVEL-RETURN-DURATION")
    return Shown(_utc(event.start) - before, _utc(event.end) + after, not free)


def _utc(moment: date | datetime) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return (moment if moment.tzinfo else moment.replace(tzinfo=BERLIN)).astimezone(UTC)


def _travel(event: Any, name: str) -> timedelta:
    found = event.get(name)
    if isinstance(found, str):
        found = icalendar.vDuration.from_ical(found)
    length = getattr(found, "dt", found) or timedelta()
    return length if isinstance(length, timedelta) else timedelta()


def overlapping(spans: list[Span], span: Span) -> Iterator[Span]:
    """Those of `spans` that overlap `span`."""
    return (one for one in spans if one[0] < span[1] and one[1] > span[0])
