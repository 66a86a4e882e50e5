"""Waiting after the last disruption until no work is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connection as database
from django.db.models import F, Q
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.tasks import async_task

from bookings.models import Booking, LinkedEvent, Mail, MirroredSlot, Proposal
from bookings.proposals import collisions
from bookings.push import outbox
from connections import accounts
from connections.models import Calendar, CalendarConfiguration, Connection, Event
from soak.ledger import Ledger
from soak.people import People

MAX_SECONDS = 400.0  # a mail that was not accepted twice is sent again after 300 s
CHECK_SECONDS = 2.0
MAX_QUEUED = 10  # with more waiting tasks the workers are late, and more tasks would not help
IDLE_CHECKS = 3  # so many checks in a row must find nothing left to do


def unfinished_work() -> list[str]:
    """What is left to do, as text."""
    return [f"{count} {what}" for what, count in _counts().items() if count]


def _counts() -> dict[str, int]:
    now = timezone.now()
    unread = Calendar.objects.conflict_calendars().filter(
        ~Q(listed_token=F("probe_token")) | Q(read_at=None) | ~Q(error_code="")
    )
    old = Calendar.objects.conflict_calendars().exclude(fresh_at__gte=now - timedelta(seconds=20))
    return {
        "bookings to be pushed": _waiting(LinkedEvent.objects.unsettled()),
        "slots to be pushed": _waiting(MirroredSlot.objects.unsettled()),
        "mails to be sent": Mail.objects.filter(state=Mail.State.DUE).exclude(recipient="").count(),
        "to be reconciled": CalendarConfiguration.objects.filter(reconcile_due=True).count(),
        "connections with errors": Connection.objects.exclude(error_code="").count(),
        "calendars unread": unread.count(),
        "calendars not fresh": old.count(),
        "events owed": Event.objects.pending().count(),
        "bookings pending unasked": _pending(),
        "events missing": _missing(),
    }


def _waiting(placements: object) -> int:
    """How many of them wait for the outbox and not for a decision."""
    asked = LinkedEvent.UNDECIDED
    return placements.exclude(calendar=None).exclude(state__in=asked).count()  # type: ignore[attr-defined, no-any-return]


def _missing() -> int:
    """How many events were not found and are not yet known to be deleted."""
    asked = Proposal.objects.open().values("booking")
    missing = LinkedEvent.objects.filter(wanted=LinkedEvent.Wanted.PRESENT).exclude(missing_since=None)
    return missing.exclude(booking__in=asked).count()


def _pending() -> int:
    """How many bookings wait for something about which nobody is asked."""
    asked = Proposal.objects.open().values("booking")
    pending = Booking.objects.filter(status=Booking.Status.PENDING, new_time_asked_at=None).exclude(pk__in=asked)
    return sum(not _waits_for_another(booking) for booking in pending.with_details())


def _waits_for_another(booking: Booking) -> bool:
    """Does the event of another booking lie at its time, and are staff asked about that one?"""
    event = collisions.unacknowledged(booking.staff, [booking]).get(booking.pk)
    placements = LinkedEvent.objects.owned_by(booking.staff).wanted().undecided()
    return event is not None and placements.filter(uid=event.uid).exists()


def settle(people: People, ledger: Ledger, say: Callable[[str], None]) -> list[str]:
    """Wait until nothing is left to do, and act as a person would; returns what is left at the time limit."""
    deadline, idle = time.monotonic() + MAX_SECONDS, 0
    while idle < IDLE_CHECKS and time.monotonic() < deadline:
        left = unfinished_work()
        idle = idle + 1 if not left else 0
        say(f"finishing: {', '.join(left) or 'nothing left'}")
        if left:
            help_along(people, ledger)
        time.sleep(CHECK_SECONDS * (1 + idle / 2))  # not at the same rhythm as the schedule
    left = unfinished_work()
    database.close()
    return left


def help_along(people: People, ledger: Ledger) -> None:
    """Do what a person would: enter new passwords, press "Sync now" and "Push again"."""
    now = timezone.now()
    for connection in Connection.objects.filter(needs_attention=True).select_related("user"):
        password = people.passwords[connection.user.username, connection.username]
        accounts.reconnect(connection, password=password, now=now)
        ledger.count("reconnects")
    if get_broker().queue_size() < MAX_QUEUED:
        for connection in Connection.objects.exclude(error_code=""):
            async_task("connections.tasks.sync_connection", connection.pk)
    outbox.push_due(now, force=True)
