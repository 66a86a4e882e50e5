"""What a sync leaves on the connection's row: how it went, and when it comes next."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from connections.models import Connection
from connections.plan import back_off
from connections.problems import Handling, Problem, Verdict
from connections.sync.state import LeasedConnection


def trouble(leased: LeasedConnection) -> Problem | None:
    """The first problem among the calendars that block, those that are gone included; it names its calendar."""
    rows = (state.calendar for state in leased if state.calendar.is_conflict_calendar)
    troubled = next((row for row in rows if row.error_code), None)
    return Problem(troubled.error_code, {**troubled.error_params, "calendar": str(troubled)}) if troubled else None


def good(leased: LeasedConnection, now: datetime, *, finished: bool) -> dict[str, Any]:
    """After the home was listed at `now`: the connection works, even where one of its calendars does not.

    After an interrupted sync that is certain only when a sync has read all that was due and so is `finished`.
    """
    connection, problem = leased.connection, trouble(leased)
    listed = {
        "origin": connection.origin,
        "home_path": connection.home_path,
        "principal_path": connection.principal_path,
        "addresses": connection.addresses,
        "polled_at": now,
    }
    if connection.interruptions and not finished:
        return listed
    over = {} if problem else {"notified_error_code": ""}  # who was told of an outage is told of the next one too
    return (
        over
        | listed
        | {
            "needs_attention": False,
            "error_code": problem.code if problem else "",
            "error_params": problem.params if problem else {},
            "failing_since": (connection.failing_since or now) if problem else None,
            "failures": 0,
            "interruptions": 0,
            "not_before": None,
        }
    )


def next_sync(leased: LeasedConnection, now: datetime) -> datetime:
    """The regular time, or sooner where a pending event or a suspected mass deletion is asked about again."""
    regular = now + leased.connection.interval
    return max(min([regular, *_asked(state.asks_at() for state in leased)]), now)


def next_after_booking(leased: LeasedConnection, now: datetime) -> datetime:
    """As `next_sync`; at once if a calendar that blocks was never read, which is left to a worker.

    Until then nobody can book, and the regular time of a feed may be a day away.
    """
    never = any(state.selected and state.calendar.read_at is None for state in leased)
    return now if never else next_sync(leased, now)


def _asked(times: Iterable[datetime | None]) -> list[datetime]:
    return [time for time in times if time is not None]


def bad(connection: Connection, verdict: Verdict, now: datetime) -> dict[str, Any]:
    """After an error that ended the sync at `now`. Silence does not make a refused password good again."""
    again = {
        "origin": "",  # the account may have left this host, which need not say so: the next try asks the entry host
        "failures": connection.failures + 1,
        "not_before": now + timedelta(seconds=verdict.retry_after) if verdict.retry_after else None,
    }
    if connection.needs_attention and verdict.handling is not Handling.ASK_PERSON:
        return again
    return again | {
        "needs_attention": verdict.handling is Handling.ASK_PERSON,
        "error_code": verdict.problem.code,
        "error_params": verdict.problem.params,
        "failing_since": connection.failing_since or now,
    }


def next_try(connection: Connection, verdict: Verdict, now: datetime) -> datetime | None:
    """After an error: pauses that grow, never shorter than the server asked; None if only a person can help."""
    if connection.needs_attention or verdict.handling is Handling.ASK_PERSON:
        return None
    interval = timedelta(seconds=settings.SYNC_INTERVAL_SECONDS)
    pause = back_off(interval, connection.failures + 1, random.random())  # noqa: S311 - spreads load, guards nothing
    return now + max(pause, timedelta(seconds=verdict.retry_after or 0))
