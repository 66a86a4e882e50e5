"""The client's page: the proof, cancelling in time, and links that lead nowhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from bookings import actions
from bookings.models import Booking, Seat, Service
from tests.bookings.public.steps import booked
from tests.factories import NOW
from tests.pages import links, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(client: Client, massage: Service) -> str:
    """The page of a client who has booked for a week from now, ten o'clock."""
    Service.objects.update(price="60 €", location="Room 2", mail_line="Bring a towel.")
    hold = client.post("/book/massage/hold/", {"start": "2026-12-09T10:00:00+01:00", "staff": "any"})
    sent = {"name": "Clara Sommer", "email": "clara@example.org", "reminders": "no"}
    return str(client.post(hold["Location"], sent)["Location"])


def test_the_page_is_the_proof(client: Client, address: str) -> None:
    page = client.get(address)
    assert texts(page, "//h1") == ["Your appointment is booked"]
    assert texts(page, "//dt") == ["What", "When", "With", "Where"]
    assert texts(page, "//dd") == [
        "Massage · 60 €",
        "Wednesday 9 December 2026, 10:00–11:00 (Berlin time)",
        "Anna Winter",
        "Room 2",
    ]
    assert texts(page, "//main/p") == [
        "Bring a towel.",
        "You can change or cancel online until Tue 8 December, 10:00.",
        "After that please call 030 1234567.",
    ]


def test_the_link_of_a_call_leads_to_the_room_of_this_booking(client: Client, address: str) -> None:
    Service.objects.update(location_kind="video", location="https://meet.example.org/{room}")
    link = f"https://meet.example.org/{Booking.objects.get().room}"
    assert links(client.get(address), "//dd/a") == [(link, link)]


def test_nobody_keeps_the_page_or_learns_its_address(client: Client, address: str) -> None:
    for path in (address, f"{address}cancel/"):
        page = client.get(path)
        assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "strict-origin")


def test_looking_changes_nothing(client: Client, address: str) -> None:
    before = list(Booking.objects.values())
    client.get(address)
    client.get(f"{address}cancel/")
    client.head(f"{address}cancel/")
    assert list(Booking.objects.values()) == before


def test_cancelling_is_one_press_with_a_reason(client: Client, address: str) -> None:
    page = client.post(f"{address}cancel/", {"reason": "I am\nill"}, follow=True)
    assert texts(page, "//h1") == ["Your appointment is cancelled"]
    [(words, again)] = links(page, "//div[@class='steps']//a")
    assert (words, again.partition("&prefill=")[0]) == (
        "Book again",
        "/book/massage/?staff=anna-winter&zone=Europe%2FBerlin",
    )
    change = Booking.objects.get().changes.latest("id")
    assert (change.kind, change.source, change.reason) == ("cancelled", "client", "I am ill")


def test_cancelling_twice_is_cancelling_once(client: Client, address: str) -> None:
    for _ in range(2):
        client.post(f"{address}cancel/")
    assert Booking.objects.get().changes.filter(kind="cancelled").count() == 1


def test_inside_the_window_the_page_gives_the_phone_and_cancels_nothing(
    client: Client, address: str, clock: time_machine.Traveller
) -> None:
    clock.move_to("2026-12-08T09:00:00Z")
    page = client.get(address)
    assert texts(page, "//main/p")[1:] == ["To change or cancel, please call 030 1234567."]
    assert links(page, "//main/div[@class='steps']//a") == [("Print slip", f"{address}slip/")]
    client.post(f"{address}cancel/")
    assert (client.get(f"{address}cancel/")["Location"], Booking.objects.get().status) == (address, "confirmed")


def test_the_window_is_the_services(client: Client, address: str, clock: time_machine.Traveller) -> None:
    Service.objects.update(cancel_minutes=60)
    clock.move_to("2026-12-09T07:59:00Z")
    client.post(f"{address}cancel/")
    assert Booking.objects.get().status == "cancelled"


