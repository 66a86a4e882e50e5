"""The appointment of a client as iCalendar: the part of a mail (iTIP, RFC 5546; iMIP, RFC 6047), and as a file.

Pure: values in, text out. UID and SEQUENCE identify the appointment and its version, so that mails, files and feeds
change one event in the client's calendar. DTSTAMP is when the mail was made: a mail that arrives late does not win.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import icalendar
from icalendar.prop import vInline

from bookings.notifications.addresses import Mailbox, is_same_mailbox
from connections.ical import content_lines
from connections.ical.compose import add_times, text_value, to_bytes, vtimezone
from connections.ical.reducing import PRODID
from practice.mails.addresses import encode_domain

_PLAIN = str.maketrans({'"': "'", "^": " ", "\\": "/"})
"""Characters that readers understand differently in a parameter: quotation marks (RFC 6868) and escapes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """One version of a client's appointment.

    `start` and `end` are aware, `zone` is the IANA zone in which they are written. The organizer is the practice, with
    the address from which its mails come; the attendee is the client. `description` has the lines below the title.
    """

    uid: str
    sequence: int
    stamp: datetime
    start: datetime
    end: datetime
    zone: str
    summary: str
    organizer: Mailbox
    attendee: Mailbox
    location: str = ""
    description: tuple[str, ...] = ()
    is_cancelled: bool = False

    @property
    def method(self) -> str:
        """What the mail asks of the client's calendar."""
        return "CANCEL" if self.is_cancelled else "REQUEST"


def mail_part(entry: CalendarEntry) -> str | None:
    """The calendar part of a mail, for the content type `text/calendar; method=…` with `entry.method`.

    None if the mail goes to the practice itself: a calendar does not add an invitation from its owner.
    """
    if is_same_mailbox(entry.organizer.address, entry.attendee.address):
        return None
    calendar = _calendar(entry)
    calendar.add("METHOD", entry.method)
    event = _vevent(entry)
    event.add("ORGANIZER", _mailto(entry.organizer))
    event.add("ATTENDEE", _attendee(entry.attendee))
    calendar.add_component(event)
    return to_bytes(calendar).decode()


def calendar_file(*entries: CalendarEntry) -> bytes:
    """A file to download or to subscribe to, without METHOD.

    It asks nobody for an answer, so it has no ORGANIZER and no ATTENDEE (RFC 5545 3.8.4.1 and 3.8.4.3).
    """
    calendar = _calendar(*entries)
    for entry in entries:
        calendar.add_component(_vevent(entry))
    return to_bytes(calendar)


def _calendar(*entries: CalendarEntry) -> icalendar.Calendar:
    """A calendar with the zones of the entries, each described from the year before its first entry."""
    calendar = icalendar.Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", PRODID)
    calendar.add("CALSCALE", "GREGORIAN")
    for zone in sorted({entry.zone for entry in entries} - {"UTC"}):
        calendar.add_component(vtimezone(zone, min(entry.start.year for entry in entries if entry.zone == zone)))
    return calendar


def _vevent(entry: CalendarEntry) -> icalendar.Event:
    event = icalendar.Event()
    event.add("UID", vInline(content_lines.one_line(entry.uid)))
    event.add("SEQUENCE", entry.sequence)
    event.add("DTSTAMP", entry.stamp.astimezone(UTC))
    add_times(event, entry.start, entry.end, entry.zone)
    event.add("SUMMARY", text_value(entry.summary))
    texts = {"LOCATION": entry.location, "DESCRIPTION": "\n".join(entry.description)}
    for name, text in texts.items():
        if text:
            event.add(name, text_value(text))
    event.add("STATUS", "CANCELLED" if entry.is_cancelled else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT" if entry.is_cancelled else "OPAQUE")
    return event


def _mailto(mailbox: Mailbox) -> icalendar.vCalAddress:
    """A bare `mailto:`, with the name as CN."""
    address = icalendar.vCalAddress(f"mailto:{''.join(content_lines.one_line(encode_domain(mailbox.address)).split())}")
    name = content_lines.one_line(mailbox.name).translate(_PLAIN)
    if name:
        address.params["CN"] = name
    return address


def _attendee(client: Mailbox) -> icalendar.vCalAddress:
    """The client, who is not asked for an answer: the appointment stands already."""
    attendee = _mailto(client)
    attendee.params["CUTYPE"] = "INDIVIDUAL"
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = "ACCEPTED"
    attendee.params["RSVP"] = "FALSE"
    return attendee
