"""A person gives a service in hours of their own."""

from __future__ import annotations

from datetime import time

import pytest
from django.test import Client

from bookings.models import Service, ServiceHours, write_service_hours
from practice.models import User
from tests.factories import NOW, ServiceFactory, UserFactory, office_hours
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/calendars/settings/services/"
PAGE = f"{URL}massage/hours/"
Row = tuple[int, str, str]


@pytest.fixture
def mara(client: Client) -> User:
    """Mara, who works from nine to five, signed in."""
    mara: User = UserFactory.create(username="mara", first_name="Mara")
    office_hours(mara)
    client.force_login(mara)
    return mara


@pytest.fixture
def massage(mara: User) -> Service:
    service: Service = ServiceFactory.create(slug="massage", name="Massage", staff=[mara, UserFactory.create()])
    return service


def typed(*periods: Row, **buttons: str) -> dict[str, object]:
    data: dict[str, object] = {"form-TOTAL_FORMS": len(periods), "form-INITIAL_FORMS": 0, **buttons}
    for number, (weekday, start, end) in enumerate(periods):
        data |= {f"form-{number}-weekday": weekday, f"form-{number}-start": start, f"form-{number}-end": end}
    return data


def stored(user: User) -> list[tuple[int, time, time]]:
    return list(ServiceHours.objects.filter(user=user).values_list("weekday", "start", "end"))


def shown(client: Client, data: dict[str, object] | None = None) -> list[tuple[str, str]]:
    """From when to when, as the fields of the page have it."""
    page = client.post(PAGE, data) if data else client.get(PAGE)
    of = (find(page, f"//input[@type='time' and contains(@name, '{end}')]") for end in ("start", "end"))
    return [(start.get("value"), end.get("value")) for start, end in zip(*of, strict=True)]


def test_hours_of_a_service_are_saved_for_the_person_alone(client: Client, mara: User, massage: Service) -> None:
    page = client.post(PAGE, typed((1, "14:00", "18:00"), (3, "14:00", "18:00")), follow=True)
    assert texts(page, "//*[@id='messages']/div") == ["Your hours for “Massage” are saved."]
    assert stored(mara) == [(1, time(14), time(18)), (3, time(14), time(18))]
    assert ServiceHours.objects.exclude(user=mara).exists() is False
    assert shown(client) == [("14:00", "18:00"), ("14:00", "18:00")]


def test_saving_no_hours_gives_the_service_whenever_one_works(client: Client, mara: User, massage: Service) -> None:
    write_service_hours(massage, mara, [(1, (time(14), time(18)))])
    page = client.post(PAGE, typed(), follow=True)
    assert texts(page, "//*[@id='messages']/div") == ["You give “Massage” whenever you work."]
    assert stored(mara) == []


def test_a_day_says_what_no_hours_on_it_mean(client: Client, mara: User, massage: Service) -> None:
    days = "//*[@class='day__periods']/p"
    assert texts(client.get(PAGE), days) == ["Whenever you work"] * 7
    write_service_hours(massage, mara, [(1, (time(14), time(18)))])
    assert texts(client.get(PAGE), days) == ["Not on this day"] * 6


def test_periods_are_added_removed_and_copied_without_saving(client: Client, mara: User, massage: Service) -> None:
    row = (1, "14:00", "18:00")
    assert shown(client, typed(row, add="3")) == [("14:00", "18:00"), (None, None)]
    assert shown(client, typed(row, (3, "9:00", "10:00"), remove="form-0")) == [("9:00", "10:00")]
    assert shown(client, typed(row, copy="1") | {"copy-1": ["3"]}) == [("14:00", "18:00")] * 2
    assert stored(mara) == []


def test_periods_that_overlap_are_refused_at_their_field(client: Client, mara: User, massage: Service) -> None:
    page = client.post(PAGE, typed((1, "14:00", "18:00"), (1, "15:00", "16:00")))
    assert texts(page, "//*[@class='field__error']/li") == ["This overlaps 14:00–18:00."]
    assert stored(mara) == []


def test_the_hours_of_a_service_that_one_is_not_assigned_to_are_not_found(client: Client, mara: User) -> None:
    ServiceFactory.create(slug="massage", staff=[UserFactory.create()])
    assert [client.get(PAGE).status_code, client.post(PAGE, typed()).status_code] == [404, 404]


def test_owners_read_the_hours_of_everybody_on_the_page_of_the_service(
    client: Client, mara: User, massage: Service
) -> None:
    client.force_login(UserFactory.create(role="owner"))
    own = "//*[@id='own-hours']/p"
    assert texts(client.get(f"{URL}massage/"), own) == []
    write_service_hours(massage, mara, [(1, (time(14), time(18)))])
    assert texts(client.get(f"{URL}massage/"), own) == ["Mara gives Massage on Tuesdays 14:00–18:00 only."]


def test_the_hours_are_reached_from_the_list_and_from_the_page_of_the_service(
    client: Client, mara: User, massage: Service
) -> None:
    path = f"//main//a[@href='{PAGE}']"
    assert texts(client.get(f"{URL}massage/"), path) == ["Your hours"]
    UserFactory.create(role="owner")
    assert texts(client.get(URL), path) == ["Your hours: Massage"]
