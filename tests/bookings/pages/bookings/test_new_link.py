"""The button on a booking's page that sends its client a new link."""

from __future__ import annotations

import pytest
from django.test import Client

from bookings.models import Booking, Mail, Seat
from practice.models import User
from tests.factories import NOW, START, BookingFactory, ClientFactory, MailFactory
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
SECTION = "//section[@aria-labelledby='own-page']"


def address(booking: Booking) -> str:
    return f"/bookings/{booking.pk}/"


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("clara@example.org", "The old link no longer works. The new one is e-mailed to clara@example.org."),
        (
            "",
            "The old link no longer works. Clara has no e-mail address: tell them yourself. "
            "The new link is in the list “To call”.",
        ),
    ],
)
def test_the_button_replaces_the_link_and_says_how_the_client_learns_it(
    anna_client: Client, anna: User, email: str, said: str
) -> None:
    booking = BookingFactory(staff=anna, client=ClientFactory(name="Clara", email=email))
    form = find(anna_client.get(address(booking)), f"{SECTION}//form")[0]
    assert texts(anna_client.get(address(booking)), f"{SECTION}//button") == ["Send a new link"]
    page = anna_client.post(form.get("action") or "", follow=True)
    assert texts(page, "//div[@id='messages']") == [said]
    assert (Seat.objects.get().link_generation, Mail.objects.get().kind) == (2, "new_link")


def test_the_page_says_what_became_of_the_mail(anna_client: Client, anna: User) -> None:
    booking = BookingFactory(staff=anna)
    MailFactory(seat=booking.seat, kind="new_link", state="sent", sent_at=NOW)
    assert texts(anna_client.get(address(booking)), "//p[@id='new-link']") == ["New link: the client was told at 09:00"]


def test_without_a_page_of_the_client_there_is_no_button(anna_client: Client, anna: User) -> None:
    without = [
        BookingFactory(staff=anna, status="cancelled"),
        BookingFactory(staff=anna, start=NOW - (START - NOW)),
        BookingFactory(staff=anna, status="pending", address_due_at=NOW + (START - NOW)),
    ]
    assert [find(anna_client.get(address(one)), SECTION) for one in without] == [[], [], []]
    page = anna_client.post(f"{address(without[1])}new-link/", follow=True)
    assert texts(page, "//div[@id='messages']") == ["This booking is over."]


def test_the_link_is_replaced_for_the_owner_and_by_post(anna_client: Client, anna: User) -> None:
    answers = [
        anna_client.get(f"{address(BookingFactory(staff=anna))}new-link/").status_code,
        anna_client.post(f"{address(BookingFactory())}new-link/").status_code,
    ]
    assert answers == [405, 404]
    assert {seat.link_generation for seat in Seat.objects.all()} == {1}
