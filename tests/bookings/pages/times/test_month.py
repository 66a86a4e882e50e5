"""The month above the times: which days have a free time, and the way to the months around it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from bookings.models import Service
from bookings.pages.times.month import month_of
from practice.models import User
from tests.factories import NOW, START, BookingFactory, ClientFactory, DateOverrideFactory, ServiceFactory, office_hours
from tests.pages import find, links, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/bookings/new/"
OPEN = "//nav[@class='open-days']//a[@class='open-days__day']"
CHOSEN = "//nav[@class='open-days']//*[@aria-current]"
WEEKDAYS = "//li[@class='open-days__weekday']"


@pytest.fixture
def massage(anna: User) -> Service:
    """An hour with Anna, who works Monday to Friday."""
    office_hours(anna)
    return ServiceFactory.create(name="Massage", staff=[anna])


def open_days(page: Any) -> list[str]:
    return [words.split(" ")[0] for words in texts(page, f"{OPEN}/span[1]")]


def test_days_with_a_free_time_are_links(anna_client: Client, anna: User, massage: Service) -> None:
    DateOverrideFactory(user=anna, date=date(2026, 12, 3))
    page = anna_client.get(URL, {"date": "2026-12-02"})
    assert open_days(page)[:6] == ["1", "2", "4", "7", "8", "9"]
    assert find(page, f"{OPEN}/@href")[:2] == [
        f"?date=2026-12-01&service={massage.pk}",
        f"?date=2026-12-02&service={massage.pk}",
    ]
    assert texts(page, CHOSEN) == ["2 Wed 2 Dec 2026"]


def test_days_that_are_over_are_no_links(anna_client: Client, massage: Service) -> None:
    assert open_days(anna_client.get(URL, {"date": "2026-11-30"})) == ["30"]


def test_the_months_around_are_one_step_away(anna_client: Client, massage: Service) -> None:
    steps = "//div[@class='open-days__head']//a"
    december = anna_client.get(URL, {"date": "2026-12-08"})
    assert links(december, steps) == [
        ("‹ Previous month", f"?date=2026-11-30&service={massage.pk}"),
        ("› Next month", f"?date=2027-01-01&service={massage.pk}"),
    ]
    november = anna_client.get(URL, {"date": "2026-11-30"})
    assert links(november, steps) == [("› Next month", f"?date=2026-12-01&service={massage.pk}")]


def test_a_booking_that_is_moved_has_the_month_too(anna_client: Client, anna: User, massage: Service) -> None:
    booking = BookingFactory.create(staff=anna, service=massage)
    page = anna_client.get(f"/bookings/{booking.pk}/reschedule/")
    assert open_days(page)[:4] == ["1", "2", "3", "4"]
    assert find(page, f"{OPEN}/@href")[1] == "?date=2026-12-02&staff=&service="


@pytest.mark.parametrize(("languages", "begins"), [("en-us", "Sun"), ("en-gb", "Mon"), ("de", "Mo")])
def test_weeks_begin_as_the_readers_do(
    anna_client: Client, anna: User, massage: Service, languages: str, begins: str
) -> None:
    page = anna_client.get("/bookings/new/", headers={"Accept-Language": languages})
    assert texts(page, WEEKDAYS)[0] == begins


@pytest.mark.parametrize(("first_weekday", "column", "first"), [(0, 3, 29), (1, 2, 30), (6, 4, 28)])
def test_a_month_begins_below_its_weekday(first_weekday: int, column: int, first: int) -> None:
    month = month_of(date(2026, 12, 8), (), today=date(2026, 11, 30), first_weekday=first_weekday)
    assert (month.days[0].column, month.week[0].day, len(month.days)) == (column, first, 31)


def test_the_month_before_begins_today_if_today_is_in_it() -> None:
    month = month_of(date(2026, 12, 8), (), today=date(2026, 11, 17), first_weekday=1)
    assert (month.before, month.after) == (date(2026, 11, 17), date(2027, 1, 1))
    assert month_of(date(2027, 3, 1), (), today=date(2026, 11, 17), first_weekday=1).before == date(2027, 2, 1)


def test_the_clients_clock_stands_beside_ours_where_they_differ(
    anna_client: Client, anna: User, massage: Service
) -> None:
    yuki = ClientFactory.create(name="Yuki", time_zone="Asia/Tokyo")
    booking = BookingFactory.create(staff=anna, service=massage, client=yuki, start=START + timedelta(days=1))
    page = anna_client.get(URL, {"client": yuki.pk, "date": "2026-12-01"})
    assert texts(page, "//label[@class='time']/span")[0] == "09:00 for the client 17:00"
    assert "Small: Tokyo time, which the client reads." in texts(page, "//fieldset/p[@class='hint']")
    assert "The client reads Tokyo time: it is 17:00 there now." in texts(page, "//div[@id='client-fields']/p")
    moved = anna_client.get(f"/bookings/{booking.pk}/reschedule/")
    assert texts(moved, "//label[@class='time']/span")[0] == "09:00 for the client 17:00"


@pytest.mark.parametrize("zone", ["", "Europe/Vienna", "Nowhere/Atall"])
def test_with_the_same_clock_or_an_unknown_one_only_ours_is_shown(
    anna_client: Client, anna: User, massage: Service, zone: str
) -> None:
    client = ClientFactory.create(time_zone=zone)
    BookingFactory.create(staff=anna, service=massage, client=client, start=START + timedelta(days=1))
    page = anna_client.get(URL, {"client": client.pk, "date": "2026-12-01"})
    assert texts(page, "//label[@class='time']/span")[0] == "09:00"
    assert texts(page, "//div[@id='client-fields']/p") == []


def test_a_known_client_who_is_suggested_brings_their_clock(anna_client: Client, anna: User, massage: Service) -> None:
    yuki = ClientFactory.create(name="Yuki", time_zone="Asia/Tokyo")
    BookingFactory.create(staff=anna, service=massage, client=yuki)
    part = anna_client.get(f"/clients/{yuki.pk}/fields/")
    assert "The client reads Tokyo time: it is 17:00 there now." in texts(part, "//p")
    assert find(part, "//input[@name='name']/@autofocus") != []


def test_the_cursor_begins_on_the_first_time_but_never_leaves_the_day_that_is_typed(
    anna_client: Client, massage: Service
) -> None:
    focused = "//label[@class='time']/input[@autofocus]/@value"
    times = {"HX-Request": "true", "HX-Target": "times"}
    first = "2026-12-01T09:00:00+01:00"
    assert find(anna_client.get(URL), focused) == ["2026-11-30T10:00:00+01:00"]
    assert find(anna_client.get(URL, {"date": "2026-12-01", "later": "1"}, headers=times), focused) == [first]
    assert find(anna_client.get(URL, {"date": "2026-12-01"}, headers=times), focused) == []
