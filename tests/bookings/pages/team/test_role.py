"""Giving somebody another role on the page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from availability.models import WorkingHours
from bookings.models import Service
from connections.models import CalendarConfiguration
from practice.models import User
from tests.factories import NOW, BookingFactory, ServiceFactory, UserFactory
from tests.pages import texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


def give(client: Client, person: User, role: str) -> list[str]:
    """Save another role; what the next page says."""
    answer = client.post(f"/team/{person.pk}/role/", {"role": role}, follow=True)
    return texts(answer, "//*[@id='messages']//p | //*[@role='alert']//p")


def test_another_role_counts_at_once(client: Client, olga: User) -> None:
    ben = UserFactory.create(username="ben", first_name="Ben")
    assert give(client, ben, "owner") == ["Ben: Owner from now on."]
    desk = Client()
    desk.force_login(ben)
    assert desk.get("/team/").status_code == 200
    assert give(client, ben, "front_desk") == ["Ben: Front desk from now on."]
    assert desk.get("/team/").status_code == 403


def test_who_can_be_booked_from_now_on_gets_what_that_needs(client: Client, olga: User) -> None:
    fred = UserFactory.create(role="front_desk", configuration=None)
    give(client, fred, "staff")
    give(client, fred, "owner")
    assert CalendarConfiguration.objects.filter(user=fred).count() == 1
    assert WorkingHours.objects.filter(user=fred).count() == 5


def test_who_cannot_be_booked_any_more_offers_nothing(client: Client, olga: User) -> None:
    mara = UserFactory.create(first_name="Mara")
    offered, declined = ServiceFactory.create(name="Massage", staff=[mara, olga]), ServiceFactory.create()
    declined.declined_by.add(mara)
    BookingFactory.create(staff=mara, service=offered)
    BookingFactory.create(staff=mara, service=offered, start=NOW - timedelta(days=3))
    warning = texts(client.get(f"/team/{mara.pk}/role/"), "//form//div/p")
    assert warning == [
        "At the front desk nobody can be booked:",
        "Mara is taken off these services: Massage.",
        "1 upcoming booking stands. Move or cancel it under Bookings.",
    ]
    give(client, mara, "front_desk")
    assert [list(one.staff.all()) for one in Service.objects.order_by("pk")] == [[olga], []]
    assert declined.declined_by.count() == 0


def test_the_only_owner_stays_one(client: Client, olga: User) -> None:
    sentence = "Olga Winter is the only owner of the practice. Make somebody else an owner first."
    assert give(client, olga, "staff") == [sentence]
    assert User.objects.get().role == "owner"


def test_an_owner_who_steps_back_is_led_to_a_page_of_theirs(client: Client, olga: User) -> None:
    UserFactory.create(role="owner")
    answer = client.post(f"/team/{olga.pk}/role/", {"role": "staff"})
    assert answer.headers["Location"] == "/calendars/"


def test_nothing_chosen_is_said(client: Client, olga: User) -> None:
    zoe = UserFactory.create(role="", configuration=None)
    answer = client.post(f"/team/{zoe.pk}/role/", {})
    assert texts(answer, "//*[@class='field__error']/li") == ["This field is required."]


def test_whoever_signed_in_long_ago_is_asked_again(client: Client, olga: User, time_machine: object) -> None:
    ben = UserFactory.create()
    time_machine.move_to(NOW + timedelta(minutes=10), tick=False)  # type: ignore[attr-defined]
    answer = client.post(f"/team/{ben.pk}/role/", {"role": "owner"})
    assert answer.headers["Location"].startswith("/account/confirm/?next=")
    assert User.objects.get(pk=ben.pk).role == "staff"


def test_nobody_is_not_found(client: Client, olga: User) -> None:
    assert client.get("/team/4711/role/").status_code == 404
