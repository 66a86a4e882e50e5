"""Many connections at once: waiting for answers overlaps, two polls of one connection never do."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime

from connections import dav, leases
from connections.models import Calendar, Connection, SyncRun
from connections.sync import Probe, Sync, SyncReport, account_of, after_sync, remember

MOST = 200  # connections that one task claims
THREADS = 32
PROBE_TIMEOUT = 30.0
WATCH_EVERY = 0.05


@dataclass(frozen=True, slots=True)
class Claimed:
    """A connection under a lease."""

    connection: Connection
    lease: str


def poll_due(now: datetime) -> list[SyncReport]:
    """Claim up to 200 due connections, list their homes in parallel and settle each.

    Reports with `unfinished` are those where something changed: each wants a sync of its own.
    """
    claimed = _claim(Connection.objects.due(now).order_by("next_sync_at")[:MOST], now)
    return _settle(_probe_all(claimed, time.monotonic() + PROBE_TIMEOUT), now, SyncRun.Trigger.SCHEDULE)


def _claim(connections: Iterable[Connection], now: datetime) -> list[Claimed]:
    found = ((connection, leases.claim(connection.pk, now)) for connection in connections)
    return [Claimed(connection, lease) for connection, lease in found if lease]


def _probe_all(claimed: Sequence[Claimed], deadline: float) -> list[tuple[Claimed, Probe]]:
    """List all homes, in threads that touch no table; answers after `deadline` (monotonic) are dropped."""
    if not claimed:
        return []
    pool = ThreadPoolExecutor(max_workers=min(THREADS, len(claimed)))
    futures = [pool.submit(probe, account_of(one.connection), one.connection.home_path, deadline) for one in claimed]
    wait(futures, timeout=max(deadline - time.monotonic(), 0))
    pool.shutdown(wait=False, cancel_futures=True)
    return [(one, _answer(future)) for one, future in zip(claimed, futures, strict=True)]


def _answer(future: Future[Probe]) -> Probe:
    if future.done() and not future.cancelled():
        return future.result()
    return Probe(dav.Unavailable("no answer within the deadline"), "", 0)


def probe(account: dav.Account, home_path: str, deadline: float) -> Probe:
    """One request: the home listing of `account`. Never raises what the wire raises; it is in the probe."""
    with dav.Session(account, deadline=deadline) as session:
        try:
            listed: list[dav.RemoteCalendar] | dav.DavError = session.calendars(home_path or session.discover().path)
        except dav.DavError as error:
            listed = error
        return Probe(listed, session.origin, session.requests)


def _settle(probed: Sequence[tuple[Claimed, Probe]], now: datetime, trigger: str) -> list[SyncReport]:
    reports = []
    for one, answer in probed:
        sync = Sync(one.connection.pk, one.lease, now=now, probe=answer)
        report = sync.run()
        remember(report, trigger, now)
        if not report.unfinished:
            after_sync(one.connection.user_id, now)
        reports.append(report)
    return reports


def refresh(user_id: int, now: datetime, *, seconds: float) -> None:
    """At the last moment before a booking: read the user's selected calendars again, all within `seconds`.

    Connections are asked in parallel; one that somebody else is polling since before `now` is waited for and polled
    again. One that needs a person is not asked. How fresh the calendars are afterwards is for `busy.freshness` to say.
    """
    deadline = time.monotonic() + seconds
    selected = Calendar.objects.selected().present().filter(connection__user=user_id)
    waiting = list(Connection.objects.filter(user=user_id, needs_person=False, calendars__in=selected).distinct())
    while waiting and time.monotonic() < deadline:
        claimed = _claim(waiting, now)
        _read_now(claimed, now, deadline)
        waiting = _not_polled_since(now, waiting, claimed)
        if waiting:
            time.sleep(WATCH_EVERY)


def _read_now(claimed: Sequence[Claimed], now: datetime, deadline: float) -> None:
    for one, answer in _probe_all(claimed, deadline):
        sync = Sync(one.connection.pk, one.lease, now=now, probe=answer, deadline=deadline, read_on=True)
        remember(sync.run(), SyncRun.Trigger.BOOKING, now)
        after_sync(one.connection.user_id, now)


def _not_polled_since(now: datetime, waiting: Sequence[Connection], claimed: Sequence[Claimed]) -> list[Connection]:
    """Those that neither this call nor anybody else has finished polling from `now` on."""
    done = {one.connection.pk for one in claimed}
    left = [connection.pk for connection in waiting if connection.pk not in done]
    polled = Connection.objects.filter(pk__in=left, lease_until=None, poll_started_at__gte=now)
    others = set(polled.values_list("pk", flat=True))
    return [connection for connection in waiting if connection.pk in left and connection.pk not in others]
