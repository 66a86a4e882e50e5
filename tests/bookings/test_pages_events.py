"""The tab Events: what was fetched, each with whether it blocks and why."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from connections.models import Calendar
from tests.factories import (
    NOW,
    START,
    BookingFactory,
    CalendarFactory,
    EventFactory,
    LinkedEventFactory,
    OccurrenceFactory,
    UserFactory,
)
from tests.pages import links, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/calendars/settings/events/"


@pytest.fixture
def anna() -> User:
    return UserFactory()


@pytest.fixture
def home(anna: User) -> Calendar:
    return CalendarFactory(connection__user=anna, name="Home")


@pytest.fixture
def anna_client(client: Client, anna: User) -> Client:
    client.force_login(anna)
    return client


def rows(client: Client, **query: Any) -> list[str]:
    return texts(client.get(URL, query), "//tbody/tr")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"blocks": True, "reason": "busy"}, "10:00–11:00 Dentist Home Blocks Marked Busy"),
        ({"blocks": False, "reason": "free"}, "10:00–11:00 Dentist Home Does not block Marked Free"),
        ({"blocks": False, "reason": "cancelled"}, "10:00–11:00 Dentist Home Does not block Cancelled"),
        (
            {"blocks": False, "reason": "declined"},
            "10:00–11:00 Dentist Home Does not block You declined the invitation",
        ),
        (
            {"blocks": True, "reason": "unreadable", "summary": ""},
            "10:00–11:00 No title Home Blocks Could not be read, so it blocks to be safe",
        ),
        (
            {"blocks": True, "reason": "all_day_rule", "all_day": True},
            "All day Dentist Home Blocks Your rule for all-day events of this calendar",
        ),
    ],
)
def test_each_event_says_whether_it_blocks_and_why(
    anna_client: Client, home: Calendar, given: dict[str, Any], words: str
) -> None:
    OccurrenceFactory(calendar=home, **given)
    assert rows(anna_client) == [words]


def test_events_stand_under_their_day(anna_client: Client, home: Calendar) -> None:
    for hours in (0, 14, 16, 40):  # the third is after midnight in Berlin
        OccurrenceFactory(calendar=home, start=START + timedelta(hours=hours))
    assert texts(anna_client.get(URL), "//section/h2") == [
        "Tuesday, 1 December 2026",
        "Wednesday, 2 December 2026",
        "Thursday, 3 December 2026",
    ]


def test_an_own_event_is_its_booking(anna_client: Client, anna: User, home: Calendar) -> None:
    placed = LinkedEventFactory(booking=BookingFactory(staff=anna), calendar=home)
    OccurrenceFactory(calendar=home, uid=placed.uid, summary="Clara")
    assert rows(anna_client) == ["10:00–11:00 Clara Home Booking Your own booking in Kalends"]
    assert links(anna_client.get(URL), "//tbody//a") == [
        ("Your own booking in Kalends", f"/bookings/{placed.booking_id}/")
    ]


def test_what_is_over_or_not_chosen_or_of_somebody_else_is_not_shown(anna_client: Client, home: Calendar) -> None:
    OccurrenceFactory(calendar=home, start=NOW - timedelta(days=1))
    OccurrenceFactory(calendar=CalendarFactory(connection=home.connection, conflict=False))
    OccurrenceFactory()
    assert rows(anna_client) == []


def test_earlier_days_can_be_looked_at(anna_client: Client, home: Calendar) -> None:
    OccurrenceFactory(calendar=home, start=datetime(2026, 11, 20, 9, tzinfo=UTC))
    assert rows(anna_client, **{"from": "2026-11-20"}) == ["10:00–11:00 Dentist Home Blocks Marked Busy"]
    assert rows(anna_client, **{"from": "2026-11-21"}) == []
    assert rows(anna_client, **{"from": "the other day"}) == []


def test_events_are_filtered_by_calendar_title_and_effect(anna_client: Client, home: Calendar) -> None:
    work = CalendarFactory(connection=home.connection, name="Work")
    OccurrenceFactory(calendar=home, summary="Dentist")
    OccurrenceFactory(calendar=work, summary="Lunch", blocks=False, start=START + timedelta(hours=2))
    lunch, dentist = (
        ["12:00–13:00 Lunch Work Does not block Marked Free"],
        ["10:00–11:00 Dentist Home Blocks Marked Busy"],
    )
    assert rows(anna_client) == dentist + lunch
    assert rows(anna_client, calendar=home.pk) == rows(anna_client, q="dENT") == rows(anna_client, show="blocks")
    assert rows(anna_client, calendar=work.pk) == rows(anna_client, q="lunch") == rows(anna_client, show="free")
    assert (rows(anna_client, show="blocks"), rows(anna_client, show="free")) == (dentist, lunch)
    assert rows(anna_client, calendar="everything", show="much") == dentist + lunch


def test_long_lists_are_paginated_and_keep_their_filter(anna_client: Client, home: Calendar) -> None:
    for number in range(51):
        OccurrenceFactory(calendar=home, start=START + timedelta(hours=number))
    assert (len(rows(anna_client)), len(rows(anna_client, page=2))) == (50, 1)
    assert links(anna_client.get(URL, {"q": "Dentist"}), "//nav[@aria-label='Pages']/a") == [
        ("Next", "?q=Dentist&page=2")
    ]


def test_what_could_not_be_read_is_named(anna_client: Client, home: Calendar) -> None:
    EventFactory(calendar=home, summary="Party", problem="unreadable")
    EventFactory(calendar=home, summary="", owed_etag='"1"')
    EventFactory(problem="unreadable")
    assert texts(anna_client.get(URL), "//ul[@id='problems']/li") == [
        "Home: “Party”: This event could not be read completely. What could be read of its times blocks.",
        "Home: An event is listed but could not be read yet. Kalends keeps trying.",
    ]


def test_titles_are_escaped(anna_client: Client, home: Calendar) -> None:
    OccurrenceFactory(calendar=home, summary="<script>alert(1)</script>")
    assert b"<script>alert" not in anna_client.get(URL).content
    assert rows(anna_client) == ["10:00–11:00 <script>alert(1)</script> Home Blocks Marked Busy"]


def test_empty_pages_say_what_to_do(anna_client: Client, anna: User) -> None:
    empty = "//div[@class='empty']"
    assert texts(anna_client.get(URL), empty) == [
        "No calendar is read Once you have chosen conflict calendars, everything fetched from them stands here with "
        "the reason why it blocks or not. Choose calendars"
    ]
    CalendarFactory(connection__user=anna)
    assert texts(anna_client.get(URL), empty) == ["No events There is nothing ahead in the calendars you chose."]
    assert texts(anna_client.get(URL, {"q": "x"}), empty) == [
        "No events Nothing was fetched that fits. Try another day or fewer filters."
    ]


def test_thirty_events_cost_as_many_queries_as_one(
    anna_client: Client, anna: User, home: Calendar, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def grow(number: int) -> None:
        start = START + timedelta(days=number)
        placed = LinkedEventFactory(booking=BookingFactory(staff=anna, start=start), calendar=home)
        OccurrenceFactory(calendar=home, uid=placed.uid, start=start)
        EventFactory(calendar=home, problem="unreadable")

    grow(0)
    anna_client.get(URL)
    with django_assert_num_queries(16):
        anna_client.get(URL)
    for number in range(1, 30):
        grow(number)
    with django_assert_num_queries(16):
        anna_client.get(URL)
