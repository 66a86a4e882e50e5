"""The run of `make bench`: every program does every piece of work on every calendar, one after the other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from types import MappingProxyType

from benchmarks.bench.job import JobProcess
from benchmarks.bench.measuring import Figures
from benchmarks.bench.server_process import CalendarAccess, RecordedRequest, Server
from benchmarks.workspace import environment

KALENDS, LIBRARY, VDIRSYNCER, LIVE = "Kalends", "caldav library", "vdirsyncer", "live search"
BARE_REQUESTS, READ_AND_EXPAND = "bare requests", "read + expand"
FIRST, ONE, MANY, POLL, TOGETHER, EXPAND, OPENINGS = (
    "first sync",
    "1 change",
    "100 changes",
    "no change",
    "no change, each of 20 polled together",
    "nightly expansion",
    "openings of 30 days",
)
WORKS = (FIRST, ONE, MANY, POLL, TOGETHER, OPENINGS, EXPAND)
HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Measured:
    """The median of one program's runs of one piece of work, and the number of runs."""

    figures: Figures
    requests: int
    runs: int

    @property
    def wall(self) -> float:
        return self.figures.wall

    @property
    def cpu(self) -> float:
        return self.figures.cpu


@dataclass(slots=True)
class Block:
    """Everything measured with one calendar on one server. `counts`: its events and occurrences in Kalends."""

    server: str
    size: int
    counts: Mapping[str, int] = field(default_factory=dict)
    measured: dict[tuple[str, str], Measured] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure, and how often."""

    sizes: Sequence[int]
    servers: Sequence[str]
    repeats: int = 3
    slow_from: int = 5000  # events; from this size on, the slow programs do their first sync only once

    def repeats_of(self, size: int) -> int:
        """How often the slow programs do their first sync."""
        return 1 if size >= self.slow_from else self.repeats


def empty_database(folder: Path) -> Path:
    """A folder with a database whose tables are empty."""
    empty = folder / "empty"
    empty.mkdir()
    with JobProcess("kalends_jobs:KalendsMigrate", environment(empty)) as process:
        process.run()
    return empty


def run(plan: Plan, empty: Path, folder: Path, say: Callable[[str], None]) -> Iterator[Block]:
    """Measure with copies of `empty`; yields each block as soon as it is complete. `say`: reports the progress."""
    for name in plan.servers:
        with _started(name, folder) as server:
            for size in plan.sizes:
                say(f"{name}: filling a calendar with {size:,} events")
                bench = Bench(plan, server, size, folder / f"{name}-{size}", say)
                yield bench.run(empty)


@contextmanager
def _started(name: str, folder: Path) -> Iterator[Server]:
    arguments: list[str] = {"sandbox": [], "radicale": [str(folder / "radicale")]}[name]
    with Server(name, f"benchmarks.bench.serve_{name}", arguments) as server:
        yield server


class Bench:
    """The measurements with one calendar on one server."""

    def __init__(self, plan: Plan, server: Server, size: int, folder: Path, say: Callable[[str], None]) -> None:
        self.plan, self.server, self.size, self.folder, self.say = plan, server, size, folder, say
        self.today = datetime.now(UTC).date()
        self.block = Block(server.name, size)
        self.edition = 0
        # Radicale reads every event of a calendar before it lists its home, which takes seconds with 10,000 events.
        self.slow = server.name == "radicale" and size >= plan.slow_from
        folder.mkdir()
        self.requests_file = folder / "requests.json"
        self.calendar: CalendarAccess

    def run(self, empty: Path) -> Block:
        """Measure every program, Kalends first, because the bare requests are those that it sent."""
        self.calendar = self.server.fill(self.size, self.today)
        account = {"url": self.calendar.url, "username": self.calendar.username, "password": self.calendar.password}
        self._kalends(empty, account)
        self._library({**account, "path": self.calendar.path})
        if find_spec("vdirsyncer"):
            self._vdirsyncer()
        return self.block

    # --- the programs ---------------------------------------------------------------------------------

    def _kalends(self, empty: Path, account: Mapping[str, str]) -> None:
        connected, home = self.folder / "connected", self.folder / "kalends"
        shutil.copytree(empty, connected)
        with JobProcess("kalends_jobs:KalendsConnect", environment(connected), **account) as process:
            process.run()
        runs = []
        for _ in range(1 if self.slow else self.plan.repeats):
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(connected, home)
            runs += self._runs("kalends_jobs:KalendsFirstSync", 1, home=home)
        self._note(KALENDS, FIRST, runs)
        self._bare_requests(FIRST)
        with JobProcess("kalends_jobs:KalendsRowCounts", environment(home)) as process:
            self.block.counts = dict(process.run().detail)
        self._kalends_after_first_sync(home)

    def _kalends_after_first_sync(self, home: Path) -> None:
        repeats = self.plan.repeats
        for work, count in ((ONE, 1), (MANY, HUNDRED)):
            self._note(KALENDS, work, self._runs("kalends_jobs:KalendsChanges", repeats, home=home, edits=count))
            self._bare_requests(work)
        self._note(KALENDS, POLL, self._runs("kalends_jobs:KalendsPoll", repeats, home=home))
        self._bare_requests(POLL)
        self._note(KALENDS, OPENINGS, self._runs("kalends_jobs:KalendsOpenings", repeats, home=home))
        self._note(KALENDS, EXPAND, self._runs("kalends_jobs:KalendsReexpand", repeats, home=home))
        if not self.slow:
            self._note(KALENDS, TOGETHER, self._runs("kalends_jobs:KalendsPollTogether", repeats, home=home))

    def _library(self, access: Mapping[str, str]) -> None:
        repeats, few = self.plan.repeats, self.plan.repeats_of(self.size)
        first = [self._runs("library_jobs:LibraryFirstSync", 1, access)[0] for _ in range(few)]
        self._note(LIBRARY, FIRST, first)
        for work, count in ((ONE, 1), (MANY, HUNDRED)):
            self._note(LIBRARY, work, self._runs("library_jobs:LibraryChanges", repeats, access, edits=count))
        self._note(LIBRARY, POLL, self._runs("library_jobs:LibraryPoll", repeats, access))
        self._note(LIVE, OPENINGS, self._runs("library_jobs:LiveSearch", few, access))
        size = {"size": self.size, "today": self.today.isoformat()}
        self._note(READ_AND_EXPAND, FIRST, self._runs("baseline:ReadAndExpand", few, size))

    def _vdirsyncer(self) -> None:
        job, repeats = "vdirsyncer_jobs:VdirsyncerSync", self.plan.repeats_of(self.size)
        credentials = {"username": self.calendar.username, "password": self.calendar.password}
        access = {"address": self.calendar.address, **credentials}
        folders = [str(self.folder / f"vdirsyncer-{number}") for number in range(repeats)]
        self._note(VDIRSYNCER, FIRST, [self._runs(job, 1, {**access, "folder": folder})[0] for folder in folders])
        for work, count in ((ONE, 1), (MANY, HUNDRED), (POLL, 0)):
            runs = self._runs(job, repeats, {**access, "folder": folders[-1]}, edits=count)
            self._note(VDIRSYNCER, work, runs)

    def _bare_requests(self, work: str) -> None:
        """Send the requests of the last measurement again, while the server still gives the same answers."""
        arguments = {"requests_file": str(self.requests_file)}
        repeats = 1 if self.slow else self.plan.repeats
        self._note(BARE_REQUESTS, work, self._runs("baseline:ReplayedRequests", repeats, arguments))

    # --- one measurement ------------------------------------------------------------------------------

    def _runs(
        self,
        job: str,
        repeats: int,
        arguments: Mapping[str, object] = MappingProxyType({}),
        *,
        home: Path | None = None,
        edits: int = 0,
    ) -> list[tuple[Figures, int]]:
        """Measure `repeats` times in one new process, whose database is in `home`; move `edits` events before each run.

        Returns the figures of each run with the number of requests it sent.
        """
        self.say(f"{self.server.name} {self.size:,}: {job} {edits or ''}")
        runs = []
        with JobProcess(job, environment(home or self.folder), **arguments) as process:
            for _ in range(repeats):
                self._edit(edits)
                self.server.take_requests()
                figures = process.run()
                requests = self.server.take_requests()
                runs.append((figures, len(requests)))
        if job.startswith("kalends_jobs:"):
            self._save_requests(requests, job)
        return runs

    def _edit(self, count: int) -> None:
        if count:
            self.edition += 1
            self.server.edit(self.size, self.today, count=count, edition=self.edition)

    def _save_requests(self, requests: Sequence[RecordedRequest], job: str) -> None:
        once = requests[-1:] if job == "kalends_jobs:KalendsPoll" else requests
        rows = [{"method": one.method, "url": one.url, "headers": one.headers, "body": one.body} for one in once]
        self.requests_file.write_text(json.dumps(rows))

    def _note(self, program: str, work: str, runs: Sequence[tuple[Figures, int]]) -> None:
        figures, requests = runs[-1]
        self.block.measured[program, work] = Measured(_median(runs), requests // figures.runs, len(runs))


def _median(runs: Sequence[tuple[Figures, int]]) -> Figures:
    """The median times, the largest memory and the last detail."""
    figures = [one for one, _ in runs]
    return Figures(
        wall=median(one.wall for one in figures),
        cpu=median(one.cpu for one in figures),
        peak=max(one.peak for one in figures),
        grown=max(one.grown for one in figures),
        detail=figures[-1].detail,
    )
