"""The rows of a fleet: thousands of staff members with one account each, and what the watcher asks of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection as database
from django.db.models import Max
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from benchmarks.fleet.answerer import HOME
from connections import dav
from connections.models import Calendar, CalendarConfiguration, Connection
from practice.models import User

POLL = "connections.tasks.poll_connections"
AT_ONCE = 2000


def fill(count: int, url: str) -> None:
    """`count` staff members whose calendars have been read and stand as the answerer says."""
    listed = _listing(url)
    now = timezone.now()
    named = (User(username=f"anna{at}", slug=f"anna{at}") for at in range(count))
    users = User.objects.bulk_create(named, batch_size=AT_ONCE)
    CalendarConfiguration.objects.bulk_create(
        (CalendarConfiguration(user=user, time_zone="UTC", saved_at=now) for user in users), batch_size=AT_ONCE
    )
    connections = Connection.objects.bulk_create((_connection(user, url) for user in users), batch_size=AT_ONCE)
    Calendar.objects.bulk_create(
        (_calendar(one, remote, at, now) for one in connections for at, remote in enumerate(listed)),
        batch_size=AT_ONCE,
    )


def _listing(url: str) -> list[dav.RemoteCalendar]:
    with dav.Session(dav.Account(url, "anna", "x")) as session:
        return session.calendars(HOME)


def _connection(user: User, url: str) -> Connection:
    return Connection(
        user=user,
        url=url,
        username=f"{user.username}@example.com",
        password="abcd-efgh-ijkl-mnop",  # noqa: S106 - of nobody
        home_path=HOME,
        principal_path="/fleet/principal/",
        origin=url.rstrip("/"),
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


def let_fall_due(count: int) -> datetime:
    """The first `count` connections are due from now on; the moment."""
    now = timezone.now()
    first = Connection.objects.order_by("pk").values("pk")[:count]
    Connection.objects.filter(pk__in=list(first.values_list("pk", flat=True))).update(next_sync_at=now)
    return now


def look() -> None:
    """What the schedule does once a minute."""
    async_task(POLL)


def queued() -> int:
    """Tasks that wait or run."""
    return OrmQ.objects.count()


def due() -> int:
    """Connections that are due and that nobody polls."""
    return Connection.objects.due(timezone.now()).count()


def unpolled(since: datetime) -> int:
    """Connections without a good poll since then."""
    return Connection.objects.exclude(polled_at__gte=since).count()


def last_release(since: datetime) -> float:
    """Seconds from then until the last poll was done with, to the watcher's precision."""
    last = Connection.objects.aggregate(last=Max("polled_at"))["last"]
    return max((timezone.now() - since).total_seconds(), (last - since).total_seconds() if last else 0.0)


@contextmanager
def closing_database() -> Iterator[None]:
    """Let go of the database afterwards, so that it can be dropped."""
    try:
        yield
    finally:
        database.close()
