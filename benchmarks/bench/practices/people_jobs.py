"""Openings of a practice with many people: its rows, the search as a page does it, and the arithmetic alone."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime, time, timedelta
from typing import Any

import django

django.setup()

from availability.models import WorkingHours  # noqa: E402 - after django.setup()
from availability.slots import possible_starts, working_spans  # noqa: E402
from benchmarks.bench.kalends_jobs import count_statements  # noqa: E402
from bookings.models import Booking, Claim, Client, LinkedEvent, Seat, Service  # noqa: E402
from bookings.openings import own_time, search  # noqa: E402
from connections.busy import blocking  # noqa: E402
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence  # noqa: E402
from practice.models import User  # noqa: E402

NOW = datetime(2026, 11, 30, 5, tzinfo=UTC)  # a Monday, six in the morning in Berlin
MONTH = timedelta(days=30)
EVENTS_A_DAY, BOOKED_EVERY = 10, 5
HALF_AN_HOUR, GAP = timedelta(minutes=30), timedelta(minutes=90)


class CreatePeople:
    """Create `people` with two calendars each, 300 events in the next 30 days, and `old_events` in all before them.

    Every fifth event is a pushed booking.
    """

    times = 1

    def __init__(self, *, people: int, old_events: int) -> None:
        self.people, self.old_events = people, old_events

    def run(self) -> dict[str, Any]:
        users = User.objects.bulk_create(User(username=f"anna{n}", slug=f"anna-{n}") for n in range(self.people))
        service = Service.objects.create(slug="massage", name="Massage", minutes=45)
        service.staff.set(users)
        client = Client.objects.create(name="Carla")
        for number, user in enumerate(users):
            old = self.old_events * (number + 1) // self.people - self.old_events * number // self.people
            _create_rows(user, service, client, old)
        return {"events": Event.objects.count(), "occurrences": Occurrence.objects.count()}


def _create_rows(user: User, service: Service, client: Client, old_events: int) -> None:
    calendars = calendars_of(user)
    WorkingHours.objects.bulk_create(
        WorkingHours(user=user, weekday=weekday, start=time(9), end=time(17)) for weekday in range(5)
    )
    starts = [NOW + timedelta(days=day) + number * GAP for day in range(MONTH.days) for number in range(EVENTS_A_DAY)]
    old = [NOW - timedelta(days=2 + number % 360, minutes=number) for number in range(old_events)]
    events = _events(calendars, [*starts, *old])
    _book(user, service, client, events[: len(starts) : BOOKED_EVERY])


def calendars_of(user: User) -> list[Calendar]:
    connection = Connection.objects.create(
        user=user, url="https://caldav.icloud.com/", username=f"{user.username}@icloud.com"
    )
    calendars = Calendar.objects.bulk_create(
        Calendar(
            connection=connection, path=f"/{name}/", name=name, is_conflict_calendar=True, read_at=NOW, fresh_at=NOW
        )
        for name in ("Home", "Work")
    )
    CalendarConfiguration.objects.create(
        user=user, time_zone="Europe/Berlin", saved_at=NOW, linked_calendar=calendars[0]
    )
    return calendars


def _events(calendars: list[Calendar], starts: list[datetime]) -> list[tuple[Event, datetime]]:
    events = Event.objects.bulk_create(
        Event(calendar=calendars[n % 2], href=f"/{n}.ics", uid=f"{calendars[0].pk}-{n}") for n in range(len(starts))
    )
    Occurrence.objects.bulk_create(
        Occurrence(
            event=event, calendar=event.calendar, start=start, end=start + HALF_AN_HOUR, blocks=True, reason="busy"
        )
        for event, start in zip(events, starts, strict=True)
    )
    return list(zip(events, starts, strict=True))


def _book(user: User, service: Service, client: Client, events: list[tuple[Event, datetime]]) -> None:
    """Make each of these events a pushed booking."""
    claims = Claim.objects.bulk_create(
        Claim(staff=user, start=start, end=start + HALF_AN_HOUR) for _event, start in events
    )
    bookings = Booking.objects.bulk_create(
        Booking(service=service, staff=user, claim=claim, start=claim.start, end=claim.end) for claim in claims
    )
    Seat.objects.bulk_create(Seat(booking=booking, client=client) for booking in bookings)
    LinkedEvent.objects.bulk_create(
        LinkedEvent(
            booking=booking,
            calendar=event.calendar,
            calendar_path=event.calendar.path,
            href=event.href,
            uid=event.uid,
            etag="1",
            agreed_start=booking.start,
            agreed_end=booking.end,
            pushed_revision=1,
            state=LinkedEvent.State.PUSHED,
        )
        for (event, _), booking in zip(events, bookings, strict=True)
    )


class PeopleJob(ABC):
    """What the jobs have in common: the people and the service, and the queries counted."""

    times = 5

    def __init__(self) -> None:
        self.service, self.users = Service.objects.get(), list(User.objects.order_by("pk"))
        self.shape = self.service.shape

    def run(self) -> dict[str, Any]:
        with count_statements() as count:
            found = self.work()
        return {"queries": count.queries, "found": found}

    @abstractmethod
    def work(self) -> int:
        """Do the work that is measured; returns how much was found."""


class MonthOfOpenings(PeopleJob):
    """Find the openings of everybody in 30 days, as the month's page does."""

    def work(self) -> int:
        return len(search.find(self.service, self.users, NOW, NOW + MONTH, now=NOW).openings)


class OwnEvents(PeopleJob):
    """Find which events in the next 30 days are bookings of the first person."""

    times = 20

    def work(self) -> int:
        return len(own_time.own_spans(self.users[0], NOW, NOW + MONTH))


class SlotArithmetic(PeopleJob):
    """Compute the same openings as `MonthOfOpenings` from spans that are in memory already."""

    def __init__(self) -> None:
        super().__init__()
        self.rules = {user: WorkingHours.objects.filter(user=user).by_weekday() for user in self.users}
        reach = NOW, NOW + MONTH
        own = {user: own_time.own_spans(user, *reach) for user in self.users}
        self.busy = {user: blocking(user, *reach, own_spans=own[user]) for user in self.users}
        self.booked = {user: own_time.booked_spans(user, *reach, now=NOW) for user in self.users}

    def work(self) -> int:
        return sum(self._count(user) for user in self.users)

    def _count(self, user: User) -> int:
        zone = user.calendar_configuration.zone
        earliest, latest = NOW + self.shape.notice, NOW + MONTH
        hours = working_spans(self.rules[user], {}, zone, (earliest, latest))
        starts = possible_starts(
            hours, self.busy[user], self.booked[user], self.shape, earliest=earliest, latest=latest
        )
        return len(starts)
