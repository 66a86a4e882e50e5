"""What the workers run. Names are stored in the database: they change only with a migration of the schedules."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from connections import expansion, polling, sync
from connections.models import SyncRun


def poll_connections() -> None:
    """Poll what is due; where something changed, queue a sync of that connection."""
    for report in polling.poll_due(timezone.now()):
        if report.unfinished:
            async_task("connections.tasks.sync_probed", report.connection)


def sync_probed(connection_id: int) -> None:
    """Read what a poll has just found changed."""
    _go_on(sync.sync_connection(connection_id, now=timezone.now(), probed=True))


def sync_connection(connection_id: int, full: bool = False) -> None:
    """Sync because a person asked."""
    _go_on(sync.sync_connection(connection_id, now=timezone.now(), full=full, trigger=SyncRun.Trigger.PERSON))


def _go_on(report: sync.SyncReport) -> None:
    if report.unfinished:
        async_task("connections.tasks.sync_probed", report.connection)


def expand_events() -> None:
    """Nightly: move the window of occurrences on, with no network."""
    expansion.move_window(timezone.now())


def sync_soon(connection_id: int, full: bool = False) -> None:
    """Queue a person's sync as soon as the running transaction is committed."""
    transaction.on_commit(partial(async_task, "connections.tasks.sync_connection", connection_id, full))
