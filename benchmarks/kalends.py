"""Kalends at work: the verbs its workers and pages call, on a database of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from typing import Any

import django

django.setup()

from django.contrib.auth.models import User  # noqa: E402 - after the set-up
from django.core.management import call_command  # noqa: E402
from django.db import connection as database  # noqa: E402
from django.utils import timezone  # noqa: E402

from availability.models import WorkingHours  # noqa: E402
from bookings import finding  # noqa: E402
from bookings.models import Service  # noqa: E402
from connections import accounts, expansion, polling, sync  # noqa: E402
from connections.models import Calendar, Connection, Event, Occurrence  # noqa: E402

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
        self.connection = Connection.objects.get()

    @property
    def due(self) -> datetime:
        """When the connection is due next."""
        self.connection.refresh_from_db()
        return self.connection.next_sync_at or timezone.now()

    def run(self) -> dict[str, Any]:
        """The work, with its queries counted."""
        with counted() as count:
            detail = self.work()
        return {"queries": count.queries, "brackets": count.brackets, **detail}

    def work(self) -> dict[str, Any]:
        """What is measured."""
        raise NotImplementedError

    def poll(self) -> int:
        """What the worker does at each look at the clock, with the syncs it queues; how many events changed."""
        now = self.due
        reports = polling.poll_due(now)
        reports += [sync.sync_connection(one.connection, now=now, probed=True) for one in reports if one.unfinished]
        error = next((report.error for report in reports if report.error), None)
        if error:
            raise RuntimeError(error.sentence)
        return sum(report.changed for report in reports)


class First(Job):
    """The first sync, of which the home listing is the first request."""

    def __init__(self) -> None:
        super().__init__()
        with sync.dav.Session(sync.account_of(self.connection)) as session:
            session.calendars(self.connection.home_path)  # a worker has long been running

    def work(self) -> dict[str, Any]:
        changed, unfinished = 0, True
        while unfinished:
            report = sync.sync_connection(self.connection.pk, now=timezone.now())
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

    def work(self) -> dict[str, Any]:
        if self.poll():
            raise RuntimeError("something changed")
        return {}


class Expand(Job):
    """The night's work a day later, with no network."""

    def __init__(self) -> None:
        super().__init__()
        self.tonight = self.due

    def work(self) -> dict[str, Any]:
        self.tonight += timedelta(days=1)
        return {"events": expansion.move_window(self.tonight)}


class Openings(Job):
    """The openings of 30 days of one staff member, as a page asks for them."""

    times = 5

    def __init__(self) -> None:
        super().__init__()
        self.service, self.user, self.now = Service.objects.get(), User.objects.get(), self.due
        self.work()

    def work(self) -> dict[str, Any]:
        found = finding.find(self.service, [self.user], self.now, self.now + timedelta(days=30), now=self.now)
        return {"openings": len(found.openings)}


class Count(Job):
    """How much there is."""

    def work(self) -> dict[str, Any]:
        return {"events": Event.objects.count(), "occurrences": Occurrence.objects.count()}
