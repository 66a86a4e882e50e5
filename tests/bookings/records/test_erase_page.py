"""The owner erases a client on their page."""

from __future__ import annotations

import pytest
from django.test import Client as Browser

from bookings.models import Client
from practice.models import Activity, User
from tests.factories import NOW, BookingFactory, ClientFactory, LinkedEventFactory, ServiceFactory, UserFactory
from tests.pages import find, texts
from tests.signed_in import sign_in_just_now

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


@pytest.fixture
def owner(client: Browser) -> Browser:
    sign_in_just_now(client, UserFactory.create(username="ida", role=User.Role.OWNER))
    return client


@pytest.fixture
def clara() -> Client:
    clara = ClientFactory.create(name="Clara Winter")
    staff = UserFactory.create(first_name="Mara", last_name="Winter")
    booking = BookingFactory.create(client=clara, staff=staff, service=ServiceFactory.create(name="Massage"))
    LinkedEventFactory.create(booking=booking, pushed=True, calendar__connection__user=staff)
    return clara


def test_it_is_asked_first_and_names_what_is_to_come(owner: Browser, clara: Client) -> None:
    page = owner.get(f"/clients/{clara.pk}/erase/")
    clara.refresh_from_db()
    assert (texts(page, "//*[@id='upcoming']/li"), clara.erased_at) == (["Tue 1 Dec 2026, 10:00–11:00 · Massage"], None)


def test_the_owner_erases_and_sees_what_is_still_to_be_done(owner: Browser, clara: Client) -> None:
    page = owner.post(f"/clients/{clara.pk}/erase/", follow=True)
    assert texts(page, "//h1") == [f"Erased client {clara.pk}"]
    assert texts(page, "//*[@id='waiting']//p") == ["1 event still has to lose the name."]
    assert (find(page, "//main//input"), find(page, "//a[@id='erase']")) == ([], [])
    assert Activity.objects.get(kind="erased").actor == User.objects.get(username="ida")
    assert texts(owner.get("/clients/"), "//tbody/tr") == []


def test_what_cannot_be_reached_is_named_to_the_owner_until_it_is_done(owner: Browser, clara: Client) -> None:
    placement = clara.seats.get().booking.linked_events.get()
    assert placement.calendar is not None
    placement.calendar.connection.delete()
    owner.post(f"/clients/{clara.pk}/erase/")
    sentence = "1 event in Mara Winter’s disconnected account still carries the name."
    assert texts(owner.get("/clients/"), "//*[@id='unreached']//p")[1:] == [sentence]
    assert texts(owner.get(f"/clients/{clara.pk}/"), "//*[@id='waiting']//p")[1:] == [sentence]
    assert owner.post(f"/clients/{clara.pk}/seen-to/").status_code == 302
    assert find(owner.get(f"/clients/{clara.pk}/"), "//*[@id='waiting']") == []
    assert find(owner.get("/clients/"), "//*[@id='unreached']") == []


def test_an_erased_client_is_not_edited(owner: Browser, clara: Client) -> None:
    owner.post(f"/clients/{clara.pk}/erase/")
    owner.post(f"/clients/{clara.pk}/", {"name": "Clara again"})
    clara.refresh_from_db()
    assert clara.name == f"Erased client {clara.pk}"
    page = owner.post(f"/clients/{clara.pk}/export/", follow=True)
    assert texts(page, "//div[@id='messages']") == ["This client has been erased."]


def test_an_erased_client_is_neither_suggested_nor_filled_in(owner: Browser, clara: Client) -> None:
    owner.post(f"/clients/{clara.pk}/erase/")
    assert owner.get("/clients/suggestions/", {"name": "erased"}).content.strip() == b""
    assert owner.get(f"/clients/{clara.pk}/fields/").status_code == 404
    ServiceFactory.create(staff=[User.objects.get(username="ida")])
    [name] = find(owner.get("/bookings/new/", {"client": clara.pk}), "//input[@name='name']")
    assert name.get("value") is None
