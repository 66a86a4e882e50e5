"""A mail that has arrived may ask for several changes in the recipient's calendar."""

from __future__ import annotations

from dataclasses import replace

from bookings.notifications import client_mails
from bookings.notifications.message import Envelope, attach_entries, build_message
from soak.findings import Findings
from soak.mails.arrival import Arrival, CalendarPart
from soak.mails.calendars import client_calendars
from tests.bookings.notifications.appointments import FACTS, WINTER
from tests.bookings.notifications.entries import ENTRY, PRACTICE

CLIENT = replace(ENTRY.attendee, address="zoe@example.org")
LONG = "a" * 100 + "@kalends.example"
ENTRIES = [
    replace(ENTRY, attendee=CLIENT),
    replace(ENTRY, attendee=CLIENT, uid=LONG, start=ENTRY.start.replace(day=9), end=ENTRY.end.replace(day=9)),
]


def arrival() -> Arrival:
    """A mail about two appointments; the UID of the second is written in two lines."""
    envelope = Envelope(message_id="<1@kalends.example>", sender=PRACTICE, recipient=CLIENT)
    message = build_message(client_mails.confirmation(FACTS), envelope, WINTER)
    attach_entries(message, ENTRIES)
    return Arrival.of(CLIENT.address, message.message().as_bytes(linesep="\r\n"))


def test_all_calendar_parts_are_read() -> None:
    assert [part.method for part in arrival().calendar_parts] == ["REQUEST", "REQUEST"]


def test_a_part_is_found_by_its_whole_uid() -> None:
    first, second = arrival().calendar_parts
    found: list[tuple[CalendarPart, ...]] = [
        arrival().parts_about(uid) for uid in (ENTRY.uid, LONG, LONG[1:], LONG[:-1])
    ]
    assert found == [(first,), (second,), (), ()]


def test_a_calendar_gets_all_appointments_of_a_mail_in_whatever_order() -> None:
    found = Findings()
    calendars = client_calendars([arrival()], found)
    spans = {entry.uid: (entry.start, entry.end) for entry in ENTRIES}
    assert calendars == {CLIENT.address: {"in order": spans, "shuffled": spans}}
    assert (found.clean, found.looked_at) == (True, {"calendar parts": 2})
