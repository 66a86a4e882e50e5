"""A form is filled in from the address, from a token, or with what a client said before; it is never sent by itself."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from bookings.models import Booking, Seat, Service
from bookings.public.prefill import prefill_token
from bookings.records.erase import erase_client
from practice.models import User
from tests.bookings.public.steps import TEN, hold, sent_fields, typed
from tests.factories import NOW, BookingFactory, ClientFactory, QuestionFactory, UserFactory
from tests.pages import find, links
from tests.shell import ask, refusal

pytestmark = pytest.mark.django_db
LATER = "2026-12-02T10:00:00+01:00"


@pytest.fixture
def questions(massage: Service) -> None:
    """A text, options and a private question."""
    QuestionFactory.create(service=massage, key="since", words="Since when?")
    QuestionFactory.create(
        service=massage, key="tried", kind="several", options="rest\nwarmth\ncold", words="What helps?"
    )
    QuestionFactory.create(service=massage, key="illness", words="Which illness?", private=True)


def form_at(client: Client, address: str, start: str = TEN) -> Any:
    """The form with the details, after a time was chosen on the page at this address."""
    page = client.get(address, follow=True)
    [form] = find(page, "//form[@id='form']")
    fields = {one.get("name"): one.get("value") for one in form.xpath(".//input[@type='hidden']")}
    return client.get(hold(client, start, **fields)["Location"])


def filled(page: Any) -> dict[str, Any]:
    """What the form with the details is filled in with, ticks too."""
    ticked = [one.get("value") for one in find(page, "//input[@name='q_tried'][@checked]")]
    texts = {name: sent_fields(page).get(name) for name in ("name", "email", "phone", "q_since", "q_illness")}
    return {name: value for name, value in (texts | {"q_tried": ticked}).items() if value}


@pytest.mark.usefixtures("questions")
def test_an_address_fills_in_each_field_that_it_names(client: Client) -> None:
    query = "?name=Clara+Sommer&email=clara@example.org&q_since=May&q_tried=rest&q_tried=cold&q_illness=Flu&q_other=x"
    page = form_at(client, f"/book/massage/{query}")
    assert filled(page) == {
        "name": "Clara Sommer",
        "email": "clara@example.org",
        "q_since": "May",
        "q_tried": ["rest", "cold"],
    }
    assert Booking.objects.count() == 0


@pytest.mark.parametrize("field", ["name", "email", "phone"])
@pytest.mark.usefixtures("massage")
def test_each_field_can_be_filled_in_alone(client: Client, field: str) -> None:
    assert filled(form_at(client, f"/book/massage/?{field}=Clara")) == {field: "Clara"}


@pytest.mark.parametrize("path", ["/book/", "/book/massage/", "/book/with/anna-winter/"])
@pytest.mark.usefixtures("massage")
def test_no_name_goes_from_page_to_page_in_addresses(client: Client, path: str) -> None:
    answer = client.get(f"{path}?lang=de&name=Clara&q_since=May")
    query = parse_qs(urlsplit(answer["Location"]).query)
    assert (answer.status_code, urlsplit(answer["Location"]).path, sorted(query)) == (302, path, ["lang", "prefill"])
    page = client.get(answer["Location"])
    headers = ("Cache-Control", "X-Robots-Tag", "Referrer-Policy")
    assert [[one[name] for name in headers] for one in (answer, page)] == [["no-store", "noindex", "strict-origin"]] * 2
    assert (b"Clara" in page.content, b"May" in page.content) == (False, False)
    followed = [address for _words, address in links(page, "//main//a") if address.startswith("/book/massage/")]
    assert [one for one in followed if f"prefill={query['prefill'][0]}" not in one] == []


@pytest.mark.usefixtures("massage")
def test_days_and_people_keep_the_token(client: Client, anna: User) -> None:
    Service.objects.get().staff.add(UserFactory.create(first_name="Ben", last_name="Berg"))
    token = prefill_token({"name": "Clara"}, NOW)
    page = client.get(f"/book/massage/?prefill={token}")
    kept = {"prefill": [token]}
    asked = [parse_qs(urlsplit(to).query) for _words, to in links(page, "//main//a[contains(@href, '/book/massage/')]")]
    assert [query for query in asked if {"prefill": query.get("prefill")} != kept] == []


@pytest.mark.usefixtures("massage")
def test_what_the_visitor_typed_counts_more_than_the_address(client: Client) -> None:
    token = prefill_token({"name": "Clara", "email": "clara@example.org"}, NOW)
    page = client.get(hold(client, prefill=token, name="Clara Winter")["Location"])
    assert filled(page) == {"name": "Clara Winter"}


@pytest.mark.parametrize("token", ["", "x", "gAAAA", "\x00", "gAAAAAB" + "x" * 3000])
@pytest.mark.usefixtures("massage")
def test_a_token_that_is_none_fills_in_nothing(client: Client, token: str) -> None:
    page = client.get("/book/massage/", {"prefill": token})
    assert page.status_code == 200
    assert filled(client.get(hold(client, prefill=token)["Location"])) == {}


@pytest.mark.parametrize(("days", "name"), [(89, {"name": "Clara"}), (91, {})])
@pytest.mark.usefixtures("massage")
def test_a_token_counts_for_ninety_days(
    client: Client, clock: time_machine.Traveller, days: int, name: dict[str, str]
) -> None:
    token = prefill_token({"name": "Clara"}, NOW - timedelta(days=days))
    assert filled(client.get(hold(client, prefill=token)["Location"])) == name


def test_a_token_is_never_longer_than_an_address_may_be() -> None:
    short, long = {"name": "Clara"}, {"q_since": "ä" * 900, "q_other": "x" * 900}
    assert len(prefill_token(short | long, NOW)) <= 2000


# --- book again -------------------------------------------------------------------------------------------


def book_first(client: Client) -> tuple[str, Seat]:
    """Clara has had an appointment; the address of her page, and her seat."""
    answers = {"q_since": "May", "q_tried": ["rest", "cold"], "q_illness": "Flu"}
    page = str(client.post(hold(client)["Location"], typed(phone="030 7654321") | answers)["Location"])
    client.post(f"{page}cancel/")
    return page, Seat.objects.get()


def again(client: Client, page: str) -> str:
    [(_words, address)] = links(client.get(page), "//a[normalize-space()='Book again']")
    return str(address)


@pytest.mark.usefixtures("questions")
def test_booking_again_keeps_service_person_and_answers_that_are_not_private(client: Client) -> None:
    page, seat = book_first(client)
    assert seat.answers["illness"] == "Flu"
    address = again(client, page)
    query = parse_qs(urlsplit(address).query)
    assert (urlsplit(address).path, query["staff"]) == ("/book/massage/", ["anna-winter"])
    assert filled(form_at(client, address, LATER)) == {
        "name": "Clara Sommer",
        "email": "clara@example.org",
        "phone": "030 7654321",
        "q_since": "May",
        "q_tried": ["rest", "cold"],
    }


@pytest.mark.usefixtures("questions")
def test_a_link_to_book_again_ends_with_the_link_of_the_client(client: Client) -> None:
    page, seat = book_first(client)
    address = again(client, page)
    seat.renew_link()
    assert filled(form_at(client, address, LATER)) == {}


@pytest.mark.usefixtures("questions")
def test_nothing_of_an_erased_client_is_filled_in(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.ERASED_LOG = tmp_path / "erased.log"
    page, seat = book_first(client)
    address = again(client, page)
    erase_client(seat.client, now=NOW)
    assert filled(form_at(client, address, LATER)) == {}


# --- the command --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("questions")
def test_a_command_prints_a_link_that_names_nobody(client: Client) -> None:
    said = (
        "--name",
        "Clara Sommer",
        "--email",
        "clara@example.org",
        "--answer",
        "tried=rest",
        "--answer",
        "tried=cold",
    )
    answer = ask("booking_link", "--service", "massage", "--staff", "anna-signs-in", *said)
    address = urlsplit(answer.json["link"])
    assert (answer.code, address.path, "Clara" in answer.json["link"]) == (0, "/book/massage/", False)
    assert filled(form_at(client, f"{address.path}?{address.query}")) == {
        "name": "Clara Sommer",
        "email": "clara@example.org",
        "q_tried": ["rest", "cold"],
    }


@pytest.mark.usefixtures("questions")
def test_the_command_refuses_what_would_not_work() -> None:
    private = ask("booking_link", "--service", "massage", "--answer", "illness=Flu")
    Service.objects.update(visibility="staff")
    hidden = ask("booking_link", "--service", "massage")
    assert (private, hidden) == (
        refusal("“Which illness?” is private: it is never filled in beforehand."),
        refusal("Clients cannot book “Massage” online."),
    )


def test_the_link_on_the_page_of_a_client_fills_in_their_form(client: Client, anna: User, massage: Service) -> None:
    clara = ClientFactory.create(name="Clara Sommer", email="clara@example.org", phone="+491701234567", language="en")
    BookingFactory.create(staff=anna, client=clara, service=massage, start=NOW - timedelta(days=7))
    staff = Client()
    staff.force_login(anna)
    page = staff.get(f"/clients/{clara.pk}/", {"link": "massage"})
    [address] = find(page, "//div[@id='client-link']//button/@data-copy")
    form = form_at(client, address.removeprefix(settings.BASE_URL))
    assert filled(form) == {"name": "Clara Sommer", "email": "clara@example.org", "phone": "0170 1234567"}
