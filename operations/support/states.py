"""How connections, pushes, e-mails, schedules, migrations and workers are at a moment. Every list has its order."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection as database
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Count, Max, Min, QuerySet
from django_q.models import OrmQ, Schedule, Task

from bookings.management.commands.setup_schedules import SCHEDULES
from bookings.models import Booking, LinkedEvent, Mail, MirroredSlot, Proposal
from connections.models import Calendar, Connection, Event
from connections.status.health import health
from operations.support.ordinals import Ordinals
from operations.tables import missing_migrations

OWN_TASKS: Final = ("connections.", "bookings.", "practice.", "operations.")
DAY: Final = timedelta(days=1)


def states(now: datetime, numbers: Ordinals) -> dict[str, Any]:
    """Everything in one value that JSON can represent; `now` is aware."""
    return {
        "connections": [_connection(row, now, numbers) for row in Connection.objects.order_by("pk")],
        "calendars": _calendars(numbers),
        "bookings": _counts(Booking.objects.all(), "status"),
        "pushes": {
            "bookings": _counts(LinkedEvent.objects.all(), "wanted", "state", "error_code"),
            "blocked_slots": _counts(MirroredSlot.objects.all(), "wanted", "state", "error_code"),
        },
        "mails": _counts(Mail.objects.all(), "kind", "state"),
        "proposals_open": Proposal.objects.filter(decided_at=None, withdrawn_at=None).count(),
        "schedules": _schedules(),
        "migrations": _migrations(),
        "workers": _workers(now),
    }


def status_in(params: dict[str, Any]) -> int | None:
    """The HTTP status among the values of a problem; the others may be names, addresses and hosts."""
    status = params.get("status")
    return status if isinstance(status, int) else None


def _connection(row: Connection, now: datetime, numbers: Ordinals) -> dict[str, Any]:
    return {
        "connection": numbers.connections.get(row.pk),
        "person": numbers.people.get(row.user_id),
        "provider": row.provider,
        "health": health(row, now).state.value,
        "needs_attention": row.needs_attention,
        "error_code": row.error_code,
        "status": status_in(row.error_params),
        "failures": row.failures,
        "interruptions": row.interruptions,
        "failing_since": row.failing_since,
        "created_at": row.created_at,
        "polled_at": row.polled_at,
        "next_sync_at": row.next_sync_at,
        "not_before": row.not_before,
        "leased": row.is_leased(now),
        "polls": row.polls,
        "requests": row.requests,
    }


def _calendars(numbers: Ordinals) -> list[dict[str, Any]]:
    events, pending, troubled = (_by_calendar(rows) for rows in _events())
    linked = set(Calendar.objects.exclude(linked_by=None).order_by("pk").values_list("pk", flat=True))
    return [
        {
            "calendar": numbers.calendars.get(row.pk),
            "connection": numbers.connections.get(row.connection_id),
            "selected": row.is_conflict_calendar,
            "linked": row.pk in linked,
            "writable": row.writable,
            "shared": row.shared,
            "times_only": row.times_only,
            "all_day_rule": row.all_day_rule,
            "events": events.get(row.pk, 0),
            "not_read": pending.get(row.pk, 0),
            "with_problem": troubled.get(row.pk, 0),
            "has_sync_token": bool(row.sync_token),
            "fresh_at": row.fresh_at,
            "read_at": row.read_at,
            "compared_at": row.compared_at,
            "mass_deletion_suspected_at": row.mass_deletion_suspected_at,
            "gone_at": row.gone_at,
            "error_code": row.error_code,
            "status": status_in(row.error_params),
        }
        for row in Calendar.objects.order_by("pk")
    ]


def _events() -> tuple[QuerySet[Event], QuerySet[Event], QuerySet[Event]]:
    return Event.objects.all(), Event.objects.pending(), Event.objects.troubled()


def _by_calendar(rows: QuerySet[Event]) -> dict[int, int]:
    counted = rows.order_by("calendar").values("calendar").annotate(number=Count("pk"))
    return {row["calendar"]: row["number"] for row in counted}


def _counts(rows: QuerySet[Any], *fields: str) -> list[dict[str, Any]]:
    """How many rows there are with each combination of values, in the order of the values."""
    return list(rows.order_by(*fields).values(*fields).annotate(count=Count("pk")).order_by(*fields))


def _schedules() -> list[dict[str, Any]]:
    own = {one.name for one in SCHEDULES}
    return [
        {"name": row.name if row.name in own else "another", "minutes": row.minutes, "next_run": row.next_run}
        for row in Schedule.objects.order_by("name", "pk")
    ]


def _migrations() -> dict[str, Any]:
    """The last migration that is applied of each app, and those that are not applied."""
    applied = sorted(MigrationRecorder(database).applied_migrations())
    return {"last_applied": dict(applied), "not_applied": missing_migrations()}


def _workers(now: datetime) -> dict[str, Any]:
    """What the queue and its results say of the workers; arguments, results and errors of tasks are left out."""
    recent = Task.objects.filter(stopped__gt=now - DAY).order_by("func", "success")
    counted = recent.values("func", "success").annotate(count=Count("id"), last=Max("stopped"))
    tasks = [{**row, "func": _known(row["func"])} for row in counted.order_by("func", "success")]
    oldest = OrmQ.objects.aggregate(lock=Min("lock"))["lock"]
    return {"queued": OrmQ.objects.count(), "oldest_queued": oldest, "tasks_of_a_day": tasks}


def _known(function: str) -> str:
    return function if function.startswith(OWN_TASKS) else "another"
