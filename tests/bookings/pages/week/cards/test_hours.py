"""The card of an hour: book, block, why."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from practice.models import User
from tests.bookings.pages.week.cards.dialog import buttons, in_dialog, stamp, title
from tests.factories import NOW, START, ServiceFactory, UserFactory
from tests.pages import find, links, texts

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.time_machine(NOW, tick=False),
    pytest.mark.usefixtures("at_work"),
]
URL = "/calendars/hour/"
HOUR = timedelta(hours=1)


def test_an_hour_can_be_booked_blocked_or_asked_about(anna_client: Client, anna: User) -> None:
    ServiceFactory(staff=[anna])
    card = in_dialog(anna_client, URL, at=stamp(START), until=stamp(START + HOUR / 2))
    assert title(card) == ["Tue 1 Dec 2026, 10:00–10:30"]
    assert buttons(card) == ["Book", "Block", "Block this time", "Why?"]
    assert texts(card, "//*[contains(@class, 'button--primary')]") == ["Book"]
    assert links(card, "//section//a") == [
        ("Book", "/bookings/new/?date=2026-12-01&time=10%3A00"),
        ("Why?", "/calendars/why/?at=2026-12-01T09%3A00%3A00Z"),
    ]
    assert find(card, "//input[contains(@name, 'blocked-')]/@value") == ["2026-12-01T10:00", "2026-12-01T10:30"]
    assert texts(card, "//details//form/p[@class='hint']") == ["Not shown on your iPhone"]


def test_book_leads_to_the_form_with_the_time(anna_client: Client, anna: User) -> None:
    ServiceFactory(staff=[anna])
    card = in_dialog(anna_client, URL, at=stamp(START + HOUR / 4))
    form = anna_client.get(links(card, "//a[@id='hour-book']")[0][1])
    assert find(form, "//input[@name='time']/@value") == ["10:15"]
    assert find(anna_client.get("/bookings/new/?time=soon"), "//input[@name='time']/@value") == []


def test_without_a_script_it_is_a_page_that_leads_back_to_the_day(anna_client: Client) -> None:
    page = anna_client.get(URL, {"at": stamp(START)})
    assert links(page, "//main//p/a")[0] == ("← Calendar", "/calendars/?date=2026-12-01")
    assert title(page) == ["Tue 1 Dec 2026, 10:00–11:00"]
    assert "HX-Push-Url" not in page


@pytest.mark.parametrize("until", [START, START - HOUR])
def test_an_end_that_is_not_later_is_none(anna_client: Client, until: datetime) -> None:
    page = anna_client.get(URL, {"at": stamp(START), "until": stamp(until)})
    assert title(page) == ["Tue 1 Dec 2026, 10:00–11:00"]


def test_where_nothing_is_offered_or_the_time_is_over_less_is_left(anna_client: Client, anna: User) -> None:
    card = in_dialog(anna_client, URL, at=stamp(START))
    assert buttons(card) == ["Block", "Block this time", "Why?"]
    assert texts(card, "//*[contains(@class, 'button--primary')]") == ["Block this time"]
    ServiceFactory(staff=[anna])
    assert buttons(in_dialog(anna_client, URL, at=stamp(NOW - 2 * HOUR))) == ["Why?"]


def test_time_of_a_colleague_is_booked_and_not_blocked(client: Client) -> None:
    ben = UserFactory(first_name="Ben")
    ServiceFactory(staff=[ben])
    client.force_login(UserFactory(role="front_desk", configuration=None))
    card = in_dialog(client, URL, at=stamp(START), staff=ben.pk)
    assert (title(card), buttons(card)) == (["Tue 1 Dec 2026, 09:00–10:00 · Ben"], ["Book", "Why?"])
    assert links(card, "//section//a")[0] == ("Book", f"/bookings/new/?date=2026-12-01&time=09%3A00&staff={ben.pk}")


def test_the_keyboard_reaches_it_from_below_the_week_for_the_next_hour(anna_client: Client) -> None:
    [(words, address)] = links(anna_client.get("/calendars/"), "//a[@id='week-block']")
    assert (words, title(in_dialog(anna_client, address))) == ("Block time", ["Mon 30 Nov 2026, 10:00–11:00"])


@pytest.mark.parametrize("query", [{"at": "soon"}, {"at": "2026-12-01T10:00"}, {"at": stamp(START), "staff": "9"}])
def test_what_is_no_time_and_nobody_is_not_found(anna_client: Client, query: dict[str, str]) -> None:
    assert anna_client.get(URL, query).status_code == 404
