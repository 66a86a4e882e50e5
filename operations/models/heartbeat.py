"""When a worker last worked."""

from __future__ import annotations

from datetime import datetime

from django.db import models


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def beat(self, now: datetime) -> None:
        """Note that a worker ran a task at `now`."""
        self.update_or_create(pk=1, defaults={"at": now})

    def latest_at(self) -> datetime | None:
        """When a worker last ran it; None for never."""
        return self.values_list("at", flat=True).first()


class Heartbeat(models.Model):
    """The one row with the time at which any worker last ran the task of the schedule "heartbeat".

    It is a row and not a statistic of the queue: with the database as broker, that is in the cache of one process.
    """

    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self) -> str:
        return self.at.isoformat()
