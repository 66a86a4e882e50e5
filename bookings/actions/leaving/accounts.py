"""The accounts of people who were deactivated: forgotten as soon as nothing waits to be written there."""

from __future__ import annotations

from datetime import datetime

from bookings.actions.disconnect import disconnect
from bookings.actions.leaving.waiting import waiting_for
from bookings.models import booking_lock
from connections import guard
from connections.models import CalendarConfiguration, Connection
from practice.models import User
from practice.models.restore import outgoing_waits


def disconnect_settled(now: datetime) -> int:
    """Disconnect whoever was deactivated and has nothing left that waits; how many people.

    After a restore nobody until that is finished: their calendars are still to be compared.
    """
    count, left = 0, list(User.objects.filter(is_active=False, connections__isnull=False).distinct())
    for user in left if left and not outgoing_waits() else ():
        with guard.isolate_failure(f"disconnecting user {user.pk}, who was deactivated"):
            count += _disconnect_if_settled(user, now)
    return count


def _disconnect_if_settled(user: User, now: datetime) -> bool:
    with booking_lock(user, now):
        if waiting_for(user, now).keeps_account:
            return False
        return disconnect_at_once(user, now)


def disconnect_at_once(user: User, now: datetime, *, actor: User | None = None) -> bool:
    """Disconnect the accounts of a deactivated user, whatever waits; False if the user is active or has no account.

    If they are reactivated, they cannot be booked before they have connected an account and chosen calendars again.
    """
    with booking_lock(user, now):
        accounts = list(Connection.objects.filter(user=user, user__is_active=False))
        for connection in accounts:
            disconnect(connection, remove=False, now=now, actor=actor)
        if accounts:
            CalendarConfiguration.objects.filter(user=user).update(must_connect=True, saved_at=None)
    return bool(accounts)
