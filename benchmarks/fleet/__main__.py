"""`make bench-fleet`: how many connections can one qcluster poll within the sync interval?

Environment variables and their defaults: CONNECTIONS=6000 LATENCY_MS=250 WORKERS=2 TLS=1. DATABASE_URL names a
PostgreSQL server, on which a database is created and dropped again; without it the database is a SQLite file. All
connections become due at the same time, and nothing has changed in any of them. Tasks, workers and network requests are
those of a deployment; the answers come from `canned_server`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks import processes
from benchmarks.databases import database
from benchmarks.fleet import certificates
from benchmarks.workspace import temporary_folder, use_database

ROOT = Path(__file__).resolve().parents[2]
RUNS_PER_INTERVAL = 5  # the schedule runs once a minute, and the sync interval is five minutes
CHECK_SECONDS = 0.25
MAX_SECONDS = 900  # of the whole measurement
WARM_UP = 50  # connections for each worker before anything is measured
GOAL = 100_000  # connections within the sync interval
MAX_EMPTY_CHECKS = 4  # the queue was empty so often in a row: do not wait for the next run of the schedule


@dataclass(frozen=True, slots=True)
class Fleet:
    """The size of the measurement. `latency` in seconds."""

    connections: int
    latency: float
    workers: int
    tls: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result. `schedule_runs`: how many runs of the schedule, which come once a minute, were needed."""

    polled: int
    seconds: float
    cpu: float
    memory: float
    schedule_runs: int
    server: Mapping[str, Any]

    @property
    def rate(self) -> float:
        return self.polled / self.seconds

    def polled_within(self, interval: int) -> int:
        """How many connections this cluster can poll within so many seconds."""
        limit = self.polled * RUNS_PER_INTERVAL // self.schedule_runs if self.schedule_runs > 1 else sys.maxsize
        return min(int(self.rate * interval), limit)


@contextmanager
def running_server(fleet: Fleet, certificate: Path | None) -> Iterator[dict[str, Any]]:
    """Run the server in the block; yields its URL and the port of its statistics."""
    command = [sys.executable, "-m", "benchmarks.fleet.canned_server", str(fleet.latency), str(certificate or "")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own modules
    try:
        yield json.loads(process.stdout.readline() if process.stdout else "")
    finally:
        process.kill()
        process.wait()


@contextmanager
def cluster(fleet: Fleet) -> Iterator[int]:
    """Run a qcluster in the block; yields its process id."""
    command = [sys.executable, str(ROOT / "manage.py"), "qcluster"]
    process = subprocess.Popen(  # noqa: S603 - our own modules
        command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            for pid in list(processes.tree(process.pid)):
                os.kill(pid, 9)
            process.wait()


def measure_fleet(fleet: Fleet) -> Outcome:
    """Fill a database, start the server and the cluster, make all connections due, and measure."""
    with temporary_folder() as folder, database(folder, os.environ.get("DATABASE_URL", ""), "fleet") as url:
        server, trusted = certificates.write(folder) if fleet.tls else (None, None)
        use_database(url, folder, workers=fleet.workers, certificate=trusted)
        from benchmarks.fleet import connection_rows

        with running_server(fleet, server) as addresses, cluster(fleet) as pid, connection_rows.closing_database():
            connection_rows.create(fleet.connections, addresses["url"])
            warm_up(fleet.workers)
            return poll_all(fleet, pid, addresses["stats"])


def warm_up(workers: int) -> None:
    """Have every worker poll once, so that the measurement does not include their start."""
    from benchmarks.fleet import connection_rows

    connection_rows.make_due(workers * WARM_UP)
    end = time.monotonic() + 60
    while connection_rows.due() or connection_rows.queued():
        if not connection_rows.queued():
            connection_rows.queue_poll()
        if time.monotonic() > end:
            raise RuntimeError("the workers have polled nothing within a minute")
        time.sleep(CHECK_SECONDS)


def poll_all(fleet: Fleet, pid: int, stats_port: int) -> Outcome:
    """Make all connections due and measure until the last one is polled."""
    from benchmarks.fleet import connection_rows

    cpu_before, server_before = processes.cpu(pid), _stats(stats_port)
    began = connection_rows.make_due(fleet.connections)
    schedule_runs, memory, empty_checks = 0, 0.0, MAX_EMPTY_CHECKS
    while (left := connection_rows.unpolled(began)) and time.time() < began.timestamp() + MAX_SECONDS:
        empty_checks = empty_checks + 1 if connection_rows.queued() == 0 else 0
        if empty_checks >= MAX_EMPTY_CHECKS:
            connection_rows.queue_poll()
            schedule_runs, empty_checks = schedule_runs + 1, 0
        time.sleep(CHECK_SECONDS)
        memory = max(memory, processes.memory(pid))
    seconds = connection_rows.seconds_to_last_poll(began)
    after = _stats(stats_port)
    server = {name: after[name] - server_before[name] for name in ("requests", "cpu")}
    server["max_concurrent"] = after["max_concurrent"]
    polled = fleet.connections - left
    return Outcome(polled, seconds, processes.cpu(pid) - cpu_before, memory, schedule_runs, server)


def _stats(port: int) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", "/stats")
    with connection.getresponse() as response:
        return dict(json.loads(response.read()))


def lines(fleet: Fleet, outcome: Outcome, engine: str, interval: int = 300) -> Iterator[str]:
    """The result as text."""
    reached = outcome.polled_within(interval)
    yield f"{fleet.connections:,} connections, {fleet.latency * 1000:.0f} ms latency, {engine}, " + (
        f"{fleet.workers} workers on {os.cpu_count()} cores, {'TLS' if fleet.tls else 'no TLS'}"
    )
    yield f"  polled                       {outcome.polled:,} in {outcome.seconds:.1f} s"
    yield f"  polls a second               {outcome.rate:.0f}"
    yield f"  CPU of the cluster a poll    {outcome.cpu / max(outcome.polled, 1) * 1000:.1f} ms"
    yield f"  cores used                   {outcome.cpu / outcome.seconds:.2f} of {os.cpu_count()}"
    yield f"  memory of the cluster        {outcome.memory:.0f} MB"
    yield f"  requests a poll              {outcome.server['requests'] / max(outcome.polled, 1):.2f}"
    yield f"  requests at the same time    at most {outcome.server['max_concurrent']}"
    yield f"  CPU of the server            {outcome.server['cpu'] / outcome.seconds:.2f} cores, on the same machine"
    yield f"  runs of the schedule         {outcome.schedule_runs} (one a minute)"
    verdict = "PASS" if reached >= GOAL else "MISSED"
    yield f"  one cluster polls            {reached:,} connections within {interval} s (goal: {GOAL:,}): {verdict}"


def run_fleet() -> None:
    """Measure a fleet of the size that the environment variables describe, and print the result."""
    fleet = Fleet(
        connections=int(os.environ.get("CONNECTIONS", "6000")),
        latency=float(os.environ.get("LATENCY_MS", "250")) / 1000,
        workers=int(os.environ.get("WORKERS", "2")),
        tls=os.environ.get("TLS", "1") != "0",
    )
    engine = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    sys.stdout.write("\n".join(lines(fleet, measure_fleet(fleet), engine)) + "\n")


if __name__ == "__main__":
    run_fleet()
