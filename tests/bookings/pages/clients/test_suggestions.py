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
