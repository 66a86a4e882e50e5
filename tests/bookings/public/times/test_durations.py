"""A service with several durations: clients choose one, and it is held, booked and moved as long as that."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from bookings.models import Booking, Hold, Service
from tests.bookings.public.steps import TEN, buttons, hold, sent_fields, typed
from tests.pages import find, links, texts

pytestmark = pytest.mark.django_db


@pytest.fixture
def several(massage: Service) -> Service:
    """An hour with Anna, or half of one, or one and a half."""
    Service.objects.update(other_minutes=[90, 30])
    return Service.objects.get()


def minutes(booking: Booking | Hold) -> int:
    return (booking.end - booking.start) // timedelta(minutes=1)


def test_the_durations_are_named_and_one_is_chosen(client: Client, several: Service) -> None:
    assert texts(client.get("/book/"), "//span[@class='choice__facts']") == ["30, 60 or 90 minutes"]
    page = client.get("/book/massage/?lang=en&minutes=90&zone=Europe/Berlin")
    assert texts(page, "//details[1]/summary") == ["Duration: 90 minutes Change"]
    zone = "zone=Europe%2FBerlin&lang=en"
    assert links(page, "//details[1]//a") == [
        (f"{one} minutes", f"/book/massage/?minutes={one}&{zone}") for one in (30, 60, 90)
    ]
    assert texts(page, "//a[@aria-current]") == ["90 minutes"]
    assert find(page, "//form[@id='form']//input[@name='minutes']/@value") == ["90"]


@pytest.mark.parametrize("asked", ["", "45", "x", "9" * 50])
def test_a_duration_that_the_service_has_not_is_the_usual_one(client: Client, several: Service, asked: str) -> None:
    page = client.get("/book/massage/", {"minutes": asked})
    assert texts(page, "//details[1]/summary") == ["Duration: 60 minutes Change"]


def test_longer_ones_start_no_later_than_they_fit(client: Client, several: Service) -> None:
    last = {one: buttons(client.get(f"/book/massage/?day=2026-12-01&minutes={one}"))[-1] for one in (30, 60, 90)}
    assert last == {30: "16:00", 60: "16:00", 90: "15:00"}


def test_the_duration_is_held_and_booked(client: Client, several: Service) -> None:
    address = hold(client, minutes="90")["Location"]
    page = client.get(address)
    assert (minutes(Hold.objects.get()), sent_fields(page)["minutes"]) == (90, "90")
    assert texts(page, "//dd")[1] == "Tuesday 1 December 2026, 10:00–11:30 (Berlin time)"
    client.post(address, typed())
    assert (minutes(Booking.objects.get()), Service.objects.get().minutes) == (90, 60)


def test_another_duration_of_the_same_time_is_another_hold(client: Client, several: Service) -> None:
    visitor = "v" * 22
    hold(client, visitor=visitor, minutes="90")
    hold(client, visitor=visitor, minutes="30")
    assert minutes(Hold.objects.get(claim__isnull=False)) == 30


def test_a_time_that_was_given_back_is_taken_again_as_long_as_it_was(client: Client, several: Service) -> None:
    address = hold(client, minutes="90")["Location"].partition("?")[0]
    client.post(f"{address}release/")
    client.get(address)
    claim = Hold.objects.get().claim
    assert claim is not None
    assert (claim.end - claim.start) == timedelta(minutes=90)


def test_what_was_chosen_counts_though_the_service_changed_meanwhile(client: Client, several: Service) -> None:
    address = hold(client, minutes="90")["Location"]
    Service.objects.update(other_minutes=[])
    client.post(address, typed())
    assert minutes(Booking.objects.get()) == 90


def test_it_stays_as_long_when_the_client_moves_it(client: Client, several: Service) -> None:
    page = str(client.post(hold(client, minutes="90")["Location"], typed())["Location"])
    assert texts(client.get(f"{page}reschedule/"), "//p[@class='facts']") == ["90 minutes"]
    client.post(f"{page}reschedule/", {"start": TEN.replace("T10", "T13")})
    assert minutes(Booking.objects.get()) == 90


@pytest.mark.parametrize(("chosen", "again"), [("90", "&minutes=90"), ("60", "")])
def test_it_is_booked_again_for_as_long(client: Client, several: Service, chosen: str, again: str) -> None:
    page = str(client.post(hold(client, minutes=chosen)["Location"], typed())["Location"])
    client.post(f"{page}cancel/")
    [(_words, address)] = links(client.get(page), "//a[normalize-space()='Book again']")
    assert address.partition("&zone=")[0] == f"/book/massage/?staff=anna-winter{again}"
