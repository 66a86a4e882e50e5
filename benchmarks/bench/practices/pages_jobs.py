"""Pages of staff who have many events: their rows, and requests as a browser sends them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any

import django

django.setup()

from django.test import Client  # noqa: E402 - after django.setup()

from availability.models import WorkingHours  # noqa: E402
from benchmarks.bench import corpus  # noqa: E402
from benchmarks.bench.kalends_jobs import count_statements  # noqa: E402
from benchmarks.bench.practices.people_jobs import NOW, calendars_of  # noqa: E402
from connections import ical  # noqa: E402
from connections.models import Calendar, Event, Occurrence  # noqa: E402
from practice.models import User  # noqa: E402

HALF_AN_HOUR, QUARTER = timedelta(minutes=30), timedelta(minutes=15)
QUARTERS = 12 * 4  # of a day in which events begin


class CreateStaff:
    """Create `staff` people with two calendars each, and `events` events in all in the next `days` days.

    The events begin from 7 to 19 o'clock. Each has what is kept of a file, as the week looks for travel time in it.
    """

    times = 1

    def __init__(self, *, staff: int, events: int, days: int) -> None:
        self.staff, self.events, self.days = staff, events, days

    def run(self) -> dict[str, Any]:
        users = User.objects.bulk_create(
            User(username=f"anna{number}", slug=f"anna-{number}", role=User.Role.OWNER) for number in range(self.staff)
        )
        WorkingHours.objects.bulk_create(
            WorkingHours(user=user, weekday=day, start=time(9), end=time(17)) for user in users for day in range(5)
        )
        for user in users:
            _create_events(calendars_of(user), list(_starts(self.events // self.staff, self.days)))
        return {"events": Event.objects.count()}


def _starts(count: int, days: int) -> Iterator[datetime]:
    """Evenly spread over the days, and over the hours of each day."""
    for number in range(count):
        day, share = divmod(number * days / count, 1)
        yield NOW + timedelta(days=int(day), hours=1) + int(share * QUARTERS) * QUARTER


def _create_events(calendars: list[Calendar], starts: list[datetime]) -> None:
    events = Event.objects.bulk_create(
        Event(
            calendar=calendars[number % 2],
            href=f"/{number}.ics",
            uid=f"{calendars[0].pk}-{number}",
            summary=f"Appointment {number}",
            text=ical.reduce(corpus.resource(number, len(starts), start.date()).data, titles=False),
        )
        for number, start in enumerate(starts)
    )
    Occurrence.objects.bulk_create(
        Occurrence(
            event=event,
            calendar=event.calendar,
            start=start,
            end=start + HALF_AN_HOUR,
            summary=event.summary,
            blocks=True,
            reason="busy",
        )
        for event, start in zip(events, starts, strict=True)
    )


class PageJob(ABC):
    """What the jobs have in common: somebody who is signed in, and their requests for always the same days."""

    times = 5

    def __init__(self) -> None:
        self.client = Client(headers={"Host": "127.0.0.1:8000"})
        self.client.force_login(User.objects.order_by("pk")[0])

    def run(self) -> dict[str, Any]:
        with count_statements() as count:
            answer = self.client.get(self.path())
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(f"{self.path()} answered {answer.status_code}")  # would be fast for the wrong reason
        return {"queries": count.queries, "bytes": len(answer.content)}

    @abstractmethod
    def path(self) -> str:
        """The address of the page."""


class WeekPage(PageJob):
    """The own week, drawn by the hour."""

    def path(self) -> str:
        return f"/calendars/?view=week&date={NOW:%Y-%m-%d}"


class ListPage(PageJob):
    """The own week as a list."""

    def path(self) -> str:
        return f"/calendars/?view=list&date={NOW:%Y-%m-%d}"


class DayPage(PageJob):
    """A day of everybody, side by side."""

    def path(self) -> str:
        return f"/calendars/?view=day&date={NOW:%Y-%m-%d}"


class EventsPage(PageJob):
    """The first page of the own events."""

    def path(self) -> str:
        return f"/calendars/settings/events/?from={NOW:%Y-%m-%d}"
