"""What the workers run. Names are stored in the database: they change only with a migration of the schedules."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone
from django_q.models import Schedule
from django_q.tasks import async_task, schedule

from connections.models import Connection, SyncRun
from connections.sync import due, poll, reexpand, run
from connections.sync.report import SyncReport

LOOK_AGAIN = timedelta(seconds=5)
ROUND = timedelta(seconds=90)  # the schedule comes once a minute, and up to half a minute late


def poll_connections(until: datetime | None = None) -> None:
    """Poll what is due; where something changed, queue a sync of that connection. Feeds get a sync without a poll.

    What is due beyond 200 is left to a further task, which any worker can begin with at once, and so on `until` the
    schedule must have come again: where workers do not keep up, polls may not pile up and keep syncs waiting.
    """
    now = timezone.now()
    until = until or now + ROUND
    more = partial(async_task, "connections.tasks.poll_connections", until)
    for report in poll.poll_due(now, more if now < until else None):
        _go_on(report)
    for feed in due.due_feeds(now):
        _go_on(SyncReport(feed, unfinished=True, look_again=True))


def sync_probed(connection_id: int, look_again: bool = False) -> None:
    """Read what a poll has just found changed; `look_again`: list the home (once more) first."""
    _go_on(run.sync_connection(connection_id, now=timezone.now(), probed=not look_again))


def sync_connection(connection_id: int, full: bool = False) -> None:
    """Sync because a person asked. If a poll is at it just now, that was begun too early to count: again later."""
    asked = Connection.objects.filter(pk=connection_id)
    asked.forget_asked()
    report = run.sync_connection(connection_id, now=timezone.now(), full=full, trigger=SyncRun.Trigger.PERSON)
    _go_on(report)
    if report.busy and asked.note_asked(timezone.now(), full=full):
        schedule(
            "connections.tasks.sync_connection",
            connection_id,
            full,
            schedule_type=Schedule.ONCE,
            next_run=timezone.now() + LOOK_AGAIN,
        )


def _go_on(report: SyncReport) -> None:
    """Let a task behind those of others go on. If the queue loses it, nothing is lost: the row comes due again."""
    if report.unfinished:
        Connection.objects.filter(pk=report.connection).leave_to_queue(timezone.now())
        async_task("connections.tasks.sync_probed", report.connection, report.look_again)


def expand_events(calendar_id: int = 0, event_id: int = 0) -> None:
    """Nightly: move the window of occurrences on, with no network.

    Where that takes longer than the turn of a sync, a task behind those of others goes on after this event.
    """
    after = calendar_id, event_id
    moved = reexpand.move_window(timezone.now(), after=after, seconds=run.MAX_TURN_SECONDS)
    if moved.rest:
        async_task("connections.tasks.expand_events", *moved.rest)
