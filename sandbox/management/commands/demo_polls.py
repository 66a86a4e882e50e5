"""A process of the demo that queues polls every few seconds, as schedules run at most about twice a minute."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django_q.brokers import get_broker
from django_q.tasks import async_task

TASKS = ("connections.tasks.poll_connections", "bookings.tasks.push_events", "bookings.tasks.reconcile_bookings")
RUNS_PER_INTERVAL = 4  # so that a connection that is due waits for a quarter of the interval at most
MAX_QUEUED = 2 * len(TASKS)  # with more waiting tasks the worker is late, and more tasks would not help


class Command(BaseCommand):
    help = "A process of the demo, started by it: queues the scheduled tasks every few seconds."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_APPLE_URL:
            raise CommandError("This is a process of the demo: run `manage.py demo`.")
        while True:
            queue_all()
            time.sleep(settings.SYNC_INTERVAL_SECONDS / RUNS_PER_INTERVAL)


def queue_all() -> None:
    """Queue one run of each task, unless the worker is late."""
    if get_broker().queue_size() < MAX_QUEUED:
        for task in TASKS:
            async_task(task)
