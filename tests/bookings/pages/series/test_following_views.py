"""The page of an appointment of a series: the others, moving all that follow, and the slip to print."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from bookings import actions
from bookings.actions.series.book_series import book_series
from bookings.models import Booking, Series, Service
from practice.models import Practice, User
from tests.factories import NOW, START, BlockedSlotFactory, BookingFactory, ServiceFactory, UserFactory, office_hours
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
WEEK = timedelta(days=7)


@pytest.fixture
def series(anna: User, at_work: None) -> Series:
    """Four Tuesdays at ten."""
    massage = ServiceFactory.create(name="Massage", minutes=60, slot_minutes=60, staff=[anna])
    return made(massage, anna)


def made(service: Service, person: User) -> Series:
    clara = actions.ClientDetails("Clara Winter", "clara@example.org", "")
    starts = [START + number * WEEK for number in range(4)]
    return book_series(service=service, staff=person, starts=starts, client=clara, now=NOW, actor=person)


def appointments(series: Series) -> list[Booking]:
    return list(series.bookings.order_by("start"))


def times(series: Series) -> list[str]:
    return [f"{one.start:%d %b %H:%M}" for one in series.bookings.live().order_by("start")]


def sent(page: Any) -> dict[str, Any]:
    """What a browser sends of the form with the dates."""
    [form] = find(page, "//main//form[@method='post']")
    found: dict[str, Any] = {}
    for name, value in form.form_values():
        found.setdefault(name, []).append(value)
    return found


def test_the_page_names_the_others(anna_client: Client, series: Series) -> None:
    third = appointments(series)[2]
    page = anna_client.get(third.get_absolute_url())
    section = "//section[@aria-labelledby='series']"
    assert texts(page, f"{section}//h2") == ["Appointment 3 of 4"]
    assert texts(page, f"{section}//li") == [
        f"{day} Dec 2026, 10:00–11:00" for day in ("Tue 1", "Tue 8", "Tue 15", "Tue 22")
    ]
    assert len(find(page, f"{section}//li/a")) == 3


def test_what_was_booked_alone_has_no_others(anna_client: Client, anna: User) -> None:
    page = anna_client.get(BookingFactory.create(staff=anna).get_absolute_url())
    assert find(page, "//section[@aria-labelledby='series']") == []


def test_cancelling_one_leaves_the_others(anna_client: Client, series: Series) -> None:
    second = appointments(series)[1]
    anna_client.post(f"{second.get_absolute_url()}cancel/")
    assert times(series) == ["01 Dec 09:00", "15 Dec 09:00", "22 Dec 09:00"]
    page = anna_client.get(second.get_absolute_url())
    assert texts(page, "//h2[@id='series']") == ["Other appointments of the series"]
    assert find(page, "//a[@id='move-following']") == []


def test_where_nothing_is_open_the_form_says_so_again(anna_client: Client, series: Series) -> None:
    address = f"{appointments(series)[1].get_absolute_url()}following/"
    page = anna_client.get(address, {"frequency": "weekly", "first": "2026-12-10", "weekday": "6"})
    again = anna_client.post(address, sent(page))
    assert texts(again, "//p[@id='proposal'] | //main//ul[contains(@class, 'error')]/li") == [
        "No time is open as you wish."
    ]
    assert times(series) == ["01 Dec 09:00", "08 Dec 09:00", "15 Dec 09:00", "22 Dec 09:00"]


def test_all_that_follow_move_to_the_proposed_dates(anna_client: Client, series: Series) -> None:
    second = appointments(series)[1]
    [address] = find(anna_client.get(second.get_absolute_url()), "//a[@id='move-following']/@href")
    page = anna_client.get(address, {"frequency": "weekly", "first": "2026-12-10", "weekday": "3", "earliest": "14:00"})
    assert texts(page, "//select[starts-with(@name, 'dates-')]/option[@selected]") == [
        "Thu 10 Dec, 14:00",
        "Thu 17 Dec, 14:00",
        "Thu 24 Dec, 14:00",
    ]
    response = anna_client.post(address, sent(page))
    assert response["Location"] == second.get_absolute_url()
    assert times(series) == ["01 Dec 09:00", "10 Dec 13:00", "17 Dec 13:00", "24 Dec 13:00"]


def test_without_a_wish_the_dates_stay_as_they_were_wished(anna_client: Client, series: Series) -> None:
    Series.objects.update(frequency="every_2_weeks", weekdays=[1], earliest="10:00", latest="10:00")
    page = anna_client.get(f"{appointments(series)[0].get_absolute_url()}following/")
    assert texts(page, "//select[starts-with(@name, 'dates-')]/option[@selected]") == [
        "Tue 1 Dec, 10:00",
        "Tue 15 Dec, 10:00",
        "Tue 29 Dec, 10:00",
        "Tue 12 Jan, 10:00",
    ]


def test_a_date_that_went_moves_none_and_another_is_proposed(anna_client: Client, anna: User, series: Series) -> None:
    address = f"{appointments(series)[1].get_absolute_url()}following/"
    page = anna_client.get(address, {"frequency": "weekly", "first": "2026-12-10", "weekday": "3", "earliest": "14:00"})
    BookingFactory.create(staff=anna, start=datetime.fromisoformat("2026-12-17T13:00:00+00:00"))
    page = anna_client.post(address, sent(page))
    assert times(series) == ["01 Dec 09:00", "08 Dec 09:00", "15 Dec 09:00", "22 Dec 09:00"]
    assert texts(page, "//fieldset/p[contains(@class, 'notice')]") == [
        "Thu 17 Dec, 14:00 is not open. The nearest open time is chosen instead."
    ]
    anna_client.post(address, sent(page))
    assert times(series) == ["01 Dec 09:00", "10 Dec 13:00", "17 Dec 12:00", "24 Dec 13:00"]


def test_the_present_times_of_those_that_move_are_proposed_instead(
    anna_client: Client, anna: User, series: Series
) -> None:
    address = f"{appointments(series)[1].get_absolute_url()}following/"
    page = anna_client.get(address, {"frequency": "weekly", "first": "2026-12-10", "weekday": "3", "earliest": "14:00"})
    days = (datetime.fromisoformat(f"2026-12-{day}T00:00:00+01:00") for day in (16, 19))
    BlockedSlotFactory.create(user=anna, **dict(zip(("start", "end"), days, strict=True)))
    page = anna_client.post(address, sent(page))
    assert texts(page, "//select[@name='dates-1-start']/option") == [
        f"Tue 15 Dec, {hour:02}:00" for hour in range(9, 17)
    ]


def test_the_last_one_has_none_that_follow(anna_client: Client, series: Series) -> None:
    last = appointments(series)[3]
    assert find(anna_client.get(last.get_absolute_url()), "//a[@id='move-following']") == []
    response = anna_client.get(f"{last.get_absolute_url()}following/")
    assert (response.status_code, response["Location"]) == (302, last.get_absolute_url())


def test_appointments_with_a_colleague_are_named_and_neither_opened_nor_moved(
    anna_client: Client, series: Series
) -> None:
    ben = UserFactory.create(first_name="Ben")
    office_hours(ben)
    first, *_others, last = appointments(series)
    Booking.objects.filter(pk=last.pk).update(staff=ben)
    page = anna_client.get(first.get_absolute_url())
    assert texts(page, "//section[@aria-labelledby='series']//li")[3] == "Tue 22 Dec 2026, 10:00–11:00 · Ben"
    assert (len(find(page, "//section[@aria-labelledby='series']//li/a")), find(page, "//a[@id='move-following']")) == (
        2,
        [],
    )
    assert anna_client.get(f"{first.get_absolute_url()}following/").status_code == 302
    assert anna_client.get(f"{last.get_absolute_url()}following/").status_code == 404


def test_the_slip_lists_what_is_ahead_in_the_clients_language(anna_client: Client, anna: User, series: Series) -> None:
    Practice.objects.create(name="Praxis Winter", country="DE", time_zone="Europe/Berlin", language="de", phone="030 1")
    first, second, *_others = appointments(series)
    actions.cancel(second, now=NOW, actor=anna)
    [address] = find(anna_client.get(first.get_absolute_url()), "//a[@id='slip']/@href")
    page = anna_client.get(address)
    assert texts(page, "//h1 | //main/p") == ["Ihre Termine", "Clara Winter"]
    assert texts(page, "//main//ol/li/strong") == [
        f"Dienstag, {day}. Dezember 2026, 10:00–11:00 Uhr (Ortszeit Berlin)" for day in (1, 15, 22)
    ]


def test_the_slip_says_what_and_where_it_is_and_how_to_change_it(
    anna_client: Client, settings: Settings, series: Series
) -> None:
    settings.BASE_URL = "https://kalends.example.com"
    Practice.objects.create(name="Praxis Winter", phone="030 1", address="Lindenstraße 1\n10969 Berlin")
    page = anna_client.get(f"/clients/{appointments(series)[0].client.pk}/slip/")
    assert texts(page, "//main//ol/li")[0].endswith("Massage · Anna Lindenstraße 1, 10969 Berlin")
    assert texts(page, "//section[@aria-labelledby='change']/p") == [
        "Open the link in our e-mail. If you do not find it, https://kalends.example.com/booking/find/ sends it to you "
        "again.",
        "Or call 030 1.",
    ]
    assert texts(page, "//main//address") == ["Praxis WinterLindenstraße 110969 Berlin"]


def test_the_slip_has_nothing_of_colleagues(anna_client: Client, series: Series) -> None:
    ben = UserFactory.create(first_name="Ben")
    first = appointments(series)[0]
    Booking.objects.filter(pk=appointments(series)[3].pk).update(staff=ben)
    assert len(texts(anna_client.get(f"/clients/{first.client.pk}/slip/"), "//main//ol/li")) == 3
    other = BookingFactory.create(staff=ben, start=START + timedelta(days=1))
    assert anna_client.get(f"/clients/{other.client.pk}/slip/").status_code == 404


def test_the_slip_of_a_client_without_appointments_says_so(anna_client: Client, anna: User) -> None:
    over = BookingFactory.create(staff=anna, start=NOW - timedelta(days=1))
    page = anna_client.get(f"/clients/{over.client.pk}/slip/")
    assert texts(page, "//main/p")[-1] == "There are no upcoming appointments."
