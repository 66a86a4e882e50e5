"""Who may sync a connection just now. The row is the queue: a conditional update claims it, a token proves it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from connections.models import Connection, lease_length, new_lease_token


class LeaseLost(Exception):
    """Somebody else holds the connection by now, or it is gone; what was read must not be written."""


def claim(connections: QuerySet[Connection], now: datetime) -> tuple[str, int]:
    """Lease from `now` on those of `connections` that nobody holds: the token of them all, and how many there are.

    Until the lease is given back they come due again when it ends, so that a killed process leaves nothing behind.
    """
    token, until = new_lease_token(), now + lease_length()
    free = Connection.objects.free(now).filter(pk__in=connections.values("pk"))
    return token, free.update(lease_token=token, lease_until=until, poll_started_at=now, next_sync_at=until)


def check(connection_id: int, token: str) -> None:
    """Inside a transaction: hold the row and raise LeaseLost unless `token` is still its lease."""
    held = Connection.objects.select_for_update().filter(pk=connection_id, lease_token=token)
    if not held.values_list("pk", flat=True):
        raise LeaseLost(connection_id)


def release(connection: Connection, next_sync_at: datetime | None, **values: Any) -> bool:
    """Give back the connection (as it was claimed), writing `values` in the same statement; False if it was lost.

    `next_sync_at` is written too, unless somebody asked for another time meanwhile: a choice of calendars, say.
    """
    mine = Connection.objects.filter(pk=connection.pk, lease_token=connection.lease_token)
    values |= {"lease_token": "", "lease_until": None}
    unasked = mine.filter(next_sync_at=connection.next_sync_at)
    return bool(unasked.update(next_sync_at=next_sync_at, **values) or mine.update(**values))


def revoke(connection: Connection) -> None:
    """End whatever is at the connection now: it will not be able to write any more."""
    Connection.objects.filter(pk=connection.pk).update(lease_token="", lease_until=None)
