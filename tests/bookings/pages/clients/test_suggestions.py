"""Known clients, suggested while somebody types a name into a new booking."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from bookings.models import Client as Person
from practice.models import Practice, User
from tests.factories import NOW, START, BookingFactory, ClientFactory, ServiceFactory
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/clients/suggestions/"


@pytest.fixture
def clara(anna: User) -> Person:
    Practice.objects.create(country="DE")
    clara = ClientFactory.create(name="Clara Öztürk", email="clara@example.org", phone="+493012345", language="de")
    BookingFactory.create(staff=anna, client=clara, service=ServiceFactory.create(staff=[anna]))
    return clara


def suggested(client: Client, typed: str) -> list[str]:
    answer = client.get(URL, {"name": typed})
    return texts(answer, "//button") if answer.content.strip() else []


@pytest.mark.parametrize("typed", ["cl", "ÖZT", "clara@", "030 123", "+49 30 12345"])
def test_a_known_client_is_suggested_by_name_address_and_number(anna_client: Client, clara: Person, typed: str) -> None:
    assert suggested(anna_client, typed) == ["Clara Öztürk, clara@example.org, 030 12345"]


@pytest.mark.parametrize("typed", ["", "c", "berta"])
def test_nobody_is_suggested_for_one_letter_or_another_name(anna_client: Client, clara: Person, typed: str) -> None:
    assert suggested(anna_client, typed) == []


def test_clients_of_colleagues_are_suggested_to_the_owner_only(anna_client: Client, anna: User) -> None:
    theirs = BookingFactory.create(client__name="Kim Vogt", client__email="", client__phone="").client
    address = f"/clients/{theirs.pk}/fields/"
    assert (suggested(anna_client, "kim"), anna_client.get(address).status_code) == ([], 404)
    User.objects.filter(pk=anna.pk).update(role=User.Role.OWNER)
    assert (suggested(anna_client, "kim"), anna_client.get(address).status_code) == (["Kim Vogt"], 200)


def test_a_suggestion_fills_the_fields(anna_client: Client, clara: Person) -> None:
    page = anna_client.get(f"/clients/{clara.pk}/fields/")
    filled = [field.get("value") for field in find(page, "//input")]
    chosen = [option.get("value") for option in find(page, "//option[@selected]")]
    assert (filled, chosen) == (["Clara Öztürk", "clara@example.org", "030 12345"], ["de"])


def test_the_name_asks_for_suggestions(anna_client: Client, clara: Person) -> None:
    [field] = find(anna_client.get("/bookings/new/"), "//input[@name='name']")
    assert (field.get("hx-get"), field.get("hx-target")) == (URL, "#suggestions")


def test_many_clients_cost_as_many_queries_as_one(
    anna_client: Client, anna: User, clara: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        BookingFactory.create(
            staff=anna, client=ClientFactory.create(name=f"Clara {number}"), start=START + timedelta(days=number + 1)
        )
    with django_assert_num_queries(5):
        shown = anna_client.get(URL, {"name": "clara"})
    assert len(texts(shown, "//button")) == 6


# --- from the calendar ---


def found(client: Client, typed: str) -> list[tuple[str, str]]:
    answer = client.get("/clients/find/", {"q": typed})
    if not answer.content.strip():
        return []
    return list(zip(texts(answer, "//a"), map(str, find(answer, "//a/@href")), strict=True))


def test_a_client_is_found_at_their_next_appointment_in_the_calendar(anna_client: Client, clara: Person) -> None:
    booking = clara.seats.get().booking
    BookingFactory.create(staff=booking.staff, client=clara, start=START + timedelta(days=7), service=booking.service)
    assert found(anna_client, "clar") == [
        ("Clara Öztürk Tue 1 Dec 2026, 10:00–11:00", f"/calendars/?view=week&date=2026-12-01#booking-{booking.pk}-1201")
    ]
    shown = anna_client.get("/calendars/?view=week&date=2026-12-01")
    assert len(find(shown, f"//a[@id='booking-{booking.pk}-1201']")) == 1


def test_a_client_without_an_appointment_to_come_is_found_on_their_page(anna_client: Client, clara: Person) -> None:
    clara.seats.get().booking.delete()
    User.objects.filter(username="anna").update(role=User.Role.OWNER)
    assert found(anna_client, "clar") == [("Clara Öztürk No appointment to come", f"/clients/{clara.pk}/")]


def test_in_the_week_of_a_colleague_it_is_theirs(anna_client: Client, anna: User, clara: Person) -> None:
    User.objects.filter(pk=anna.pk).update(role=User.Role.OWNER)
    theirs = BookingFactory.create(client=clara, start=START - timedelta(hours=2))
    [(_words, address)] = found(anna_client, "clar")
    assert address == f"/calendars/?view=week&date=2026-12-01&staff={theirs.staff_id}#booking-{theirs.pk}-1201"


def test_nobody_else_is_found(anna_client: Client, clara: Person) -> None:
    BookingFactory.create(client__name="Clara Vogt")
    assert [words.partition(" Tue")[0] for words, _href in found(anna_client, "clara")] == ["Clara Öztürk"]
    assert found(anna_client, "c") == []


def test_many_who_are_found_cost_as_many_queries_as_one(
    anna_client: Client, anna: User, clara: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(7):
        anna_client.get("/clients/find/", {"q": "clara"})
    for number in range(5):
        start = START + timedelta(days=number + 1)
        BookingFactory.create(staff=anna, client=ClientFactory.create(name=f"Clara {number}"), start=start)
    with django_assert_num_queries(7):
        anna_client.get("/clients/find/", {"q": "clara"})


def test_the_calendar_asks_for_who_is_found_and_its_form_stays(anna_client: Client) -> None:
    page = anna_client.get("/calendars/")
    [field] = find(page, "//input[@name='q']")
    [form] = find(page, "//form[.//input[@name='q']]")
    assert (field.get("hx-get"), field.get("hx-target"), form.get("action")) == (
        "/clients/find/",
        "#found",
        "/clients/",
    )
