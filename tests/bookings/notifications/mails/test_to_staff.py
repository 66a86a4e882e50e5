"""Mails to staff about what a client did shortly before the start: in the language of whom they reach."""

from __future__ import annotations

import pytest

from bookings.notifications.mails.to_staff import content
from tests.factories import START, BookingFactory, ClientFactory, MailFactory, ServiceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("staff_booked", "Clara Winter hat gebucht: Di., 1. Dez., 10:00 Uhr."),
        ("staff_moved", "Clara Winter hat den Termin auf Di., 1. Dez., 10:00 Uhr verschoben."),
        ("staff_cancelled", "Clara Winter hat den Termin am Di., 1. Dez., 10:00 Uhr abgesagt."),
    ],
)
def test_staff_read_in_german_what_a_client_did(kind: str, heading: str) -> None:
    booking = BookingFactory(
        staff=UserFactory(language="de"),
        start=START,
        client=ClientFactory(name="Clara Winter", phone="+49301234567"),
        service=ServiceFactory(name="Massage"),
    )
    said = content([MailFactory(seat=booking.seat, kind=kind)])
    assert (said.subject, said.language) == (heading, "de")
    assert said.as_text().split("\n\n")[1] == "Angebot: Massage\nTelefon: +49 30 1234567"
    assert "Buchung öffnen" in said.as_text()


def test_staff_without_a_language_read_english() -> None:
    booking = BookingFactory(start=START, client=ClientFactory(name="Clara Winter"))
    said = content([MailFactory(seat=booking.seat, kind="staff_booked")])
    assert (said.subject, said.language) == ("Clara Winter has booked Tue 1 Dec, 10:00.", "en")
