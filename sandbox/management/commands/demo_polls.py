"""One process of the demo: schedules run at most about twice a minute, and the demo polls every few seconds."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django_q.models import OrmQ
from django_q.tasks import async_task

TASKS = ("connections.tasks.poll_connections", "bookings.tasks.push_events", "bookings.tasks.reconcile_bookings")
LOOKS = 4  # within one interval, so that what is due waits no more than a quarter of it
ENOUGH = 2 * len(TASKS)  # waiting tasks: the worker is behind, and more of the same would not help it


class Command(BaseCommand):
    help = "One process of the demo, run by it: queues every few seconds what otherwise runs by the schedules."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is a process of the demo: run `manage.py demo`.")
        while True:
            queue_all()
            time.sleep(settings.SYNC_INTERVAL_SECONDS / LOOKS)


def queue_all() -> None:
    """Queue one run of each task, unless the worker has enough to do."""
    if OrmQ.objects.count() < ENOUGH:
        for task in TASKS:
            async_task(task)
