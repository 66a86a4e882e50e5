"""Disconnect an account: what that means for bookings, and removing their events first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bookings.models import LinkedEvent, LinkedEventQuerySet, MirroredSlot, MirroredSlotQuerySet, booking_lock
from bookings.push import mirrored_slots, outbox, placements
from connections import accounts
from connections.models import Calendar, Connection, Event
from practice.activity.journal import note
from practice.models import Activity, User


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


def disconnect(connection: Connection, *, remove: bool, now: datetime, actor: User | None = None) -> None:
    """Forget the account; with `remove` its upcoming pushed events go first. `actor`: if not its own user.

    Raises EventsNotRemoved if some of them could not be removed; the account then stays connected and its bookings stay
    in its calendar, so that disconnecting can be tried again.
    """
    if remove:
        with transaction.atomic():
            withdrawn = placements.withdraw_upcoming(connection.user, connection.calendars.all(), now)
            mirrored_slots.withdraw_slots(connection)
        outbox.push_due(now, user=connection.user, force=True)
        # What has no ETag counts as well: an event may have been created though the answer was lost or is on its way.
        left = _upcoming(connection, now).withdrawn().count()
        left += _mirrored(connection).withdrawn().count()
        if left:
            with booking_lock(connection.user, now):
                placements.want_again(connection.user, withdrawn, now)  # slots are placed anew by `follow_slots`
            raise EventsNotRemoved(left)
    note(Activity.Kind.DISCONNECTED, now, actor=actor, user=connection.user, detail=connection.provider)
    accounts.disconnect(connection)


def _upcoming(connection: Connection, now: datetime) -> LinkedEventQuerySet:
    return LinkedEvent.objects.filter(calendar__connection=connection, booking__end__gt=now, removed_at=None)


def _mirrored(connection: Connection) -> MirroredSlotQuerySet:
    return MirroredSlot.objects.filter(calendar__connection=connection, removed_at=None)
