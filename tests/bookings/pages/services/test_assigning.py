"""Services belong to the practice: owners assign people, and each says whether they offer them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from bookings.models import Service
from practice.models import User
from tests.factories import NOW, BookingFactory, ServiceFactory, UserFactory
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/calendars/settings/services/"
FORM = {"name": "Massage", "minutes": 60, "notice_minutes": 60, "horizon_days": 60, "visibility": "staff"}
FORM |= {"location_kind": "place", "cancel_minutes": 1440, "reschedule_minutes": 1440}


@pytest.fixture
def owner(client: Client) -> Client:
    """Olga, who owns the practice, signed in."""
    client.force_login(UserFactory.create(username="olga", first_name="Olga", role="owner"))
    return client


@pytest.fixture
def mara(db: None) -> User:
    return UserFactory.create(username="mara", first_name="Mara")


def offered(service: Service) -> tuple[list[str], list[str]]:
    """Who offers it, and who is assigned and does not."""
    return tuple(sorted(one.values_list("username", flat=True)) for one in (service.staff, service.declined_by))  # type: ignore[return-value]


def test_an_owner_assigns_people_to_a_new_service(owner: Client, mara: User) -> None:
    UserFactory.create(role="front_desk")
    page = owner.get(f"{URL}new/")
    assert texts(page, "//*[@id='id_people']//label") == ["Mara", "Olga"]
    assert [box.get("checked") for box in find(page, "//input[@name='people']")] == [None, "checked"]
    owner.post(f"{URL}new/", FORM | {"people_asked": "on", "people": [mara.pk]})
    assert offered(Service.objects.get()) == (["mara"], [])


def test_a_service_that_asks_for_nobody_is_offered_by_its_maker(owner: Client) -> None:
    owner.post(f"{URL}new/", FORM)
    assert offered(Service.objects.get()) == (["olga"], [])


def test_an_owner_edits_the_service_of_anybody_and_is_not_asked_whether_that_is_meant(
    owner: Client, mara: User
) -> None:
    service = ServiceFactory.create(slug="massage", staff=[mara, UserFactory.create()])
    page = owner.get(f"{URL}massage/")
    assert find(page, "//input[@name='for_others']") == []
    owner.post(f"{URL}massage/", FORM | {"name": "Rest", "people_asked": "on", "people": [mara.pk]})
    service.refresh_from_db()
    assert (service.name, offered(service)) == ("Rest", (["mara"], []))


def test_staff_see_what_they_offer_and_change_nothing(owner: Client, client: Client, mara: User) -> None:
    ServiceFactory.create(name="Massage", slug="massage", staff=[mara])
    ServiceFactory.create(name="Advice", staff=[UserFactory.create()])
    client.force_login(mara)
    page = client.get(URL)
    assert texts(page, "//tbody//th") == ["Massage"]
    assert find(page, "//main//a[contains(@href, 'massage/')][not(contains(@href, 'hours/'))]") == []
    answers = [client.get(f"{URL}massage/"), client.post(f"{URL}massage/", FORM), client.get(f"{URL}new/")]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_somebody_stops_offering_a_service_and_offers_it_again(owner: Client, client: Client, mara: User) -> None:
    service = ServiceFactory.create(name="Massage", slug="massage", staff=[mara])
    booking = BookingFactory.create(staff=mara, service=service)
    client.force_login(mara)
    page = client.post(f"{URL}massage/offer/", {"offers": "no"}, follow=True)
    assert texts(page, "//*[@id='messages']/div") == ["You do not offer “Massage” now. What is booked stays."]
    booking.refresh_from_db()
    assert (offered(service), booking.status) == (([], ["mara"]), "confirmed")
    assert texts(page, "//tbody//button") == ["Offer it: Massage"]
    client.post(f"{URL}massage/offer/", {"offers": "yes"})
    assert offered(service) == (["mara"], [])


def test_an_owner_does_not_make_somebody_offer_what_they_declined(owner: Client, mara: User) -> None:
    service = ServiceFactory.create(slug="massage", staff=[mara])
    service.offer(mara, offers=False)
    form: dict[str, Any] = FORM | {"people_asked": "on"}
    owner.post(f"{URL}massage/", form | {"people": [mara.pk]})
    assert offered(service) == ([], ["mara"])
    owner.post(f"{URL}massage/", form)
    assert offered(service) == ([], [])
