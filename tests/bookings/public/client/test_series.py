"""The client's pages of a series: the other appointments, moving all that follow, and the slip."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from bookings.models import Booking, Seat, Series, Service
from practice.models import Practice
from tests.bookings.public.series.steps import WISH, booked_series, chosen, form_fields, other, take
from tests.bookings.public.steps import booked
from tests.factories import NOW
from tests.pages import find, links, texts

pytestmark = pytest.mark.django_db
OTHERS = "//section[@aria-labelledby='others']//li"
THURSDAYS = {"frequency": "weekly", "weekday": "3", "earliest": "14:00", "latest": "14:00", "first": "2026-12-08"}


@pytest.fixture
def physio(massage: Service) -> Service:
    """A service of which clients may book series, a year ahead."""
    Service.objects.update(series_allowed=True, horizon_days=365)
    massage.refresh_from_db()
    return massage


@pytest.fixture
def pages(client: Client, physio: Service) -> list[str]:
    """The pages of four appointments, on Tuesdays at ten."""
    booked_series(client)
    return [seat.link.partition("//")[2].partition("/")[2] for seat in Seat.objects.order_by("booking__start")]


def get(client: Client, page: str, then: str = "", **query: str) -> Any:
    return client.get(f"/{page}{then}", query)


def starts() -> list[str]:
    """When the live appointments are, in UTC."""
    live = Booking.objects.filter(status="confirmed", series__isnull=False).order_by("start")
    return [f"{one.start:%m-%d %H:%M}" for one in live]


def test_each_page_lists_the_other_appointments(client: Client, pages: list[str]) -> None:
    page = get(client, pages[1], lang="de")
    assert texts(page, OTHERS) == [f"Dienstag, {day}. Dezember 2026, 10:00–11:00 Uhr Gebucht" for day in (1, 15, 22)]
    assert [address for _words, address in links(page, f"{OTHERS}/a")] == [
        f"/{one}?lang=de" for one in (pages[0], pages[2], pages[3])
    ]
    assert get(client, pages[0]).status_code == 200


def test_a_single_appointment_has_no_others(client: Client, physio: Service) -> None:
    page = client.get(booked(client))
    assert (texts(page, OTHERS), "Move all that follow" in texts(page, "//main//a")) == ([], False)


def test_what_is_not_certain_or_over_is_said(client: Client, pages: list[str], clock: time_machine.Traveller) -> None:
    last = Booking.objects.filter(start__gt=NOW + timedelta(days=20))
    last.update(status="pending", approval_due_at=NOW + timedelta(days=21))
    client.post(f"/{pages[2]}cancel/")
    clock.shift(60 * 60 * 24 * 2)
    page = get(client, pages[1])
    assert [words.rpartition("11:00 ")[2] for words in texts(page, OTHERS)] == [
        "Over",
        "Cancelled",
        "Not confirmed yet",
    ]


def test_nobody_elses_appointments_are_listed(client: Client, pages: list[str]) -> None:
    stranger = other(Service.objects.get(), "2026-12-16")
    Booking.objects.filter(pk=stranger.pk).update(series=Series.objects.get())
    assert len(texts(get(client, pages[0]), OTHERS)) == 3


def test_cancelling_one_leaves_the_others(client: Client, pages: list[str]) -> None:
    client.post(f"/{pages[1]}cancel/")
    assert starts() == ["12-01 09:00", "12-15 09:00", "12-22 09:00"]


def test_all_that_follow_are_moved_together(client: Client, pages: list[str]) -> None:
    assert "Move all that follow" in texts(get(client, pages[1]), "//main//a")
    page = get(client, pages[1], "following/")
    assert [one.get("value") for one in find(page, "//input[@type='checkbox' and @checked]")] == ["1"]
    assert [one.get("value") for one in find(page, "//input[@name='earliest' or @name='first']")] == [
        "10:00",
        "2026-12-08",
    ]
    page = get(client, pages[1], "following/", **THURSDAYS)
    assert texts(page, "//div[@role='status']/p") == ["All 3 fit at Thu 14:00."]
    assert chosen(page) == [f"Thu {day} December, 14:00" for day in (10, 17, 24)]
    assert texts(page, "//ol[@class='rows']//p[@class='hint']") == [
        f"Now: Tue {day} December, 10:00" for day in (8, 15, 22)
    ]
    assert take(client, page)["Location"].startswith(f"/{pages[1]}")
    assert starts() == ["12-01 09:00", "12-10 13:00", "12-17 13:00", "12-24 13:00"]


def test_one_of_them_can_stay(client: Client, pages: list[str]) -> None:
    page = get(client, pages[1], "following/", **THURSDAYS)
    times = form_fields(page)[1]["start"]
    times[2] = "2026-12-22T10:00:00+01:00"
    take(client, page, start=times)
    assert starts() == ["12-01 09:00", "12-10 13:00", "12-17 13:00", "12-22 09:00"]


def test_if_one_has_gone_none_is_moved_and_another_is_proposed(client: Client, pages: list[str]) -> None:
    page = get(client, pages[1], "following/", **THURSDAYS)
    other(Service.objects.get(), "2026-12-17", hour=13)
    page = client.get(take(client, page)["Location"])
    assert texts(page, "//p[@class='field__error']") == ["Thu 17 December, 14:00 has gone."]
    assert starts() == ["12-01 09:00", "12-08 09:00", "12-15 09:00", "12-22 09:00"]
    take(client, page)
    moved = starts()
    assert (moved[0], moved[1], moved[3], len(moved)) == ("12-01 09:00", "12-10 13:00", "12-24 13:00", 4)


@pytest.mark.parametrize("sent", [[], ["2026-12-10T14:00:00+01:00"] * 3, ["2026-12-10T14:00:00+01:00"]])
def test_what_is_refused_moves_nothing(client: Client, pages: list[str], sent: list[str]) -> None:
    page = get(client, pages[1], "following/", **THURSDAYS)
    page = client.get(take(client, page, start=sent)["Location"])
    assert texts(page, "//div[@role='status']/p")[0] == "This could not be changed online just now. Please call us."
    assert starts() == ["12-01 09:00", "12-08 09:00", "12-15 09:00", "12-22 09:00"]


def test_deadlines_are_respected(client: Client, pages: list[str]) -> None:
    Service.objects.update(reschedule_minutes=60 * 24 * 3)
    for page in (get(client, pages[0]), get(client, pages[3])):
        assert "Move all that follow" not in texts(page, "//main//a")
    page = get(client, pages[0], "following/")
    assert page["Location"] == f"/{pages[0]}"
    form = WISH | {"start": ["2026-12-10T14:00:00+01:00"] * 4}
    client.post(f"/{pages[0]}following/", form)
    assert starts()[0] == "12-01 09:00"


def test_what_does_not_fit_is_said(client: Client, pages: list[str]) -> None:
    page = get(client, pages[1], "following/", **THURSDAYS | {"weekday": "6"})
    assert texts(page, "//div[@role='status']/p")[0] == "No time is open as you wish."
    page = get(client, pages[1], "following/", **THURSDAYS | {"latest": "09:00"})
    assert texts(page, "//div[contains(@class, 'notice--bad')]//li") == ["This is before the earliest time."]


def test_the_slip_has_all_upcoming_appointments_where_and_how_to_change(
    client: Client, pages: list[str], clock: time_machine.Traveller
) -> None:
    Practice.objects.update(address="Lindenstraße 1\n10969 Berlin")
    client.post(f"/{pages[1]}cancel/")
    clock.shift(60 * 60 * 24 * 2)
    page = get(client, pages[0], "slip/")
    assert texts(page, "//ol[@class='dates']/li") == [
        f"Tuesday {day} December 2026, 10:00–11:00 (Berlin time)" for day in (15, 22)
    ]
    assert texts(page, "//dd") == ["Massage", "Anna Winter", "Lindenstraße 1, 10969 Berlin"]
    assert texts(page, "//section[@aria-labelledby='change']/p") == [
        "Open the link in our e-mail. If you do not find it, http://127.0.0.1:8000/booking/find/ sends it to you "
        "again.",
        "Or call 030 1234567.",
    ]
    assert find(page, "//button[@data-print and @hidden]") != []


def test_a_single_appointment_has_a_slip_too(client: Client, physio: Service) -> None:
    page = client.get(f"{booked(client, email='', phone='030 555666').partition('?')[0]}slip/")
    assert texts(page, "//ol[@class='dates']/li") == ["Tuesday 1 December 2026, 10:00–11:00 (Berlin time)"]
    assert texts(page, "//section[@aria-labelledby='change']/p") == ["Or call 030 1234567."]


def test_nothing_upcoming_is_said(client: Client, physio: Service) -> None:
    address = booked(client).partition("?")[0]
    client.post(f"{address}cancel/")
    assert "There are no upcoming appointments." in texts(client.get(f"{address}slip/"), "//main/p")
