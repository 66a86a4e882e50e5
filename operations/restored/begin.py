"""The first step after the rows of a backup were loaded: nothing may leave this copy, and nothing it knows is fresh."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django_q.models import OrmQ

from bookings.models import Seat
from bookings.notifications.mails import reminders
from connections.models import Calendar, CalendarConfiguration, Connection, Event
from practice.models import Restore

SEQUENCE_STEP = 1000
"""By how much the versions of events in clients' calendars move ahead: some were mailed after the backup."""


@transaction.atomic
def begin(*, made_at: datetime, now: datetime) -> None:
    """Note that this copy was restored at `now` from a backup that was made at `made_at`, both aware.

    From then on pushes and mails wait (`practice.models.restore`). Every calendar is to be listed completely, and every
    booking to be compared with it. Called once, by the command that restores, after the migrations and before any
    worker runs.
    """
    Restore.objects.waiting().update(finished_at=now)  # the backup itself was made of a copy that waited
    reminders.write_due(now)  # those that were due before the restore wait for a yes like every message
    Restore.objects.create(made_at=made_at, restored_at=now)
    OrmQ.objects.all().delete()  # rows say what is due; a task of the former copy says nothing
    _forget_what_was_read(now)
    Seat.objects.filter(booking__end__gt=made_at).update(sequence=F("sequence") + SEQUENCE_STEP)
    CalendarConfiguration.objects.all().want_reconciling()


def _forget_what_was_read(now: datetime) -> None:
    """Drop the sync tokens, so that the next sync of each calendar lists all of it; leases of killed workers end.

    The copy of a calendar by web address stays as old as it is: that may not answer any more, and no booking stands
    there.
    """
    Calendar.objects.two_way().update(fresh_at=None, read_at=None)
    Calendar.objects.update(
        sync_token="",
        probe_token="",
        listed_token="",
        compared_at=None,
        mass_deletion_suspected_at=None,
        suspected_deletion_digest="",
    )
    Event.objects.pending().update(pending_next_at=now)
    Connection.objects.update(
        lease_token="",
        lease_until=None,
        took_over=False,
        interruptions=0,
        sync_asked_at=None,
        full_sync_asked=False,
        poll_started_at=None,
        feed_validators={},  # otherwise the answer may be that nothing has changed, without what there is
        not_before=None,
        next_sync_at=now,
    )
