"""The tab Events, filtered: by calendar, title, effect, reason and days."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from connections.models import Calendar
from practice.models import User
from tests.bookings.pages.events.test_views import URL, rows
from tests.factories import (
    NOW,
    START,
    BookingFactory,
    CalendarFactory,
    LinkedEventFactory,
    OccurrenceFactory,
)
from tests.pages import find, links, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


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


@pytest.mark.parametrize("query", ["öztürk", "ÖZTÜRK", "o\u0308ztu\u0308rk"])
def test_titles_are_found_whatever_the_capitals_and_the_form_of_the_letters(
    anna_client: Client, home: Calendar, query: str
) -> None:
    OccurrenceFactory(calendar=home, summary="Öztürk")
    OccurrenceFactory(calendar=home, summary="Dentist", start=START + timedelta(hours=2))
    assert rows(anna_client, q=query) == ["10:00–11:00 Öztürk Home Blocks Marked Busy"]


def test_events_are_filtered_by_reason(anna_client: Client, anna: User, home: Calendar) -> None:
    placed = LinkedEventFactory(booking=BookingFactory(staff=anna), calendar=home, pushed=True)
    OccurrenceFactory(calendar=home, uid=placed.uid, summary="Clara")
    OccurrenceFactory(calendar=home, summary="Dentist")
    OccurrenceFactory(calendar=home, summary="Crete", blocks=False)
    OccurrenceFactory(calendar=home, summary="Party", blocks=False, reason="declined")
    reasons = ["busy", "free", "declined", "cancelled", "own_booking"]
    assert {reason: texts(anna_client.get(URL, {"reason": reason}), "//tbody/tr/td[1]") for reason in reasons} == {
        "busy": ["Dentist"],
        "free": ["Crete"],
        "declined": ["Party"],
        "cancelled": [],
        "own_booking": ["Clara"],
    }


def test_events_are_filtered_by_their_days(anna_client: Client, home: Calendar) -> None:
    for day in range(4):
        OccurrenceFactory(calendar=home, summary=f"Day {day}", start=START + timedelta(days=day))
    page = anna_client.get(URL, {"from": "2026-12-02", "until": "2026-12-03"})
    assert texts(page, "//tbody/tr/td[1]") == ["Day 1", "Day 2"]


def test_a_filter_that_means_nothing_is_said_at_its_field_and_filters_nothing(
    anna_client: Client, home: Calendar
) -> None:
    OccurrenceFactory(calendar=home)
    foreign = CalendarFactory()
    wrong = {"calendar": foreign.pk, "show": "much", "reason": "mood", "from": "9999-12-31", "until": "soon"}
    page = anna_client.get(URL, wrong)
    assert texts(page, "//ul[@class='field__error']") == [
        "Choose among your own calendars.",
        "Select a valid choice. much is not one of the available choices.",
        "Select a valid choice. mood is not one of the available choices.",
        "Choose a date nearer to today.",
        "Enter a valid date.",
    ]
    assert texts(page, "//tbody/tr/td[1]") == ["Dentist"]


def test_the_filter_is_kept_and_can_be_left(anna_client: Client, home: Calendar) -> None:
    page = anna_client.get(URL, {"q": "x", "calendar": home.pk, "reason": "free", "from": "2026-12-02"})
    fields = [
        field.get("value")
        for field in find(page, "//form[@class='filters']//*[self::input or self::option[@selected]]")
    ]
    assert fields == ["x", str(home.pk), "", "free", "2026-12-02", None]
    assert links(page, "//form[@class='filters']//a") == [("Show all", URL)]


def test_long_lists_are_paginated_and_keep_their_filter(anna_client: Client, home: Calendar) -> None:
    for number in range(51):
        OccurrenceFactory(calendar=home, start=START + timedelta(hours=number))
    assert (len(rows(anna_client)), len(rows(anna_client, page=2))) == (50, 1)
    assert links(anna_client.get(URL, {"q": "Dentist"}), "//nav[@aria-label='Pages']/a") == [
        ("Next", "?q=Dentist&page=2")
    ]


def test_earlier_days_can_be_looked_at(anna_client: Client, home: Calendar) -> None:
    OccurrenceFactory(calendar=home, start=datetime(2026, 11, 20, 9, tzinfo=UTC))
    assert rows(anna_client, **{"from": "2026-11-20"}) == ["10:00–11:00 Dentist Home Blocks Marked Busy"]
    assert rows(anna_client, **{"from": "2026-11-21"}) == []
    assert rows(anna_client, **{"from": "the other day"}) == []
