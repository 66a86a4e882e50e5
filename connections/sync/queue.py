"""Asking a worker for a sync. Tasks are named by their path, for they lie above."""

from __future__ import annotations

from functools import partial

from django.db import transaction
from django.utils import timezone
from django_q.tasks import async_task

from connections.models import Connection


def sync_soon(connection_id: int, full: bool = False) -> None:
    """Queue a person's sync as soon as the running transaction is committed, unless one is queued already."""
    if Connection.objects.filter(pk=connection_id).note_asked(timezone.now(), full=full):
        transaction.on_commit(partial(async_task, "connections.tasks.sync_connection", connection_id, full))
