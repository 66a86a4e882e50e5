"""After the trouble: everything is given the time it needs to come to rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connection as database
from django.db.models import F, Q
from django.utils import timezone
from django_q.models import OrmQ
from django_q.tasks import async_task

from bookings.models import Booking, LinkedEvent, MirroredSlot, Proposal
from bookings.push import outbox
from connections import accounts
from connections.models import Calendar, CalendarConfiguration, Connection, Event
from soak.ledger import Ledger
from soak.people import People

LONGEST = 300.0  # seconds; a push that was killed is taken up again after 150
LOOK_AGAIN = 2.0
ENOUGH = 10  # waiting tasks: the workers are behind, and more of the same would not help them
CALM = 3  # looks in a row without anything left to do


def restless() -> list[str]:
    """What is not at rest, in words."""
    return [f"{count} {what}" for what, count in _counts().items() if count]


def _counts() -> dict[str, int]:
    now = timezone.now()
    unread = Calendar.objects.selected().filter(~Q(listed_token=F("probe_token")) | Q(read_at=None) | ~Q(error_code=""))
    old = Calendar.objects.selected().exclude(fresh_at__gte=now - timedelta(seconds=20))
    return {
        "bookings to be pushed": _waiting(LinkedEvent.objects.unsettled()),
        "slots to be pushed": _waiting(MirroredSlot.objects.unsettled()),
        "to be reconciled": CalendarConfiguration.objects.filter(reconcile_due=True).count(),
        "connections with errors": Connection.objects.exclude(error_code="").count(),
        "calendars unread": unread.count(),
        "calendars not fresh": old.count(),
        "events owed": Event.objects.owed().count(),
        "bookings pending unasked": _pending(),
        "events missing": _missing(),
    }


def _waiting(placements: object) -> int:
    """Those that wait for nobody but the outbox."""
    asked = LinkedEvent.State.CHANGED_ON_BOTH_SIDES
    return placements.exclude(calendar=None).exclude(state=asked).count()  # type: ignore[attr-defined, no-any-return]


def _missing() -> int:
    """Events that were not found and of which it is not known yet whether they were deleted."""
    asked = Proposal.objects.open().values("booking")
    missing = LinkedEvent.objects.filter(wanted=LinkedEvent.Wanted.PRESENT).exclude(missing_since=None)
    return missing.exclude(booking__in=asked).count()


def _pending() -> int:
    asked = Proposal.objects.open().values("booking")
    return Booking.objects.filter(status=Booking.Status.PENDING).exclude(pk__in=asked).count()


def settle(people: People, ledger: Ledger, say: Callable[[str], None]) -> list[str]:
    """Wait until everything is at rest, doing what a person would; what is not even after the longest time."""
    deadline, calm = time.monotonic() + LONGEST, 0
    while calm < CALM and time.monotonic() < deadline:
        left = restless()
        calm = calm + 1 if not left else 0
        say(f"settling: {', '.join(left) or 'calm'}")
        if left:
            help_along(people, ledger)
        time.sleep(LOOK_AGAIN * (1 + calm / 2))  # not in step with the schedule
    left = restless()
    database.close()
    return left


def help_along(people: People, ledger: Ledger) -> None:
    """What a person would do: press Sync now and Push again, and enter a password that was revoked."""
    now = timezone.now()
    for connection in Connection.objects.filter(needs_person=True).select_related("user"):
        password = people.passwords[connection.user.username, connection.username]
        accounts.reconnect(connection, password=password, now=now)
        ledger.count("reconnects")
    if OrmQ.objects.count() < ENOUGH:
        for connection in Connection.objects.exclude(error_code=""):
            async_task("connections.tasks.sync_connection", connection.pk)
    outbox.push_due(now, force=True)
