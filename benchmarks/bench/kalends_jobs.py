"""What Kalends does: the functions that its workers and pages call, on a database of its own."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - after django.setup()
from django.core.management import call_command  # noqa: E402
from django.db import connection as database  # noqa: E402
from django.utils import timezone  # noqa: E402

from availability.models import WorkingHours  # noqa: E402
from bookings.models import Service  # noqa: E402
from bookings.openings import search  # noqa: E402
from connections import accounts, dav  # noqa: E402
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence  # noqa: E402
from connections.sync import poll, reexpand, run  # noqa: E402
from practice.models import User  # noqa: E402

POLLED_TOGETHER = 20
_TRANSACTION_STATEMENTS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


class StatementCount:
    """The number of SQL statements; those that only begin or end a transaction are counted separately."""

    def __init__(self) -> None:
        self.queries = 0
        self.transaction_statements = 0

    def __call__(self, execute: Execute, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.startswith(_TRANSACTION_STATEMENTS):
            self.transaction_statements += 1
        else:
            self.queries += 1
        return execute(sql, params, many, context)


@contextmanager
def count_statements() -> Iterator[StatementCount]:
    """Count the SQL statements in the block."""
    count = StatementCount()
    with database.execute_wrapper(count):
        yield count


class KalendsMigrate:
    """Create all tables in an empty database."""

    times = 1

    def run(self) -> dict[str, Any]:
        call_command("migrate", verbosity=0)
        return {}


class KalendsConnect:
    """Create a staff member with working hours, a service and a connection whose calendars are not read yet."""

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


class KalendsJob(ABC):
    """What the jobs have in common: one connection, and a clock that is set to when it is next due."""

    times = 1

    def __init__(self) -> None:
        self.connection = Connection.objects.order_by("pk")[0]
        self.now = self.connection.next_sync_at or timezone.now()

    def run(self) -> dict[str, Any]:
        """The work, with its queries count_statements."""
        with count_statements() as count:
            detail = self.work()
        return {"queries": count.queries, "transaction_statements": count.transaction_statements, **detail}

    @abstractmethod
    def work(self) -> dict[str, Any]:
        """Do the work that is measured; returns facts about its result."""

    def poll(self) -> int:
        """Poll and sync as the worker does when a connection is due; returns how many events changed."""
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


class KalendsFirstSync(KalendsJob):
    """The first sync, starting with the listing of the home.

    `batch` and `lines`: the account answers no more events at once, and no more requests, 0 for as many as there are.
    """

    def __init__(self, *, batch: int = 0, lines: int = 0) -> None:
        super().__init__()
        if batch and lines:
            self.connection.note_limits(dav.Limits(batch, lines), timezone.now())
        with dav.Session(self.connection.account) as session:
            session.calendars(self.connection.home_path)  # opens the connection, as in a worker that runs already

    def work(self) -> dict[str, Any]:
        changed, unfinished = 0, True
        while unfinished:
            report = run.sync_connection(self.connection.pk, now=timezone.now())
            if report.error:
                raise RuntimeError(report.error.sentence)
            changed, unfinished = changed + report.changed, report.unfinished
        return {"changed": changed}


class KalendsChanges(KalendsJob):
    """A poll that finds changes, and the sync that follows."""

    def __init__(self) -> None:
        super().__init__()
        self.poll()

    def work(self) -> dict[str, Any]:
        return {"changed": self.poll()}


class KalendsPoll(KalendsChanges):
    """A poll that finds nothing."""

    times = 20
    max_seconds = 2.0

    def work(self) -> dict[str, Any]:
        if self.poll():
            raise RuntimeError("something changed")
        return {}


class KalendsPollTogether(KalendsPoll):
    """Twenty connections polled together, as a worker does with up to 200; the figures are for one of them."""

    times = POLLED_TOGETHER
    max_seconds = math.inf

    def __init__(self) -> None:
        super().__init__()
        for number in range(Connection.objects.count(), POLLED_TOGETHER):
            _add_staff_member(number)
        Connection.objects.update(next_sync_at=self.now)
        self.runs_left = 0

    def run(self) -> dict[str, Any]:
        """Poll all in the first of the runs that make up one measurement; the others do nothing."""
        self.runs_left = self.runs_left or POLLED_TOGETHER
        self.runs_left -= 1
        if self.runs_left == POLLED_TOGETHER - 1:
            counts = super().run()
            self.counts = {name: counts[name] / POLLED_TOGETHER for name in ("queries", "transaction_statements")}
        return self.counts


def _add_staff_member(number: int) -> None:
    """Another staff member who has connected the same account and selected the same calendars."""
    connection = Connection.objects.order_by("pk")[0]
    calendars = list(Calendar.objects.filter(connection=connection))
    user = User.objects.create(username=f"anna{number}")
    CalendarConfiguration.objects.create(user=user, saved_at=timezone.now())
    connection.pk, connection.user = None, user
    connection.save()
    for calendar in calendars:
        calendar.pk, calendar.connection = None, connection
    Calendar.objects.bulk_create(calendars)


class KalendsReexpand(KalendsJob):
    """The nightly expansion of series, one day later in each run; needs no network."""

    def __init__(self) -> None:
        super().__init__()
        self.tonight = self.now

    def work(self) -> dict[str, Any]:
        self.tonight += timedelta(days=1)
        return {"events": reexpand.move_window(self.tonight).events}


class KalendsOpenings(KalendsJob):
    """Find the openings of one staff member in 30 days, as a page does."""

    times = 5

    def __init__(self) -> None:
        super().__init__()
        self.service, self.user = Service.objects.get(), self.connection.user
        self.work()

    def work(self) -> dict[str, Any]:
        found = search.find(self.service, [self.user], self.now, self.now + timedelta(days=30), now=self.now)
        return {"openings": len(found.openings)}


class KalendsRowCounts(KalendsJob):
    """Count the stored events and occurrences."""

    def work(self) -> dict[str, Any]:
        return {"events": Event.objects.count(), "occurrences": Occurrence.objects.count()}
