"""Polls that find nothing new, which nearly all do: they end together, in a few statements for a whole batch.

What is written is what `Sync.settle` would write of each, and nothing that it would have to decide upon comes here: the
connection is well (`WELL`), nothing of its calendars is due (`unsettled`), and the home was listed as it was before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, Case, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Value, When
from django.utils.module_loading import import_string

from connections import dav, guard, leases
from connections.models import Calendar, Connection, Event, lease_length
from connections.sync import home
from connections.sync.home import Probe
from connections.sync.report import SyncReport
from connections.sync.run import after_sync
from connections.sync.state import COMPARE_EVERY, LeasedConnection

if TYPE_CHECKING:
    from connections.sync.due import DueConnection

_AS_AFTER_A_GOOD_POLL = Q(
    needs_attention=False,
    error_code="",
    failing_since=None,
    failures=0,
    interruptions=0,
    took_over=False,
    not_before=None,
    notified_error_code="",
)
WELL = ExpressionWrapper(_AS_AFTER_A_GOOD_POLL, output_field=BooleanField())
"""Of a connection: would a good poll leave all of this as it is?"""


@dataclass(frozen=True, slots=True)
class _Ending:
    """A poll that found nothing new. `digest`: of its answer."""

    row: DueConnection
    probe: Probe
    digest: str

    @property
    def report(self) -> SyncReport:
        return SyncReport(self.row.pk, requests=self.probe.requests, seconds=self.probe.seconds)


def unsettled(calendars: QuerySet[Calendar], now: datetime) -> QuerySet[Calendar, int]:
    """The connections of those calendars that need more than to be called fresh, if the home lists no change.

    These are the calendars that `CalendarState` calls due, those that are selected and not known, and those of which
    another answer may say something else: with a problem, gone, or with events that could not be read.
    """
    settled = Q(error_code="", gone_at=None) & (Q(is_conflict_calendar=False) | _known(now))
    return calendars.filter(~settled).order_by().values_list("connection", flat=True)


def _known(now: datetime) -> Q:
    """Of a calendar: it is selected, read, compared, without backlog, and has the token that was listed last."""
    known = Q(
        is_conflict_calendar=True,
        gone_at=None,
        error_code="",
        mass_deletion_suspected_at=None,
        read_at__isnull=False,
        compared_at__gt=now - COMPARE_EVERY,
        listed_token=F("probe_token"),
    )
    pending = Event.objects.pending().filter(calendar=OuterRef("pk"))
    return known & ~Q(listed_token="") & Q(~Exists(pending))


def end_same(batch: Sequence[DueConnection], probes: Mapping[int, Probe], now: datetime) -> dict[int, SyncReport]:
    """End the polls whose answer is the very one that the tables follow; the reports by connection."""
    found = ((row, probes[row.pk]) for row in batch if row.pk in probes and row.is_settled)
    return _end([_Ending(row, probe, row.digest) for row, probe in found if _is_same(row, probe)], now)


def _is_same(row: DueConnection, probe: Probe) -> bool:
    return isinstance(probe.look, home.Look) and probe.look.same and probe.origin == row.question.account.origin


def end_agreeing(
    batch: Sequence[DueConnection], leased: Mapping[int, LeasedConnection], probes: Mapping[int, Probe], now: datetime
) -> dict[int, SyncReport]:
    """End the polls whose answer differs, but says what the tables say; the reports by connection."""
    settled = (row for row in batch if row.is_settled and row.pk in leased and row.pk in probes)
    return _end(list(_agreeing((row, leased[row.pk], probes[row.pk]) for row in settled)), now)


def _agreeing(found: Iterator[tuple[DueConnection, LeasedConnection, Probe]]) -> Iterator[_Ending]:
    for row, leased, probe in found:
        look, origin = probe.look, row.question.account.origin
        if isinstance(look, dav.DavError) or look.same or look.home or probe.origin != origin:
            continue
        if home.agrees(leased, look.calendars):
            yield _Ending(row, probe, look.digest)


def _end(endings: Sequence[_Ending], now: datetime) -> dict[int, SyncReport]:
    """Write all of them in one transaction. None of them if that fails: then they are settled one by one."""
    ended: dict[int, SyncReport] = {}
    if not endings:
        return ended
    with guard.isolate_failure(f"ending {len(endings)} polls together"):
        with transaction.atomic():
            for requests, some in groupby(sorted(endings, key=_requests), key=_requests):
                _release(list(some), requests, now)
            fresh = _known(now) & (Q(fresh_at=None) | Q(fresh_at__lt=now))
            Calendar.objects.filter(fresh, connection__in=[one.row.pk for one in endings]).update(fresh_at=now)
        ended = {one.row.pk: one.report for one in endings}
    if ended:
        _go_on_above([one.row.user for one in endings], now)
    return ended


def _requests(ending: _Ending) -> int:
    return ending.probe.requests


def _release(endings: Sequence[_Ending], requests: int, now: datetime) -> None:
    """Give the leases back, as `Connection.release` does, of those that still have them."""
    token, pks = endings[0].row.token, [one.row.pk for one in endings]
    mine = Connection.objects.filter(pk__in=pks, lease_token=token)
    values = {"polled_at": now, "polls": F("polls") + 1, "requests": F("requests") + requests, "lease_token": ""}
    if others := [When(pk=one.row.pk, then=Value(one.digest)) for one in endings if one.digest != one.row.digest]:
        values["listing_digest"] = Case(*others, default=F("listing_digest"))
    comes = now + timedelta(seconds=settings.SYNC_INTERVAL_SECONDS)
    unasked = mine.filter(next_sync_at=now + lease_length())
    released = leases.release(unasked, column="lease_until", next_sync_at=comes, **values)
    if released < len(pks):
        leases.release(mine, column="lease_until", **values)


def _go_on_above(users: Sequence[int], now: datetime) -> None:
    """As `after_sync`, for those of these users for whom it would do something."""
    with guard.isolate_failure("looking for what waits for a sync"):
        users = list(import_string(settings.WAITING_FOR_SYNC)(users, now))
    for user in users:
        with guard.isolate_failure(f"what follows the sync of a calendar of user {user}"):
            after_sync(user, now, offline=False)
