"""A client's appointment as the tests of mails use it."""

from __future__ import annotations

from datetime import UTC, datetime

from bookings.notifications.addresses import Mailbox
from bookings.notifications.calendar_part import CalendarEntry

PRACTICE = Mailbox("Praxis Winter", "praxis@winter.example")
CLIENT = Mailbox("Zoë Klein", "zoe@client.example")

ENTRY = CalendarEntry(
    uid="5f0c2d-3@kalends.example",
    sequence=0,
    stamp=datetime(2026, 11, 28, 8, tzinfo=UTC),
    start=datetime(2026, 12, 8, 9, tzinfo=UTC),
    end=datetime(2026, 12, 8, 9, 45, tzinfo=UTC),
    zone="Europe/Berlin",
    summary="Your appointment on Tue 8 December, 10:00 · Praxis Winter",
    location="Lindenstraße 1, 10969 Berlin",
    description=("With Anna Winter", "https://kalends.example/booking/abc/"),
    organizer=PRACTICE,
    attendee=CLIENT,
)
