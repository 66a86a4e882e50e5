"""Leaving an account: what that means for bookings, and taking their events along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bookings.actions.preconditions import locked
from bookings.models import LinkedEvent, LinkedEventQuerySet, MirroredSlot, MirroredSlotQuerySet
from bookings.push import mirrored_slots, outbox, placements
from connections import accounts
from connections.models import Calendar, Connection, Event


@dataclass(frozen=True, slots=True)
class DisconnectSummary:
    """What disconnecting concerns: upcoming events that Kalends put there, calendars that block, events read."""

    pushed: int
    mirrored: int
    linked: bool
    blocking: int
    events: int


class EventsNotRemoved(Exception):
    """Not everything could be removed; `count` events are left and nothing was disconnected."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


def disconnect_summary(connection: Connection, now: datetime) -> DisconnectSummary:
    """What the page says before anything is done."""
    calendars = Calendar.objects.filter(connection=connection)
    return DisconnectSummary(
        pushed=_upcoming(connection, now).wanted().count(),
        mirrored=_mirrored(connection).wanted().count(),
        linked=calendars.filter(linked_by__user=connection.user_id).exists(),
        blocking=calendars.conflict_calendars().count(),
        events=Event.objects.filter(calendar__connection=connection).count(),
    )


def disconnect(connection: Connection, *, remove: bool, now: datetime) -> None:
    """Forget the account; with `remove` its upcoming pushed events go first.

    Raises EventsNotRemoved if iCloud did not let go of all of them; the account then stays and can be tried again, and
    until then its bookings are wanted there as before.
    """
    if remove:
        with transaction.atomic():
            withdrawn = placements.withdraw_upcoming(connection.user, connection.calendars.all(), now)
            mirrored_slots.withdraw_slots(connection)
        outbox.push_due(now, user=connection.user, force=True)
        # What has no ETag counts as well: iCloud may have heard a create whose answer was lost or is on its way.
        left = _upcoming(connection, now).withdrawn().count()
        left += _mirrored(connection).withdrawn().count()
        if left:
            with locked(connection.user):
                placements.want_again(connection.user, withdrawn, now)  # slots are placed anew by `follow_slots`
            raise EventsNotRemoved(left)
    accounts.disconnect(connection)


def _upcoming(connection: Connection, now: datetime) -> LinkedEventQuerySet:
    return LinkedEvent.objects.filter(calendar__connection=connection, booking__end__gt=now, removed_at=None)


def _mirrored(connection: Connection) -> MirroredSlotQuerySet:
    return MirroredSlot.objects.filter(calendar__connection=connection, removed_at=None)
