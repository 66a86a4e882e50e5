"""Slots blocked by hand on the iPhone as well, for those who want that. The way back is `bookings.reconcile`."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q

from availability.models import BlockedSlot
from bookings.models import MirroredSlot
from connections.models import Calendar, CalendarConfiguration, Connection
from practice.models import User

Wanted = MirroredSlot.Wanted


def follow_slots(now: datetime) -> None:
    """Want in the linked calendars what their staff blocked by hand, and nothing that was removed or is not wanted."""
    mirroring = CalendarConfiguration.objects.filter(mirror_blocked_slots=True).exclude(linked_calendar=None)
    # An event in an account that is not connected any more is removed if that comes back; until then it has a new one.
    obsolete = Q(slot=None) | Q(calendar=None) | ~Q(staff__in=mirroring.values("user"))
    MirroredSlot.objects.filter(obsolete).withdraw()
    for configuration in mirroring.select_related("linked_calendar__connection"):
        if configuration.linked_calendar is not None:
            _place(configuration.user_id, configuration.linked_calendar, now)


def _place(user_id: int, calendar: Calendar, now: datetime) -> None:
    """One row for each upcoming slot; what stands in a formerly linked calendar stays there."""
    slots = BlockedSlot.objects.filter(user=user_id).upcoming(now).exclude(mirrored__wanted=Wanted.PRESENT)
    for slot in slots:
        MirroredSlot.objects.place(calendar, staff_id=user_id, slot=slot)


def reword_slots(user: User) -> None:
    """Reword the events of slots as they are to be shown from now on."""
    placements = MirroredSlot.objects.owned_by(user).wanted().exclude(slot=None)
    placements.update(revision=F("revision") + 1)
    placements.requeue()


def withdraw_slots(connection: Connection) -> None:
    """Want the events of blocked slots removed from an account, while the slots stand. Inside a transaction."""
    MirroredSlot.objects.filter(calendar__connection=connection).withdraw()
