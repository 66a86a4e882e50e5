"""Who may sync a connection just now. The row is the queue: a conditional update claims it, a token proves it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from connections.models import Connection, lease_length, new_lease_token


class LeaseLost(Exception):
    """Somebody else holds the connection by now; what was read must not be written."""


def claim(connection_id: int, now: datetime) -> str:
    """The token of a new lease on the connection from `now`, or "" while somebody else holds one."""
    token = new_lease_token()
    won = (
        Connection.objects.filter(pk=connection_id)
        .free(now)
        .update(lease_token=token, lease_until=now + lease_length(), poll_started_at=now)
    )
    return token if won else ""


def check(connection_id: int, token: str) -> None:
    """Inside a transaction: hold the row and raise LeaseLost unless `token` is still its lease."""
    held = Connection.objects.select_for_update().filter(pk=connection_id, lease_token=token)
    if not held.values_list("pk", flat=True):
        raise LeaseLost(connection_id)


def extend(connection_id: int, token: str, now: datetime) -> None:
    """Hold the connection for another lease's length from `now`. Raises LeaseLost."""
    if not Connection.objects.filter(pk=connection_id, lease_token=token).update(lease_until=now + lease_length()):
        raise LeaseLost(connection_id)


def release(connection_id: int, token: str, **values: Any) -> bool:
    """Give the connection back, writing `values` in the same statement; False if the lease was lost."""
    mine = Connection.objects.filter(pk=connection_id, lease_token=token)
    return bool(mine.update(lease_token="", lease_until=None, **values))
