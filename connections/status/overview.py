"""What the page of one connection shows, gathered in a handful of queries whatever its size."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from connections.models import Calendar, CalendarWithProgress, Connection, Event, SyncRun
from connections.status.health import Health, health

MAX_SHOWN = 20
MAX_WAIT = timedelta(minutes=10)  # the page stops asking whether a sync that was asked for is done


@dataclass(frozen=True, slots=True)
class Overview:
    """`troubled` counts all with a problem, `events` are the first; `done` is the sync asked for.

    `reading`: a calendar is being read for the first time, and nothing is wrong with the account.
    """

    connection: Connection
    health: Health
    calendars: list[CalendarWithProgress]
    events: list[Event]
    troubled: int
    runs: list[SyncRun]
    asked: int
    done: SyncRun | None
    waiting: bool
    reading: bool


def overview(connection: Connection, *, now: datetime, asked: int = 0) -> Overview:
    """`now` is aware; `asked` is the second (Unix time) in which a person asked for a sync, 0 for never."""
    events = troubled_events(connection)
    shown = list(events[:MAX_SHOWN])
    runs = list(connection.runs.all()[:MAX_SHOWN])
    busy = connection.is_leased(now)
    done = None if busy else _answer(runs, asked)
    calendars = list(Calendar.objects.filter(connection=connection).with_progress())
    first_reading = any(calendar.events_so_far is not None for calendar in calendars)
    return Overview(
        connection=connection,
        health=health(connection, now),
        calendars=calendars,
        events=shown,
        troubled=len(shown) if len(shown) < MAX_SHOWN else events.count(),
        runs=runs,
        asked=asked,
        done=done,
        waiting=bool(asked) and done is None and now.timestamp() - asked < MAX_WAIT.total_seconds(),
        reading=first_reading and connection.healthy and not connection.needs_attention,
    )


def troubled_events(connection: Connection) -> QuerySet[Event]:
    """The events of the selected calendars that could not be read, or only in part; by calendar and name."""
    own = Event.objects.filter(calendar__connection=connection, calendar__is_conflict_calendar=True)
    return (
        own.filter(~Q(problem="") | ~Q(pending_etag=""))
        .select_related("calendar__connection")
        .order_by("calendar", "summary", "pk")
    )


def _answer(runs: list[SyncRun], asked: int) -> SyncRun | None:
    """The latest run that a person asked for, if it began since `asked`."""
    if not asked:
        return None
    since = datetime.fromtimestamp(asked, tz=UTC)
    return next((run for run in runs if run.trigger == SyncRun.Trigger.PERSON and run.started_at >= since), None)
