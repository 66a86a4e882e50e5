"""Thousands of staff members with one connection each, and the queries that the measurement needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection as database
from django.db.models import Max
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from benchmarks.fleet.canned_server import HOME
from connections import dav
from connections.models import Calendar, CalendarConfiguration, Connection
from practice.models import User

POLL = "connections.tasks.poll_connections"
BATCH_SIZE = 2000


def create(count: int, url: str) -> None:
    """Create `count` staff members whose calendars have been read and agree with what the server at `url` lists."""
    listed = _listing(url)
    now = timezone.now()
    named = (User(username=f"anna{at}", slug=f"anna{at}") for at in range(count))
    users = User.objects.bulk_create(named, batch_size=BATCH_SIZE)
    CalendarConfiguration.objects.bulk_create(
        (CalendarConfiguration(user=user, time_zone="UTC", saved_at=now) for user in users), batch_size=BATCH_SIZE
    )
    connections = Connection.objects.bulk_create(
        (_connection(user, url, listed.digest) for user in users), batch_size=BATCH_SIZE
    )
    Calendar.objects.bulk_create(
        (_calendar(one, remote, at, now) for one in connections for at, remote in enumerate(listed.calendars)),
        batch_size=BATCH_SIZE,
    )


def _listing(url: str) -> dav.HomeListing:
    with dav.Session(dav.Credentials(url, "anna", "x")) as session:
        return session.home_listing(HOME)


def _connection(user: User, url: str, digest: str) -> Connection:
    return Connection(
        user=user,
        url=url,
        username=f"{user.username}@example.com",
        password="abcd-efgh-ijkl-mnop",  # noqa: S106 - an invented account
        home_path=HOME,
        principal_path="/fleet/principal/",
        origin=url.rstrip("/"),
        listing_digest=digest,
        next_sync_at=timezone.now() + timedelta(days=1),
    )


def _calendar(connection: Connection, remote: dav.RemoteCalendar, position: int, now: datetime) -> Calendar:
    return Calendar(
        connection=connection,
        path=remote.path,
        name=remote.name,
        color=remote.color,
        writable=remote.writable,
        shared=remote.shared,
        position=position,
        is_conflict_calendar=True,
        asked_about=True,
        listed_token=remote.token,
        probe_token=remote.token,
        sync_token=remote.token,
        fresh_at=now,
        read_at=now,
        compared_at=now,
    )


def make_due(count: int) -> datetime:
    """Make the first `count` connections due; returns the moment."""
    now = timezone.now()
    first = Connection.objects.order_by("pk").values("pk")[:count]
    Connection.objects.filter(pk__in=list(first.values_list("pk", flat=True))).update(next_sync_at=now)
    return now


def queue_poll() -> None:
    """Queue the task that the schedule queues once a minute."""
    async_task(POLL)


def queued() -> int:
    """The number of tasks that wait or run."""
    return int(OrmQ.objects.count())


def due() -> int:
    """The number of connections that are due and that no worker polls."""
    return Connection.objects.due(timezone.now()).count()


def unpolled(since: datetime) -> int:
    """The number of connections without a successful poll since then."""
    return Connection.objects.exclude(polled_at__gte=since).count()


def seconds_to_last_poll(since: datetime) -> float:
    """Seconds from `since` until the last poll ended, as precise as the checks are frequent."""
    last = Connection.objects.aggregate(last=Max("polled_at"))["last"]
    return max((timezone.now() - since).total_seconds(), (last - since).total_seconds() if last else 0.0)


@contextmanager
def closing_database() -> Iterator[None]:
    """Close the database connection at the end, so that the database can be dropped."""
    try:
        yield
    finally:
        database.close()
