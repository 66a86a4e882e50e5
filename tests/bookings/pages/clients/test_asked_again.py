"""Before what cannot be taken back with the data of clients, the owner is asked again who they are."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bookings.models import Client as Person
from tests.factories import NOW, PASSWORD, ClientFactory, UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


@pytest.fixture
def clara(client: Client) -> Person:
    """Clara. The owner signed in long ago."""
    client.force_login(UserFactory.create(role="owner"))
    clara: Person = ClientFactory.create(name="Clara Winter")
    return clara


def confirm(client: Client, page: str, password: str = PASSWORD) -> Any:
    """Type the password where it is asked for."""
    return client.post("/account/confirm/", {"password": password, "next": page})


@pytest.mark.parametrize("step", ["export", "erase"])
def test_the_password_is_asked_for_and_nothing_is_done_without_it(client: Client, clara: Person, step: str) -> None:
    page = f"/clients/{clara.pk}/{step}/"
    asked = client.post(page)
    assert asked.headers["Location"] == f"/account/confirm/?next=%2Fclients%2F{clara.pk}%2F{step}%2F"
    assert confirm(client, page, "wrong").status_code == 200
    assert Person.objects.filter(erased_at=None).count() == 1


def test_after_the_password_nothing_is_asked_for_a_while(client: Client, clara: Person) -> None:
    client.post(f"/clients/{clara.pk}/export/")
    confirm(client, f"/clients/{clara.pk}/export/")
    assert client.post(f"/clients/{clara.pk}/export/").headers["Content-Type"] == "application/zip"
    assert client.get(f"/clients/{clara.pk}/erase/").status_code == 200


def test_an_export_is_downloaded_as_soon_as_the_password_is_right(client: Client, clara: Person) -> None:
    page = f"/clients/{clara.pk}/export/"
    client.post(page)
    answer = confirm(client, page)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")


def test_the_page_that_asks_whether_to_erase_asks_for_the_password_first(client: Client, clara: Person) -> None:
    page = f"/clients/{clara.pk}/erase/"
    assert client.get(page).headers["Location"] == f"/account/confirm/?next=%2Fclients%2F{clara.pk}%2Ferase%2F"
    assert confirm(client, page).headers["Location"] == page
    assert client.post(page).headers["Location"] == f"/clients/{clara.pk}/"
    clara.refresh_from_db()
    assert clara.erased_at == NOW
