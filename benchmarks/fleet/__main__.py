"""`make bench-fleet`: how many connections does one qcluster keep within the interval?

CONNECTIONS=2000 LATENCY_MS=250 WORKERS=2 TLS=1, and DATABASE_URL for a PostgreSQL (a database of its own is made there
and dropped again); without it a SQLite file. All connections fall due at once and nothing has changed in any of them.
The tasks, the workers and the wire are those of a deployment; only the answers come from `answerer`.
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
from benchmarks.bench.runner import environment, workplace
from benchmarks.databases import database
from benchmarks.fleet import certificates

ROOT = Path(__file__).resolve().parents[2]
LOOKS = 5  # of the schedule in one interval of five minutes
WATCH_EVERY = 0.25
PATIENCE = 900  # seconds for all, whatever happens
WARMED = 50  # connections for each worker before anything is measured
LEFT_EMPTY = 4  # looks at an empty queue before the schedule's next look is not waited for


@dataclass(frozen=True, slots=True)
class Fleet:
    """What is asked."""

    connections: int
    latency: float
    workers: int
    tls: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it. `looks`: how often the schedule had to look, which it does once a minute."""

    polled: int
    seconds: float
    cpu: float
    memory: float
    looks: int
    answerer: Mapping[str, Any]

    @property
    def rate(self) -> float:
        return self.polled / self.seconds

    def kept(self, interval: int) -> int:
        """How many connections this keeps within the interval."""
        by_looks = self.polled * LOOKS // self.looks if self.looks > 1 else sys.maxsize
        return min(int(self.rate * interval), by_looks)


@contextmanager
def answering(fleet: Fleet, certificate: Path | None) -> Iterator[dict[str, Any]]:
    """The answerer, while it runs; its addresses."""
    command = [sys.executable, "-m", "benchmarks.fleet.answerer", str(fleet.latency), str(certificate or "")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own modules
    try:
        yield json.loads(process.stdout.readline() if process.stdout else "")
    finally:
        process.kill()
        process.wait()


@contextmanager
def cluster(fleet: Fleet) -> Iterator[int]:
    """A qcluster, while it runs; its process id."""
    command = [sys.executable, str(ROOT / "manage.py"), "qcluster"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, cwd=ROOT, **quiet)  # noqa: S603 - our own modules
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


def settle_in(url: str, certificate: Path | None, folder: Path, workers: int) -> None:
    """Let this process and those it starts use that database."""
    os.environ.update(environment(folder))
    os.environ |= {"DATABASE_URL": url, "WORKERS": str(workers), "DJANGO_SETTINGS_MODULE": "benchmarks.fleet.settings"}
    os.environ.pop("REDIS_URL", None)
    if certificate:
        os.environ["FLEET_CERTIFICATE"] = str(certificate)
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def measure(fleet: Fleet) -> Outcome:
    """Fill a database, start everything, let all connections fall due, and watch."""
    with workplace() as folder, database(folder, os.environ.get("DATABASE_URL", ""), "fleet") as url:
        server, trusted = certificates.write(folder) if fleet.tls else (None, None)
        settle_in(url, trusted, folder, fleet.workers)
        from benchmarks.fleet import rows

        with answering(fleet, server) as place, cluster(fleet) as pid, rows.closing_database():
            rows.fill(fleet.connections, place["url"])
            warm_up(fleet.workers)
            return watch(fleet, pid, place["stats"])


def warm_up(workers: int) -> None:
    """Let every worker poll once, so that what is measured is one that has long been running."""
    from benchmarks.fleet import rows

    rows.let_fall_due(workers * WARMED)
    end = time.monotonic() + 60
    while rows.due() or rows.queued():
        if not rows.queued():
            rows.look()
        if time.monotonic() > end:
            raise RuntimeError("the workers do nothing")
        time.sleep(WATCH_EVERY)


def watch(fleet: Fleet, pid: int, stats: int) -> Outcome:
    """From the moment all fall due until the last is polled."""
    from benchmarks.fleet import rows

    before, answered = processes.cpu(pid), _stats(stats)
    began = rows.let_fall_due(fleet.connections)
    looks, memory, idle = 0, 0.0, LEFT_EMPTY
    while (left := rows.unpolled(began)) and time.time() < began.timestamp() + PATIENCE:
        idle = idle + 1 if rows.queued() == 0 else 0
        if idle >= LEFT_EMPTY:
            rows.look()
            looks, idle = looks + 1, 0
        time.sleep(WATCH_EVERY)
        memory = max(memory, processes.memory(pid))
    seconds = rows.last_release(began)
    after = _stats(stats)
    answerer = {"requests": after["answered"] - answered["answered"], "cpu": after["cpu"] - answered["cpu"]}
    polled = fleet.connections - left
    return Outcome(polled, seconds, processes.cpu(pid) - before, memory, looks, answerer | {"most": after["most"]})


def _stats(port: int) -> dict[str, Any]:
    line = HTTPConnection("127.0.0.1", port, timeout=10)
    line.request("GET", "/stats")
    with line.getresponse() as answer:
        return dict(json.loads(answer.read()))


def lines(fleet: Fleet, outcome: Outcome, engine: str, interval: int = 300) -> Iterator[str]:
    """What people read."""
    kept = outcome.kept(interval)
    yield f"{fleet.connections:,} connections, {fleet.latency * 1000:.0f} ms an answer, {engine}, " + (
        f"{fleet.workers} workers on {os.cpu_count()} cores, {'TLS' if fleet.tls else 'no TLS'}"
    )
    yield f"  polled                       {outcome.polled:,} in {outcome.seconds:.1f} s"
    yield f"  polls a second               {outcome.rate:.0f}"
    yield f"  CPU of the cluster a poll    {outcome.cpu / max(outcome.polled, 1) * 1000:.1f} ms"
    yield f"  cores used                   {outcome.cpu / outcome.seconds:.2f} of {os.cpu_count()}"
    yield f"  memory of the cluster        {outcome.memory:.0f} MB"
    yield f"  requests a poll              {outcome.answerer['requests'] / max(outcome.polled, 1):.2f}"
    yield f"  answered at the same time    {outcome.answerer['most']} at most"
    yield f"  CPU of the answerer          {outcome.answerer['cpu'] / outcome.seconds:.2f} cores, on the same machine"
    yield f"  looks of the schedule        {outcome.looks} (it looks once a minute)"
    reach = f"{kept:,} connections within {interval} s"
    yield f"  one cluster keeps            {reach}: {'PASS' if kept >= 10000 else 'short of'} the goal of 10,000"


def main() -> None:
    """As the environment asks."""
    fleet = Fleet(
        connections=int(os.environ.get("CONNECTIONS", "2000")),
        latency=float(os.environ.get("LATENCY_MS", "250")) / 1000,
        workers=int(os.environ.get("WORKERS", "2")),
        tls=os.environ.get("TLS", "1") != "0",
    )
    engine = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    sys.stdout.write("\n".join(lines(fleet, measure(fleet), engine)) + "\n")


if __name__ == "__main__":
    main()
