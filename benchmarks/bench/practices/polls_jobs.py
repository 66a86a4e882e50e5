"""Polls that find nothing new, of many connections over TLS: together, as a worker does, and each by itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

from benchmarks.bench.kalends_jobs import count_statements
from benchmarks.fleet import connection_rows
from connections import dav
from connections.models import Connection, SyncRun
from connections.sync import home, poll
from connections.sync.home import Probe
from connections.sync.run import Sync, carry_out
from connections.sync.state import LeasedConnection, lease

BATCH = 200
THREADS = 32
INTERVAL = timedelta(minutes=5)


class CreateFleet:
    """Create connections whose calendars agree with what the server at `url` lists."""

    times = 1

    def __init__(self, *, url: str, count: int) -> None:
        self.url, self.count = url, count

    def run(self) -> dict[str, Any]:
        connection_rows.create(self.count, self.url)
        return {}


class QuietPolls(ABC):
    """Polls of all connections, each of which finds nothing new."""

    times = 1

    def __init__(self) -> None:
        self.now = connection_rows.make_due(Connection.objects.count())

    def run(self) -> dict[str, Any]:
        """Poll them all once; how many polls that were, and how many statements."""
        polls = 0
        with count_statements() as count:
            while polled := self.poll_batch():
                polls += polled
        if Connection.objects.exclude(polled_at=self.now).exists():
            raise RuntimeError("not all were polled")
        self.now += INTERVAL
        return {"polls": polls, "queries": count.queries}

    @abstractmethod
    def poll_batch(self) -> int:
        """Poll those of a batch; how many there were."""


class PollTogether(QuietPolls):
    """As a worker does."""

    def poll_batch(self) -> int:
        """Over kept connections, and ended together."""
        return len(poll.poll_due(self.now))


class PollEach(QuietPolls):
    """As workers did before: a session for each poll, every answer read, and each ended by itself."""

    def poll_batch(self) -> int:
        """The same result, the long way."""
        batch = lease(Connection.objects.due(self.now).order_by("next_sync_at")[:BATCH], self.now)
        with ThreadPoolExecutor(THREADS) as pool:
            probes = list(pool.map(_probe, batch))
        for leased, probe in zip(batch, probes, strict=True):
            sync = Sync(leased, now=self.now)
            carry_out(sync, partial(sync.settle, probe), SyncRun.Trigger.SCHEDULE)
        return len(batch)


def _probe(leased: LeasedConnection) -> Probe:
    with dav.Session(leased.connection.account) as session:
        look = home.look(session, leased.connection.home_path)
        return Probe(look, session.origin, session.requests)
