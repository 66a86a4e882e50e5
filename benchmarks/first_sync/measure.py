"""First syncs from a server whose answers take their time: with small batches over one connection, and as it is now."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from benchmarks.bench.job import JobProcess
from benchmarks.bench.measuring import Figures
from benchmarks.bench.server_process import CalendarAccess, Server
from benchmarks.bench.targets import Verdict
from benchmarks.workspace import environment

ONE_LINE, NOW = "batches of 50, one line", "growing, three lines"
WAYS: Mapping[str, Mapping[str, int]] = MappingProxyType({ONE_LINE: {"batch": 50, "lines": 1}, NOW: {}})


@dataclass(frozen=True, slots=True)
class SlowCalendar:
    """A calendar of so many events. Seconds: of every answer, and of a multiget for each event in it.

    ``max_seconds``, ``max_requests`` and ``max_memory`` (MB) are the targets of the first sync.
    """

    events: int
    latency: float
    latency_per_event: float
    max_seconds: float
    max_requests: int
    max_memory: int

    @property
    def name(self) -> str:
        """How it is called in tables."""
        slow = f" + {self.latency_per_event * 1000:g} ms an event" if self.latency_per_event else ""
        return f"{self.events:,} events, {self.latency * 1000:g} ms{slow}"


CASES = (SlowCalendar(10_000, 0.25, 0.0, 6.0, 35, 150), SlowCalendar(3_000, 0.25, 0.002, 5.0, 35, 150))


@dataclass(frozen=True, slots=True)
class FirstSync:
    """One first sync. ``load``: of the machine when it ended."""

    case: SlowCalendar
    way: str
    figures: Figures
    requests: int
    load: float


def measure_first_syncs(
    cases: Sequence[SlowCalendar], ways: Sequence[str], empty: Path, folder: Path, say: Callable[[str], None]
) -> Iterator[FirstSync]:
    """Measure each case in each way, with copies of the database in ``empty``. ``say``: reports the progress."""
    for case in cases:
        arguments = [str(case.latency), str(case.latency_per_event)]
        with Server("sandbox", "benchmarks.bench.serve_sandbox", arguments) as server:
            say(f"filling a calendar: {case.name}")
            calendar = server.fill(case.events, datetime.now(UTC).date())
            connected = _connected(calendar, empty, folder / f"connected-{case.events}")
            for way in ways:
                say(f"first sync: {way}")
                yield _row(case, way, server, connected, folder / "first-sync")


def _connected(calendar: CalendarAccess, empty: Path, home: Path) -> Path:
    shutil.copytree(empty, home)
    account = {"url": calendar.url, "username": calendar.username, "password": calendar.password}
    with JobProcess("kalends_jobs:KalendsConnect", environment(home), **account) as process:
        process.run()
    return home


def _row(case: SlowCalendar, way: str, server: Server, connected: Path, home: Path) -> FirstSync:
    shutil.rmtree(home, ignore_errors=True)
    shutil.copytree(connected, home)
    with JobProcess("kalends_jobs:KalendsFirstSync", environment(home), **WAYS[way]) as process:
        server.take_requests()  # those of the warm-up
        figures = process.run()
    if figures.detail["changed"] != case.events:
        raise RuntimeError(f"{figures.detail['changed']} of {case.events} events were read")
    return FirstSync(case, way, figures, len(server.take_requests()), os.getloadavg()[0])


def first_sync_table(rows: Sequence[FirstSync]) -> Iterator[str]:
    """The lines of the rows."""
    yield f"{'first sync':40}{'wall':>9}{'CPU':>9}{'requests':>10}{'peak MB':>9}{'load':>7}"
    for case in dict.fromkeys(row.case for row in rows):
        yield case.name
        for row in (row for row in rows if row.case == case):
            figures = f"{row.figures.wall:>7.2f} s{row.figures.cpu:>7.2f} s{row.requests:>10}"
            yield f"  {row.way:38}{figures}{row.figures.peak:>9.0f}{row.load:>7.1f}"
    yield ""


def first_sync_verdicts(rows: Sequence[FirstSync]) -> Iterator[Verdict]:
    """The targets of each case, for the way of today."""
    for row in (row for row in rows if row.way == NOW):
        case, figures = row.case, row.figures
        for what, value, most in (
            ("seconds", figures.wall, case.max_seconds),
            ("requests", row.requests, case.max_requests),
            ("MB", figures.peak, case.max_memory),
        ):
            reason = f"with a load of {row.load:.1f}" if value > most else ""
            cpu = f"CPU {figures.cpu:.3g}" if what == "seconds" else ""
            yield Verdict("sandbox", f"first sync, {case.name}, {what}", f"<= {most:g}", f"{value:.3g}", reason, cpu)
