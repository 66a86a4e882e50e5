"""The schedules, as the code wants them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django_q.models import Schedule

from connections.worker.spread import offset
from practice.commands import JsonCommand

SPREAD_DAILY = timedelta(hours=4)
"""In this time the instances of one machine do their daily work, one after the other, if all are set up at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A schedule: `every` minutes, or daily without."""

    name: str
    task: str
    every: int | None

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the row, without the next run, which the worker sets."""
        kind = Schedule.DAILY if self.every is None else Schedule.MINUTES
        plain = dict.fromkeys(("args", "kwargs", "hook", "cron", "cluster", "intended_date_kwarg"))
        return {"func": self.task, "schedule_type": kind, "minutes": self.every, "repeats": -1, **plain}

    def first_run(self, now: datetime, instance: str) -> datetime:
        """When a new one runs first, later or sooner by the name of the instance, if it has one."""
        return now + offset(instance, SPREAD_DAILY if self.every is None else timedelta(minutes=self.every))


# The row of a connection says when it is polled next; the schedule only looks for those that are due.
SCHEDULES = (
    Wanted("poll connections", "connections.tasks.poll_connections", 1),
    Wanted("push events", "bookings.tasks.push_events", 1),
    Wanted("reconcile bookings", "bookings.tasks.reconcile_bookings", 1),
    Wanted("heartbeat", "operations.tasks.heartbeat", 1),
    Wanted("delete old holds", "bookings.tasks.delete_old_holds", None),
    Wanted("apply retention", "bookings.tasks.apply_retention", None),
    Wanted("prune activity", "practice.activity.tasks.prune_activity", None),
    Wanted("delete ended sessions", "practice.sign_in.sessions.delete_ended_sessions", None),
    Wanted("go on after a restore", "operations.restored.tasks.go_on", 1),
    Wanted("expand events", "connections.tasks.expand_events", None),
)


class Command(JsonCommand):
    help = gettext_lazy("Make the schedules match the code; run at every deployment.")

    @transaction.atomic
    def run(self, **options: Any) -> dict[str, list[str]]:
        names = [wanted.name for wanted in SCHEDULES]
        unwanted = Schedule.objects.exclude(name__in=names) | Schedule.objects.filter(name=None)
        removed = sorted(row.name or row.func for row in unwanted)
        unwanted.delete()
        for wanted in SCHEDULES:
            self._match(wanted)
        return {"schedules": names, "removed": removed}

    def _match(self, wanted: Wanted) -> None:
        """One row for it; names are not unique, so the older ones of several go."""
        rows = Schedule.objects.filter(name=wanted.name).order_by("pk")
        for surplus in rows[1:]:
            surplus.delete()
        first = {"next_run": wanted.first_run(timezone.now(), settings.INSTANCE)}
        Schedule.objects.update_or_create(
            name=wanted.name, defaults=wanted.values, create_defaults={**wanted.values, **first}
        )

    def show(self, data: dict[str, list[str]]) -> None:
        count = len(data["schedules"])
        text = ngettext("%(count)s schedule is set up.", "%(count)s schedules are set up.", count)
        self.stdout.write(text % {"count": count})
        for name in data["removed"]:
            self.stdout.write(_("Removed: %(name)s") % {"name": name})
