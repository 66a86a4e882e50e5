"""The rows that follow a push: those of the event, and of an account that did not let it through."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from connections.models import Calendar, Connection
from connections.problems import Problem
from connections.push.values import Stored
from connections.sync import apply


def remember(calendar: Calendar, stored: Stored, now: datetime) -> None:
    """Let the event's row and occurrences follow what was pushed, so that the next sync finds nothing new."""
    context = apply.ReadContext.of(calendar, now)
    event = apply.ReadEvent(stored.href, stored.etag, stored.text, context.expand(stored.text))
    with transaction.atomic():
        apply.store(calendar, [event], context, whole=True)


def report_pause(connection: Connection, seconds: float, now: datetime) -> None:
    """The server answered a push with Retry-After: until then the whole account is left alone, polls included."""
    Connection.objects.filter(pk=connection.pk).update(not_before=now + timedelta(seconds=seconds))


def report_refused(connection: Connection, problem: Problem, now: datetime) -> Problem:
    """The provider refused the account to a push: polling stops until a person has seen to it. What the row says."""
    if problem.code == "unauthorized":
        problem = Problem(problem.code, {"username": connection.username})
    Connection.objects.filter(pk=connection.pk).update(
        needs_attention=True,
        error_code=problem.code,
        error_params=problem.params,
        failing_since=connection.failing_since or now,
        next_sync_at=None,
    )
    return problem
