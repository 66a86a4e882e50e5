"""Mails to staff about what a client did shortly before the start: in the language of whom they reach."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail

from bookings.models import Booking, Mail
from bookings.notifications.mails import delivery
from bookings.notifications.mails.to_staff import content
from tests.factories import NOW, START, BookingFactory, ClientFactory, MailFactory, ServiceFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("staff_booked", "Clara Winter hat gebucht: Di., 1. Dez., 10:00 Uhr."),
        ("staff_moved", "Clara Winter hat die Buchung auf Di., 1. Dez., 10:00 Uhr verschoben."),
        ("staff_cancelled", "Clara Winter hat die Buchung am Di., 1. Dez., 10:00 Uhr abgesagt."),
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


WEEK = timedelta(days=7)


def at_once(kind: str, soon: int, language: str = "en") -> list[Booking]:
    """Three appointments about which the client is told in one batch, and staff of the first `soon` of them."""
    user, client = UserFactory(language=language), ClientFactory(name="Clara Winter", phone="+49301234567")
    service = ServiceFactory(name="Massage")
    bookings = [
        BookingFactory(staff=user, client=client, service=service, start=START + week * WEEK) for week in range(3)
    ]
    for booking in bookings:
        MailFactory(seat=booking.seat, batch="together")
    for booking in bookings[:soon]:
        MailFactory(seat=booking.seat, kind=kind, batch="together", recipient=user.email)
    return bookings


def noticed(bookings: list[Booking]) -> list[tuple[str, str]]:
    """Subjects and plain texts of what the staff member gets."""
    delivery.send_due(NOW)
    return [(one.subject, str(one.body)) for one in mail.outbox if one.to == [bookings[0].staff.email]]


@pytest.mark.parametrize("soon", [1, 2, 3])
def test_staff_get_one_notice_about_several_appointments_with_all_times(soon: int) -> None:
    bookings = at_once("staff_booked", soon)
    links = [f"{settings.BASE_URL}{booking.get_absolute_url()}" for booking in bookings]
    assert noticed(bookings) == [
        (
            "Clara Winter has booked 3 appointments.",
            "Clara Winter has booked 3 appointments.\n\n"
            f"1. Tue 1 Dec, 10:00: {links[0]}\n2. Tue 8 Dec, 10:00: {links[1]}\n3. Tue 15 Dec, 10:00: {links[2]}\n\n"
            "Service: Massage\nPhone: +49 30 1234567\n",
        )
    ]
    assert list(Mail.objects.filter(kind="staff_booked").values_list("state", flat=True)) == ["sent"] * soon


@pytest.mark.parametrize(
    ("kind", "heading"),
    [
        ("staff_booked", "Clara Winter hat 3 Termine gebucht."),
        ("staff_moved", "Clara Winter hat 3 Termine verschoben."),
        ("staff_cancelled", "Clara Winter hat 3 Termine abgesagt."),
        ("staff_expired", "Niemand hat rechtzeitig entschieden: 3 Anfragen von Clara Winter sind verfallen."),
    ],
)
def test_notices_about_several_appointments_are_in_german_too(kind: str, heading: str) -> None:
    bookings = at_once(kind, 3, "de")
    if kind in ("staff_cancelled", "staff_expired"):
        Booking.objects.update(status=Booking.Status.CANCELLED, claim=None)
    assert [subject for subject, _text in noticed(bookings)] == [heading]


def test_what_was_cancelled_before_staff_read_of_it_is_left_out() -> None:
    bookings = at_once("staff_booked", 3)
    Booking.objects.filter(pk=bookings[1].pk).update(status=Booking.Status.CANCELLED, claim=None)
    Mail.objects.filter(seat__booking=bookings[1].pk).update(state="dropped")
    assert [subject for subject, _text in noticed(bookings)] == ["Clara Winter has booked 2 appointments."]


def test_the_only_one_that_is_left_is_an_ordinary_notice() -> None:
    bookings = at_once("staff_booked", 1)
    Booking.objects.exclude(pk=bookings[0].pk).update(status=Booking.Status.CANCELLED, claim=None)
    assert [subject for subject, _text in noticed(bookings)] == ["Clara Winter has booked Tue 1 Dec, 10:00."]
