"""What an owner says about “First available” in the form of a service."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bookings.models import Service
from practice.models import User
from tests.factories import NOW, ServiceFactory, UserFactory
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/calendars/settings/services/"
FORM = {"name": "Massage", "minutes": 60, "notice_minutes": 60, "horizon_days": 60, "visibility": "staff"}
FORM |= {"location_kind": "place", "cancel_minutes": 1440, "reschedule_minutes": 1440, "people_asked": "on"}


@pytest.fixture
def olga(client: Client) -> User:
    """Olga, who owns the practice, signed in."""
    user = UserFactory.create(username="olga", first_name="Olga", role="owner")
    client.force_login(user)
    return user


@pytest.fixture
def mara(db: None) -> User:
    return UserFactory.create(username="mara", first_name="Mara")


def weight_fields(page: Any) -> list[tuple[str, str]]:
    """Whose weight is asked for, with what stands in the field."""
    return [
        (texts(page, f"//label[@for='{field.get('id')}']")[0], field.get("value"))
        for field in find(page, "//input[starts-with(@name, 'weight_')]")
    ]


def test_an_owner_says_who_gets_how_much_and_whether_the_previous_person_comes_first(
    client: Client, olga: User, mara: User
) -> None:
    service = ServiceFactory.create(slug="massage", staff=[olga, mara])
    assert weight_fields(client.get(f"{URL}massage/")) == [("Mara", "1"), ("Olga", "1")]
    weights = {f"weight_{mara.pk}": 3, f"weight_{olga.pk}": 2}
    form = FORM | weights | {"people": [olga.pk, mara.pk], "previous_person_first": "on"}
    assert client.post(f"{URL}massage/", form).status_code == 302
    service.refresh_from_db()
    assert (service.weights(), service.previous_person_first) == ({mara.pk: 3, olga.pk: 2}, True)
    page = client.get(f"{URL}massage/")
    assert weight_fields(page) == [("Mara", "3"), ("Olga", "2")]
    assert find(page, "//input[@name='previous_person_first']")[0].get("checked") == "checked"


def test_the_weight_of_somebody_who_declined_is_kept_too(client: Client, olga: User, mara: User) -> None:
    service = ServiceFactory.create(slug="massage", staff=[olga, mara])
    service.offer(mara, offers=False)
    client.post(f"{URL}massage/", FORM | {"people": [olga.pk, mara.pk], f"weight_{mara.pk}": 4})
    assert service.weights() == {mara.pk: 4, olga.pk: 1}


def test_a_new_service_has_the_weights_that_it_was_made_with(client: Client, olga: User, mara: User) -> None:
    client.post(f"{URL}new/", FORM | {"people": [olga.pk, mara.pk], f"weight_{mara.pk}": 5})
    assert Service.objects.get().weights() == {mara.pk: 5, olga.pk: 1}


@pytest.mark.parametrize(
    ("weight", "sentence"),
    [
        ("", "Enter a number."),
        ("half", "Enter a whole number."),
        ("0", "Enter at least 1."),
        ("101", "Enter at most 100."),
    ],
)
def test_a_weight_that_is_none_is_refused_at_its_field(
    client: Client, olga: User, mara: User, weight: str, sentence: str
) -> None:
    service = ServiceFactory.create(slug="massage", staff=[olga, mara])
    page = client.post(f"{URL}massage/", FORM | {"people": [olga.pk, mara.pk], f"weight_{mara.pk}": weight})
    assert texts(page, "//ul[@class='field__error']/li") == [sentence]
    assert find(page, "//details[@open]")[0].get("class") == "rules"
    assert service.weights() == {mara.pk: 1, olga.pk: 1}


def test_who_works_alone_is_asked_nothing_of_it(client: Client, olga: User) -> None:
    ServiceFactory.create(slug="massage", staff=[olga])
    page = client.get(f"{URL}massage/")
    assert (weight_fields(page), find(page, "//input[@name='previous_person_first']")) == ([], [])
