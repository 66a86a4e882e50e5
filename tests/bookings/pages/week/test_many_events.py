"""A calendar full of events or bookings: as many queries as with a few, and a page that is not much larger."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from connections.models import Calendar, Event, Occurrence
from practice.models import User
from tests.factories import (
    NOW,
    BookingFactory,
    ClientFactory,
    EventFactory,
    OccurrenceFactory,
    ServiceFactory,
    UserFactory,
    office_hours,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.time_machine(NOW, tick=False),
    pytest.mark.usefixtures("at_work"),
]
VIEWS = ("day", "week", "month", "list")
MAX_BYTES = 100_000  # before compression


def fill(calendar: Calendar, count: int) -> None:
    """Give each day of the week as many events, every quarter of an hour one that lasts half an hour."""
    made = [
        EventFactory.build(calendar=calendar, uid=f"{count}-{number}", href=f"/{count}-{number}.ics")
        for number in range(count)
    ]
    events = Event.objects.bulk_create(made)
    Occurrence.objects.bulk_create(_occurrence(calendar, event, number) for number, event in enumerate(events))


def _occurrence(calendar: Calendar, event: Event, number: int) -> Occurrence:
    start = NOW.replace(hour=7) + timedelta(days=number % 7, minutes=15 * (number // 7))
    built: Occurrence = OccurrenceFactory.build(
        calendar=calendar, event=event, start=start, end=start + timedelta(minutes=30), summary="Staff meeting, room 4"
    )
    return built


def book(person: User, each_day: int) -> None:
    """Give each day of the week as many bookings of ten minutes, with five minutes between them."""
    service = ServiceFactory(minutes=10, name="Manual lymphatic drainage")
    for number in range(7 * each_day):
        start = NOW.replace(hour=5, minute=0) + timedelta(days=number % 7, minutes=15 * (number // 7))
        end = start + timedelta(minutes=10)
        client = ClientFactory(name=f"Alexandra von Hohenberg {number}")
        until = end + timedelta(minutes=5)
        BookingFactory(staff=person, service=service, client=client, start=start, end=end, blocked_until=until)


def cost(client: Client, view: str) -> tuple[int, int]:
    """Queries and bytes of a view."""
    address = f"/calendars/?view={view}&date=2026-12-01"
    client.get(address)  # what is read once a process is read now
    with CaptureQueriesContext(connection) as queries:
        page = client.get(address)
    return len(queries), len(page.content)


@pytest.mark.parametrize("view", VIEWS)
def test_three_hundred_events_in_a_week_cost_as_many_queries_as_seven_and_less_than_the_limit(
    anna_client: Client, anna: User, work: Calendar, view: str
) -> None:
    BookingFactory(staff=anna)
    fill(work, 7)
    before, _ = cost(anna_client, view)
    fill(work, 293)
    after, size = cost(anna_client, view)
    assert (after, size < MAX_BYTES) == (before, True)


def test_of_a_full_day_every_event_is_drawn_or_counted(anna_client: Client, anna: User, work: Calendar) -> None:
    BookingFactory(staff=anna)
    fill(work, 300)
    page = anna_client.get("/calendars/?view=week&date=2026-12-01").content.decode()
    drawn = page.count('<li class="slot slot--b')
    counted = sum(int(part.partition(" ")[0]) for part in page.split(">+")[1:])
    assert drawn + counted == 301
    assert "slot--booking" in page


@pytest.mark.parametrize("view", VIEWS)
def test_sixty_bookings_a_day_are_less_than_the_limit(anna_client: Client, anna: User, view: str) -> None:
    book(anna, 60)
    _, size = cost(anna_client, view)
    assert size < MAX_BYTES


def test_the_day_of_twelve_people_with_twenty_bookings_each_is_less_than_the_limit(
    anna_client: Client, anna: User
) -> None:
    for _ in range(11):
        colleague = UserFactory()
        office_hours(colleague)
    for person in User.objects.all():
        book(person, 20)
    _, size = cost(anna_client, "day")
    assert size < MAX_BYTES
