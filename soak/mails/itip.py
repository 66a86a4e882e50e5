"""A calendar program that receives calendar parts of mails as RFC 5546 says, read with icalendar."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import icalendar

Version = tuple[int, datetime]


@dataclass(frozen=True)
class Appointment:
    """What the client sees in their calendar."""

    start: datetime
    end: datetime
    summary: str
    location: str


@dataclass
class ItipReceiver:
    """The calendar of one attendee.

    A message replaces what is known of its UID if its SEQUENCE is higher, or equal with a later DTSTAMP (RFC 5546
    2.1.5). A cancellation is remembered, so that an older request does not bring the event back.
    """

    address: str
    appointments: dict[str, Appointment] = field(default_factory=dict)
    versions: dict[str, Version] = field(default_factory=dict)

    def receive(self, part: str, method: str) -> None:
        """Apply the calendar part of a mail; `method` is the one in its content type."""
        calendar = icalendar.Calendar.from_ical(part)
        if str(calendar["METHOD"]) != method:
            raise ValueError("the content type and the calendar name different methods")
        event: Any
        (event,) = calendar.walk("VEVENT")
        if self.address not in _attendees(event) or "ORGANIZER" not in event:
            raise ValueError("this is not for me, or nobody says that they organize it")
        uid, version = str(event["UID"]), (int(event["SEQUENCE"]), event["DTSTAMP"].dt)
        if uid in self.versions and version <= self.versions[uid]:
            return
        self.versions[uid] = version
        self._apply(uid, event, method)

    def _apply(self, uid: str, event: Any, method: str) -> None:
        if method == "CANCEL":
            self.appointments.pop(uid, None)
        else:
            self.appointments[uid] = _appointment(event)


def _appointment(event: Any) -> Appointment:
    start, end = (event[name].dt.astimezone(UTC) for name in ("DTSTART", "DTEND"))
    return Appointment(start, end, str(event["SUMMARY"]), str(event.get("LOCATION", "")))


def _attendees(event: Any) -> list[str]:
    found = event.get("ATTENDEE", [])
    return [str(one).removeprefix("mailto:") for one in (found if isinstance(found, list) else [found])]
