"""The mails of real rows as the worker sends them: their parts, and what ical.js understands of the calendar part."""

from __future__ import annotations

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Any

import pytest
from django.core import mail

from bookings import actions
from bookings.models import Booking, Mail
from bookings.notifications.mails import delivery, reminders
from practice.models import Practice as PracticeRow
from tests.bookings.notifications.ical_js_reader import needs_ical_js, read
from tests.bookings.practice import CARLA, HOUR, Practice
from tests.factories import NOW, START

pytestmark = [pytest.mark.time_machine(NOW, tick=False), *needs_ical_js]
ALTERNATIVES = ['text/plain; charset="utf-8"', 'text/html; charset="utf-8"']
BOOKED_AHEAD = 7 * timedelta(days=1)
"""From the present moment to the appointment: long enough for a reminder."""
KINDS = ["confirmation", "change", "reminder", "cancellation"]


@pytest.fixture
def booking(practice: Practice) -> Booking:
    """An appointment that was confirmed, moved by an hour, reminded of and cancelled, with a mail each time."""
    PracticeRow.objects.create(
        name="Praxis Winter", phone="030 123456", email="praxis@winter.example", time_zone="Europe/Berlin", country="DE"
    )
    booking = practice.book(START + BOOKED_AHEAD, seat=actions.SeatDetails(reminders=True))
    send(practice)
    actions.reschedule(booking, start=START + BOOKED_AHEAD + HOUR, now=practice.now)
    send(practice)
    practice.later(BOOKED_AHEAD)
    reminders.write_due(practice.now)
    send(practice)
    actions.cancel(booking, now=practice.now)
    send(practice)
    return booking


def send(practice: Practice) -> None:
    practice.later(timedelta(minutes=1))
    delivery.send_due(practice.now)


def on_the_wire() -> list[EmailMessage]:
    """The mails to the client, as a mail program reads them, in the order of sending."""
    sent = [one.message().as_bytes(linesep="\r\n") for one in mail.outbox if one.to == [CARLA.email]]
    found = [message_from_bytes(data, policy=policy.default) for data in sent]
    return [one for one in found if isinstance(one, EmailMessage)]


def calendar_parts(message: EmailMessage) -> list[str]:
    return [part.get_content() for part in message.iter_parts() if part.get_content_subtype() == "calendar"]


def understood() -> list[dict[str, Any]]:
    """The events in the calendar parts, as ical.js understands them."""
    events = read(*(part for message in on_the_wire() for part in calendar_parts(message)))
    return [event for (event,) in events]


def test_the_calendar_part_is_the_last_alternative_and_a_reminder_has_none(booking: Booking) -> None:
    methods = {"confirmation": "REQUEST", "change": "REQUEST", "cancellation": "CANCEL"}
    expected = [
        [*ALTERNATIVES, *([f'text/calendar; method="{methods[kind]}"; charset="utf-8"'] if kind in methods else [])]
        for kind in KINDS
    ]
    assert [row.kind for row in Mail.objects.filter(state=Mail.State.SENT)] == KINDS
    assert [message.get_content_type() for message in on_the_wire()] == ["multipart/alternative"] * 4
    found = [[str(part["Content-Type"]) for part in message.iter_parts()] for message in on_the_wire()]
    assert found == expected
    assert [part["Content-Disposition"] for message in on_the_wire() for part in message.iter_parts()] == [None] * 11


def test_uid_sequence_method_and_stamp_are_those_of_the_rows(booking: Booking) -> None:
    rows, events = list(Mail.objects.exclude(kind=Mail.Kind.REMINDER)), understood()
    assert [(one["uid"], one["sequence"]) for one in events] == [(row.uid, row.sequence) for row in rows]
    assert [(one["uid"], one["sequence"]) for one in events] == [(booking.seat.uid, at) for at in range(3)]
    assert [one["method"] for one in events] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [one["status"] for one in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [one["stamp"] for one in events] == [f"{row.created_at:%Y-%m-%dT%H:%M:%S.000Z}" for row in rows]


def test_times_are_those_of_the_booking_in_the_zone_of_the_practice(booking: Booking) -> None:
    starts, events = [START + BOOKED_AHEAD, *2 * [START + BOOKED_AHEAD + HOUR]], understood()
    assert [one["start"] for one in events] == [f"{start:%Y-%m-%dT%H:%M:%S.000Z}" for start in starts]
    assert [one["end"] for one in events] == [f"{start + HOUR:%Y-%m-%dT%H:%M:%S.000Z}" for start in starts]
    assert [one["zone"] for one in events] == ["Europe/Berlin"] * 3


def test_the_organizer_is_the_sender_and_the_client_is_the_only_attendee_and_not_asked(booking: Booking) -> None:
    senders = {parseaddr(str(message["From"])) for message in on_the_wire()}
    assert senders == {("Praxis Winter", "praxis@winter.example")}
    attendee = {
        "address": f"mailto:{CARLA.email}",
        "cn": CARLA.name,
        "cutype": "INDIVIDUAL",
        "role": "REQ-PARTICIPANT",
        "partstat": "ACCEPTED",
        "rsvp": "FALSE",
    }
    organizer, events = {"address": "mailto:praxis@winter.example", "cn": "Praxis Winter"}, understood()
    assert [one["organizers"] for one in events] == 3 * [[organizer]]
    assert [one["attendees"] for one in events] == 3 * [[attendee]]


def test_message_ids_on_the_wire_are_those_of_the_rows(booking: Booking) -> None:
    assert [message["Message-ID"] for message in on_the_wire()] == [row.message_id for row in Mail.objects.all()]
