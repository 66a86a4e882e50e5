"""How one worker takes a row, whether it syncs, pushes or mails.

The row is the queue. A conditional update takes it until a moment that is written in the row itself, so of two workers
one wins, and a killed process leaves nothing behind: what it took is free again when that moment has come.

No model is known here. `rows` is a queryset that is not sliced; `column` names the nullable DateTimeField that says
until when a row is taken.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet


class LeaseLost(Exception):
    """Another worker has the row by now, or it is gone; what was read must not be written."""


def free(now: datetime, column: str) -> Q:
    """The condition that nobody has taken a row at `now`."""
    return Q(**{column: None}) | Q(**{f"{column}__lte": now})


def is_taken(until: datetime | None, now: datetime) -> bool:
    """Has somebody taken the row whose column says `until`?"""
    return until is not None and until > now


def take(rows: QuerySet[Any], now: datetime, *, until: datetime, column: str, **values: Any) -> int:
    """Take those of `rows` that nobody has taken at `now`, writing `values` in the same statement; how many."""
    return rows.filter(free(now, column)).update(**{column: until}, **values)


def hold(rows: QuerySet[Any]) -> None:
    """Inside a transaction: lock `rows`, filtered by what proves that they are still ours. Raises LeaseLost if none is.

    The proof is a token that `take` wrote, for instance.
    """
    if not rows.select_for_update().values_list("pk", flat=True):
        raise LeaseLost


def release(rows: QuerySet[Any], *, column: str, **values: Any) -> int:
    """Let others take `rows` again, writing `values` in the same statement; how many are left."""
    return rows.update(**{column: None}, **values)