@pytest.mark.parametrize(
    ("contact", "due", "words"),
    [
        ({"email": "clara@example.org"}, {}, "We will e-mail you by Mon 22:00."),
        ({"email": "", "phone": "030 7654321"}, {}, "We will call you by Mon 22:00."),
        ({"email": "clara@example.org"}, {"approval_due_at": "2026-11-30T17:00Z"}, "We will e-mail you by Mon 18:00."),
        (
            {"email": "clara@example.org"},
            {"address_due_at": "2026-11-30T08:30Z"},
            "One step is missing: open the e-mail we have just sent to c…@….org. Without it the time is released at "
            "09:30.",
        ),
    ],
)
def test_a_pending_appointment_is_not_called_booked(
    client: Client, massage: Service, contact: dict[str, str], due: dict[str, str], words: str
) -> None:
    page_address = booked(client, **contact)
    Booking.objects.update(status="pending", calendar_unread_since=timezone.now(), **due)
    page = client.get(page_address)
    assert texts(page, "//h1") == ["Your request has arrived."]
    assert texts(page, "//p[@role='status']") == [f"It is not confirmed yet. {words}"]


def test_a_client_without_e_mail_is_asked_to_note_it_down(client: Client, massage: Service) -> None:
    page = client.get(booked(client, email="", phone="0170 1234567"))
    assert texts(page, "//p[@class='notice']") == [
        "Please note this down. We will call 0170 1234567 if anything changes."
    ]


def test_an_unknown_link_is_not_found(client: Client, address: str) -> None:
    token = address.split("/")[2]
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    assert [client.get(f"/booking/{one}/").status_code for one in ("x", forged)] == [404, 404]


def test_a_link_that_was_replaced_is_not_found(client: Client, address: str) -> None:
    Seat.objects.get().renew_link()
    assert client.get(address).status_code == 404


def test_a_link_that_does_not_work_says_where_the_right_one_is(client: Client, address: str) -> None:
    Seat.objects.get().renew_link()
    replaced, mistyped = (texts(client.get(one), "//main") for one in (address, "/booking/x/"))
    assert (
        replaced
        == mistyped
        == [
            "This link does not work It may be incomplete, or a newer link replaced it. "
            "Open the link in the latest e-mail about your appointment."
        ]
    )


def test_a_month_after_the_appointment_the_link_has_expired(
    client: Client, address: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(Booking.objects.get().end + timedelta(days=30))
    page = client.get(address)
    assert (page.status_code, texts(page, "//h1")) == (410, ["This link has expired"])


def test_after_the_appointment_it_can_be_booked_again(
    client: Client, address: str, clock: time_machine.Traveller
) -> None:
    clock.move_to(Booking.objects.get().end)
    page = client.get(address)
    assert (texts(page, "//h1"), texts(page, "//div[@class='steps']//a")) == (["Your appointment"], ["Book again"])


def test_the_page_is_in_german_for_a_german_browser(client: Client, address: str) -> None:
    page = client.get(address, headers={"accept-language": "de"})
    assert texts(page, "//h1") == ["Ihr Termin ist gebucht"]
    assert texts(page, "//dl//dd")[1] == "Mittwoch, 9. Dezember 2026, 10:00–11:00 Uhr (Ortszeit Berlin)"


def test_a_service_that_is_off_leads_back_to_what_can_be_booked(client: Client, address: str) -> None:
    client.post(f"{address}cancel/")
    Service.objects.update(visibility="off")
    [(words, again)] = links(client.get(address), "//div[@class='steps']//a")
    assert (words, again.partition("?prefill=")[0]) == ("Book again", "/book/")


def test_an_edited_form_cancels_nothing_inside_the_window(
    client: Client, address: str, clock: time_machine.Traveller
) -> None:
    clock.move_to("2026-12-08T09:00:00Z")
    page = client.post(f"{address}cancel/", {"reason": "Ill", "anyway": "yes", "now": "2026-11-30"}, follow=True)
    assert texts(page, "//main/p")[1:] == ["To change or cancel, please call 030 1234567."]
    assert list(Booking.objects.get().changes.values_list("kind", flat=True)) == ["made"]


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Your appointment could not be confirmed"), ("de", "Ihr Termin konnte nicht bestätigt werden")],
)
def test_a_refused_request_is_not_called_cancelled(client: Client, massage: Service, language: str, title: str) -> None:
    address = booked(client)
    booking = Booking.objects.get()
    booking.status, booking.approval_due_at = "pending", NOW
    booking.save()
    actions.refuse(booking, now=NOW)
    assert texts(client.get(f"{address}?lang={language}"), "//h1") == [title]
