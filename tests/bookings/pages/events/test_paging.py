"""Paging through events: fifty a page, each event once, at a cost that does not follow the number of events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bookings.pages.events.items import occurrences
from bookings.pages.events.paging import event_page
from connections.models import Calendar, Event, Occurrence
from practice.models import User
from tests.factories import NOW, START, CalendarFactory
from tests.pages import find, texts

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
URL = "/calendars/settings/events/"
PAGES = "//nav[@aria-label='Pages']"


def fill(calendar: Calendar, number: int, *, first: int = 0) -> None:
    """One event an hour, `number` of them; each has the same UID in every calendar."""
    numbers = range(first, first + number)
    events = Event.objects.bulk_create(Event(calendar=calendar, href=f"{one}.ics", uid=f"U{one}") for one in numbers)
    Occurrence.objects.bulk_create(
        Occurrence(
            event=event,
            calendar=calendar,
            summary=f"Event {one}",
            start=START + timedelta(hours=one),
            end=START + timedelta(hours=one + 1),
            blocks=True,
            reason="busy",
        )
        for one, event in zip(numbers, events, strict=True)
    )


def shown(client: Client, page: Any = 1) -> list[str]:
    return texts(client.get(URL, {"page": page}), "//tbody/tr/td[1]")


def test_every_event_is_on_one_page(anna_client: Client, home: Calendar) -> None:
    fill(home, 120)
    pages = [shown(anna_client, page) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({title for page in pages for title in page}) == 120


@pytest.mark.parametrize("copies", [2, 4])
def test_copies_in_other_calendars_leave_no_page_short(anna_client: Client, home: Calendar, copies: int) -> None:
    for calendar in [home, *(CalendarFactory(connection=home.connection) for _ in range(copies - 1))]:
        fill(calendar, 80)
    assert [len(shown(anna_client, page)) for page in (1, 2)] == [50, 30]


def test_a_calendar_with_few_events_far_away_hides_none_of_another(anna_client: Client, home: Calendar) -> None:
    fill(home, 60)
    fill(CalendarFactory(connection=home.connection), 55, first=2000)
    assert [len(shown(anna_client, page)) for page in (1, 2, 3)] == [50, 50, 15]


def test_the_pages_lead_to_each_other(anna_client: Client, home: Calendar) -> None:
    fill(home, 101)
    assert [texts(anna_client.get(URL, {"page": page}), PAGES) for page in (1, 2, 3)] == [
        ["Page 1 Next"],
        ["Previous Page 2 Next"],
        ["Previous Page 3"],
    ]


@pytest.mark.parametrize("asked", ["0", "-1", "x", "", "²", "9", "9" * 30])
def test_a_page_that_is_not_there_is_the_first(anna_client: Client, home: Calendar, asked: str) -> None:
    fill(home, 51)
    page = anna_client.get(URL, {"page": asked})
    assert (len(find(page, "//tbody/tr")), texts(page, PAGES)) == (50, ["Page 1 Next"])


def compared(anna: User) -> int:
    """Of how many occurrences the database looks for copies, to show the first page."""
    found = occurrences(anna, {}, ZoneInfo("Europe/Berlin"), NOW.date())
    with CaptureQueriesContext(connection) as queries:
        event_page(anna, found, "")
    [window] = [one["sql"] for one in queries.captured_queries if "OVER (" in one["sql"]]
    inner = window[window.index("FROM ( ") + len("FROM ( ") : window.rindex(') "qualify"')]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({inner}) AS compared")
        return int(cursor.fetchone()[0])


def test_of_many_events_as_few_are_compared_as_of_some(anna: User, home: Calendar) -> None:
    fill(home, 100)
    before = compared(anna)
    fill(home, 1900, first=100)
    assert (before, compared(anna)) == (52, 52)
