"""Kalends at work: the verbs its workers and pages call, on a database of their own."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import time, timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - after the set-up
from django.core.management import call_command  # noqa: E402
from django.db import connection as database  # noqa: E402
from django.utils import timezone  # noqa: E402

from availability.models import WorkingHours  # noqa: E402
from bookings.models import Service  # noqa: E402
from bookings.openings import search  # noqa: E402
from connections import accounts  # noqa: E402
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence  # noqa: E402
from connections.sync import poll, reexpand, run  # noqa: E402
from practice.models import User  # noqa: E402

AT_ONCE = 20
_BRACKETS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
Execute = Callable[[str, Any, bool, Mapping[str, Any]], Any]


class Counted:
    """SQL statements; those that only open or close a transaction apart."""

    def __init__(self) -> None:
        self.queries = 0
        self.brackets = 0

    def __call__(self, execute: Execute, sql: str, params: Any, many: bool, context: Mapping[str, Any]) -> Any:
        if sql.startswith(_BRACKETS):
            self.brackets += 1
        else:
            self.queries += 1
        return execute(sql, params, many, context)


@contextmanager
def counted() -> Iterator[Counted]:
    """Count the SQL statements within."""
    count = Counted()
    with database.execute_wrapper(count):
        yield count


class Migrate:
    """An empty database with all tables."""

    times = 1

    def run(self) -> dict[str, Any]:
        call_command("migrate", verbosity=0)
        return {}


class Connect:
    """A staff member with working hours, a service, and the calendar chosen but not read yet."""

    times = 1

    def __init__(self, *, url: str, username: str, password: str) -> None:
        self.account = {"url": url, "username": username, "password": password}

    def run(self) -> dict[str, Any]:
        now = timezone.now()
        user = User.objects.create(username="anna", first_name="Anna")
        connection = accounts.connect(user, now=now, **self.account)
        calendars = list(Calendar.objects.filter(connection=connection))
        accounts.configure(user, linked=None, conflicts=calendars, now=now)
        for weekday in range(5):
            WorkingHours.objects.create(user=user, weekday=weekday, start=time(9), end=time(17))
        service = Service.objects.create(slug="massage", name="Massage", minutes=60)
        service.staff.add(user)
        return {"calendars": len(calendars)}


class Job:
    """What all have in common: one connection, and a clock that stands where that one is due next."""

    times = 1

    def __init__(self) -> None:
        self.connection = Connection.objects.order_by("pk")[0]
        self.now = self.connection.next_sync_at or timezone.now()

    def run(self) -> dict[str, Any]:
        """The work, with its queries counted."""
        with counted() as count:
            detail = self.work()
        return {"queries": count.queries, "brackets": count.brackets, **detail}

    def work(self) -> dict[str, Any]:
        """What is measured."""
        raise NotImplementedError

    def poll(self) -> int:
        """What the worker does when a connection falls due, with the sync it queues; how many events changed."""
        reports = poll.poll_due(self.now)
        if not reports:
            raise RuntimeError("nothing was due")
        later = [one.connection for one in reports if one.unfinished]
        reports += [run.sync_connection(connection, now=self.now, probed=True) for connection in later]
        self.now += timedelta(seconds=settings.SYNC_INTERVAL_SECONDS)
        error = next((report.error for report in reports if report.error), None)
        if error:
            raise RuntimeError(error.sentence)
        return sum(report.changed for report in reports)


class First(Job):
    """The first sync, of which the home listing is the first request."""

    def __init__(self) -> None:
        super().__init__()
        with run.dav.Session(self.connection.account) as session:
            session.calendars(self.connection.home_path)  # a worker has long been running

    def work(self) -> dict[str, Any]:
        changed, unfinished = 0, True
        while unfinished:
            report = run.sync_connection(self.connection.pk, now=timezone.now())
            if report.error:
                raise RuntimeError(report.error.sentence)
            changed, unfinished = changed + report.changed, report.unfinished
        return {"changed": changed}


class Changed(Job):
    """A poll that finds changes, and the sync that follows."""

    def __init__(self) -> None:
        super().__init__()
        self.poll()

    def work(self) -> dict[str, Any]:
        return {"changed": self.poll()}


class Poll(Changed):
    """A poll that finds nothing."""

    times = 20
    enough = 2.0

    def work(self) -> dict[str, Any]:
        if self.poll():
            raise RuntimeError("something changed")
        return {}


class PollMany(Poll):
    """Twenty connections that are polled together, as a worker does with up to 200; figures are for one of them."""

    times = AT_ONCE
    enough = math.inf

    def __init__(self) -> None:
        super().__init__()
        for number in range(Connection.objects.count(), AT_ONCE):
            _copy(number)
        Connection.objects.update(next_sync_at=self.now)
        self.left = 0

    def run(self) -> dict[str, Any]:
        """All in the first of the runs that make one measurement; the others only count."""
        self.left = self.left or AT_ONCE
        self.left -= 1
        if self.left == AT_ONCE - 1:
            found = super().run()
            self.found = {name: found[name] / AT_ONCE for name in ("queries", "brackets")}
        return self.found


def _copy(number: int) -> None:
    """One more staff member who has connected the same account and chosen the same calendars."""
    connection = Connection.objects.order_by("pk")[0]
    calendars = list(Calendar.objects.filter(connection=connection))
    user = User.objects.create(username=f"anna{number}")
    CalendarConfiguration.objects.create(user=user, saved_at=timezone.now())
    connection.pk, connection.user = None, user
    connection.save()
    for calendar in calendars:
        calendar.pk, calendar.connection = None, connection
    Calendar.objects.bulk_create(calendars)


class Expand(Job):
    """The night's work a day later, with no network."""

    def __init__(self) -> None:
        super().__init__()
        self.tonight = self.now

    def work(self) -> dict[str, Any]:
        self.tonight += timedelta(days=1)
        return {"events": reexpand.move_window(self.tonight)}


class Openings(Job):
    """The openings of 30 days of one staff member, as a page asks for them."""

    times = 5

    def __init__(self) -> None:
        super().__init__()
        self.service, self.user = Service.objects.get(), self.connection.user
        self.work()

    def work(self) -> dict[str, Any]:
        found = search.find(self.service, [self.user], self.now, self.now + timedelta(days=30), now=self.now)
        return {"openings": len(found.openings)}


class Count(Job):
    """How much there is."""

    def work(self) -> dict[str, Any]:
        return {"events": Event.objects.count(), "occurrences": Occurrence.objects.count()}
