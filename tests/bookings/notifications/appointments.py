"""An appointment at Praxis Winter as mails tell it."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bookings.notifications.facts import AppointmentFacts, PracticeFacts

WINTER = PracticeFacts(
    name="Praxis Winter",
    phone="030 123456",
    address="Lindenstraße 1, 10969 Berlin",
    colour="#1d6b4f",
    imprint_url="https://kalends.example/imprint/",
    privacy_url="https://kalends.example/privacy/",
)

FACTS = AppointmentFacts(
    practice=WINTER,
    language="en",
    zone=ZoneInfo("Europe/Berlin"),
    written_at=datetime(2026, 11, 28, 8, tzinfo=UTC),
    start=datetime(2026, 12, 8, 9, tzinfo=UTC),
    end=datetime(2026, 12, 8, 9, 45, tzinfo=UTC),
    link="https://kalends.example/booking/abc/",
    staff="Anna Winter",
    place="Lindenstraße 1, 10969 Berlin",
    note="Please bring a towel.",
    book_link="https://kalends.example/book/",
    reschedule_until=datetime(2026, 12, 7, 9, tzinfo=UTC),
    cancel_until=datetime(2026, 12, 7, 9, tzinfo=UTC),
)
