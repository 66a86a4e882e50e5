"""Storing a connection that has just answered, with its calendars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connections import dav
from connections.models import Connection
from connections.sync import home
from connections.sync.state import LeasedConnection
from practice.activity.journal import note
from practice.models import Activity, User

HEALTHY: dict[str, Any] = {
    "needs_attention": False,
    "error_code": "",
    "error_params": {},
    "failing_since": None,
    "failures": 0,
    "not_before": None,
    "notified_error_code": "",
}
"""The state of a connection that has just answered."""


def store_account(
    user: User,
    key: Mapping[str, str],
    values: Mapping[str, Any],
    calendars: Sequence[dav.RemoteCalendar],
    now: datetime,
) -> Connection:
    """Store the connection of the user that `key` (url, username) names, with its calendars; renew it if it is known.

    Inside the lock of the user's schedule: the same account is not stored twice at once.
    """
    stored, made = Connection.objects.get_or_create(user=user, **key, defaults=values)
    if not made:
        renew(stored, values)
    connection = Connection.objects.select_related("user__calendar_configuration").get(pk=stored.pk)
    leased = LeasedConnection(connection)
    leased.reload()
    home.follow(leased, calendars)
    note(Activity.Kind.CONNECTED, now, user=user, detail=connection.provider)
    return connection


def renew(connection: Connection, values: Mapping[str, Any]) -> None:
    """Store what was found, and end a sync that is under way: with the old password it has nothing more to say."""
    Connection.objects.filter(pk=connection.pk).revoke_lease()
    if set(connection.addresses) != set(values["addresses"]):
        home.read_again(connection)
    Connection.objects.filter(pk=connection.pk).update(**values)
    connection.refresh_from_db()
