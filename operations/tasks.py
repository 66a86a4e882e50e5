"""What the workers run for operators. Names are stored in the database: they change only with the schedules."""

from __future__ import annotations

from django.utils import timezone

from operations.models import Heartbeat


def heartbeat() -> None:
    """On schedule: note that the schedule, the queue and a worker work."""
    Heartbeat.objects.beat(timezone.now())
