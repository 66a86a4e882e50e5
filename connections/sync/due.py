"""Which connections a poll takes, and what it has to know of each before it asks: a few values, not whole rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from connections import dav
from connections.models import Calendar, Connection, credentials, lease_length
from connections.sync import quiet
from connections.sync.state import LeasedConnection, load_leased

MAX_BATCH = 200  # connections that one task leases


@dataclass(frozen=True, slots=True)
class Question:
    """Whose home is listed. `digest`: of the answer that would say nothing new, "" if every answer must be read."""

    account: dav.Credentials
    home_path: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class DueConnection:
    """A connection under a lease, with what a poll needs of it. `digest`: of the answer that its tables follow.

    `is_settled`: if nothing is new, nothing but the time of the poll has to be written.
    """

    pk: int
    user: int
    token: str
    question: Question
    digest: str
    is_settled: bool
    took_over: bool
    interruptions: int

    @property
    def must_pause(self) -> bool:
        """Were its last syncs killed, one after the other?"""
        return self.took_over and self.interruptions > 1


def lease_due(now: datetime) -> list[DueConnection]:
    """Lease up to 200 of those that are due, the longest waiting first.

    One whose sync was killed is leased alone: if that happens again, no other account is blamed for it.
    """
    due = Connection.objects.due(now).two_way().order_by("next_sync_at")
    first = due.only("interruptions", "lease_until").first()
    if first is None:
        return []
    chosen = due.filter(pk=first.pk) if first.was_interrupted else due.uninterrupted()[:MAX_BATCH]
    token, count = chosen.lease(now)
    return _read(token, now) if count else []


def due_feeds(now: datetime) -> list[int]:
    """Up to 200 feeds that are due, the longest waiting first; nothing is leased.

    There is nothing to poll before one is read: the request for it is the whole sync. And it is due seldom. Of a host
    that does not answer only one is in the list: each may cost a worker half a minute, and bookings must reach their
    calendars meanwhile.
    """
    silent = Connection.objects.feeds().filter(failures__gt=0, error_code="unavailable")
    hosts = set(silent.values_list("url", flat=True))
    due = list(Connection.objects.due(now).feeds().order_by("next_sync_at").values_list("pk", "url"))
    first = {url: pk for pk, url in reversed(due)}
    return [pk for pk, url in due if url not in hosts or first[url] == pk][:MAX_BATCH]


def _read(token: str, now: datetime) -> list[DueConnection]:
    mine = Connection.objects.leased_as(token, now)
    unsettled = set(quiet.unsettled(Calendar.objects.filter(connection__in=mine), now))
    columns = ("pk", "user", "url", "username", "password", "origin", "provider", "home_path", "listing_digest")
    rows = mine.annotate(well=quiet.WELL).order_by("next_sync_at", "pk")
    return [
        _due(token, *row, is_settled=well and row[0] not in unsettled, took_over=took_over, interruptions=count)
        for *row, well, took_over, count in rows.values_list(*columns, "well", "took_over", "interruptions")
    ]


def _due(
    token: str,
    pk: int,
    user: int,
    url: str,
    username: str,
    password: str,
    origin: str,
    provider: str,
    home_path: str,
    digest: str,
    *,
    is_settled: bool,
    took_over: bool,
    interruptions: int,
) -> DueConnection:
    account = credentials(url, username, password, origin, provider)
    question = Question(account, home_path, digest if is_settled else "")
    return DueConnection(pk, user, token, question, digest, is_settled, took_over, interruptions)


def load(batch: Sequence[DueConnection], now: datetime) -> dict[int, LeasedConnection]:
    """The whole rows of those that still have the lease that they were taken with at `now`, by connection."""
    if not batch:
        return {}
    mine = Connection.objects.leased_as(batch[0].token, now).filter(pk__in=[one.pk for one in batch])
    loaded = load_leased(mine, len(batch))
    for one in loaded:
        # As it was leased: who has asked for another time since then must not be overruled.
        one.connection.next_sync_at = now + lease_length()
    return {one.connection.pk: one for one in loaded}
