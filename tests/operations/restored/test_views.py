"""The pages below /restored/: who may see them, forged addresses, and a button that is pressed twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking
from connections.models import Event
from practice.models import Restore
from tests.factories import EventFactory, LinkedEventFactory, OccurrenceFactory, UserFactory

pytestmark = pytest.mark.django_db
PAGES = ["/restored/", "/restored/events/987654/"]
BUTTONS = ["messages/", "without/", "again/", "finish/", "events/987654/", "events/987654/not-a-booking/"]


@pytest.fixture
def restore() -> Restore:
    now = timezone.now()
    return Restore.objects.create(made_at=now - timedelta(hours=12), restored_at=now, audited_at=now)


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(UserFactory.create(role="owner"))
    return client


def later_event(uid: str) -> Event:
    event = EventFactory.create(own_mark="-", uid=uid, summary="Dora Later")
    start = timezone.now().replace(microsecond=0) + timedelta(days=3)
    OccurrenceFactory.create(event=event, calendar=event.calendar, start=start, end=start + timedelta(hours=1))
    return event


@pytest.mark.parametrize("role", ["staff", "front_desk", ""])
def test_only_owners_may(client: Client, restore: Restore, role: str) -> None:
    client.force_login(UserFactory.create(role=role))
    answers = [client.get(path) for path in PAGES] + [client.post(f"/restored/{path}") for path in BUTTONS]
    restore.refresh_from_db()
    assert {answer.status_code for answer in answers} == {403}
    assert (restore.finished_at, restore.unread_connections, restore.not_bookings) == (None, [], [])


@pytest.mark.parametrize("path", ["events/987654/", "events/987654/not-a-booking/", "events/A/"])
def test_a_forged_address_is_not_found(owner: Client, restore: Restore, path: str) -> None:
    assert owner.post(f"/restored/{path}").status_code == 404


def test_finishing_twice_is_finishing_once(owner: Client, restore: Restore) -> None:
    first = owner.post("/restored/finish/", follow=True)
    restore.refresh_from_db()
    finished = restore.finished_at
    second = owner.post("/restored/finish/", follow=True)
    restore.refresh_from_db()
    assert (first.status_code, second.status_code, second.redirect_chain) == (200, 200, [("/restored/", 302)])
    assert (restore.finished_at, finished is None) == (finished, False)


@pytest.mark.parametrize("button", ["messages/", "without/", "again/"])
def test_a_button_of_a_restore_that_is_finished_leads_back(owner: Client, restore: Restore, button: str) -> None:
    owner.post("/restored/finish/")
    before = Restore.objects.values().get()
    assert owner.post(f"/restored/{button}", follow=True).redirect_chain == [("/restored/", 302)]
    assert Restore.objects.values().get() == before


def test_an_event_that_was_decided_about_leads_back(owner: Client, restore: Restore) -> None:
    key = later_event("LATER").pk
    path = reverse("restored:not_a_booking", args=[key])
    answers = [owner.post(path, follow=True) for _ in range(2)] + [owner.get(f"/restored/events/{key}/", follow=True)]
    assert [answer.redirect_chain for answer in answers] == [[("/restored/", 302)]] * 3
    assert Booking.objects.count() == 0


@pytest.mark.parametrize("uid", ["A\nB", "A/B", "../../team", "a?b#c", "ä %", ".", "A/not-a-booking"])
def test_any_uid_can_be_decided_about(owner: Client, restore: Restore, uid: str) -> None:
    key = later_event(uid).pk
    assert owner.get("/restored/").status_code == 200
    assert owner.get(reverse("restored:book", args=[key])).status_code == 200
    assert owner.post(reverse("restored:not_a_booking", args=[key])).status_code == 302
    restore.refresh_from_db()
    assert restore.not_bookings == [uid]


def test_an_event_of_somebody_else_is_not_found(owner: Client, restore: Restore) -> None:
    foreign = EventFactory.create(own_mark="", uid="FOREIGN")
    assert owner.get(f"/restored/events/{foreign.pk}/").status_code == 404


def test_an_event_that_was_made_a_booking_leads_back(owner: Client, restore: Restore) -> None:
    event = later_event("LATER")
    LinkedEventFactory.create(uid=event.uid)
    answer = owner.post(f"/restored/events/{event.pk}/", follow=True)
    assert (answer.redirect_chain, Booking.objects.count()) == ([("/restored/", 302)], 1)
