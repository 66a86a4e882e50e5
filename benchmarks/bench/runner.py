"""The run of `make bench`: every piece of work of every program on every calendar, one after the other."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.bench.gauge import Figures
from benchmarks.bench.job import Child
from benchmarks.bench.serving import Place, Server

KALENDS, LIBRARY, VDIRSYNCER, LIVE = "Kalends", "caldav library", "vdirsyncer", "live search"
FLOOR, READING = "bare requests", "read + expand"
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
    """The median of one program's runs of one piece of work, and how many runs those were."""

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
    """Everything about one calendar on one server. `counts`: events and occurrences that Kalends has of it."""

    server: str
    size: int
    counts: Mapping[str, int] = field(default_factory=dict)
    measured: dict[tuple[str, str], Measured] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to measure and how often: `repeats` for everything, but `slow` for what takes minutes."""

    sizes: Sequence[int]
    servers: Sequence[str]
    repeats: int = 3
    slow_from: int = 5000  # events; from here on the others' first sync is run once

    def repeats_of(self, size: int) -> int:
        """How often the first sync of the slow ones is run."""
        return 1 if size >= self.slow_from else self.repeats


def environment(folder: Path) -> dict[str, str]:
    """The environment of a job whose database lies in `folder`."""
    settings = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": f"sqlite:///{folder / 'kalends.sqlite3'}",
        "SECRET_KEY": "benchmark" * 8,
        "FERNET_KEYS": "benchmark" * 8,
        "DEBUG": "false",
        "BASE_URL": "http://127.0.0.1:8000",
    }
    return os.environ | settings


def run(plan: Plan, folder: Path, say: Callable[[str], None]) -> Iterator[Block]:
    """Measure; each block as soon as it is done."""
    empty = folder / "empty"
    empty.mkdir()
    with Child("kalends:Migrate", environment(empty)) as child:
        child.run()
    for name in plan.servers:
        with _started(name, folder) as server:
            for size in plan.sizes:
                say(f"{name}: filling a calendar with {size:,} events")
                bench = Bench(plan, server, size, folder / f"{name}-{size}", say)
                yield bench.run(empty)


@contextmanager
def _started(name: str, folder: Path) -> Iterator[Server]:
    arguments = {"sandbox": [], "radicale": [str(folder / "radicale")]}[name]
    with Server(name, f"benchmarks.bench.serve_{name}", arguments) as server:
        yield server


class Bench:
    """One calendar on one server."""

    def __init__(self, plan: Plan, server: Server, size: int, folder: Path, say: Callable[[str], None]) -> None:
        self.plan, self.server, self.size, self.folder, self.say = plan, server, size, folder, say
        self.today = datetime.now(UTC).date()
        self.block = Block(server.name, size)
        self.edition = 0
        # Radicale looks at every event of a calendar before it lists its home, which takes seconds with 10,000.
        self.slow = server.name == "radicale" and size >= plan.slow_from
        folder.mkdir()
        self.asked_file = folder / "asked.json"
        self.place: Place

    def run(self, empty: Path) -> Block:
        """Everything, Kalends first; the requests it sent are what the floor repeats."""
        self.place = self.server.fill(self.size, self.today)
        account = {"url": self.place.url, "username": self.place.username, "password": self.place.password}
        self._kalends(empty, account)
        self._library({**account, "path": self.place.path})
        if find_spec("vdirsyncer"):
            self._vdirsyncer()
        return self.block

    # --- the programs ---------------------------------------------------------------------------------

    def _kalends(self, empty: Path, account: Mapping[str, str]) -> None:
        connected, home = self.folder / "connected", self.folder / "kalends"
        shutil.copytree(empty, connected)
        with Child("kalends:Connect", environment(connected), **account) as child:
            child.run()
        runs = []
        for _ in range(1 if self.slow else self.plan.repeats):
            shutil.rmtree(home, ignore_errors=True)
            shutil.copytree(connected, home)
            runs += self._runs("kalends:First", 1, home)
        self._note(KALENDS, FIRST, runs)
        self._floor(FIRST, times=1)
        with Child("kalends:Count", environment(home)) as child:
            self.block.counts = dict(child.run().detail)
        self._kalends_again(home)

    def _kalends_again(self, home: Path) -> None:
        for work, count in ((ONE, 1), (MANY, HUNDRED)):
            self._note(KALENDS, work, self._runs("kalends:Changed", self.plan.repeats, home, count))
            self._floor(work, times=1)
        self._note(KALENDS, POLL, self._runs("kalends:Poll", self.plan.repeats, home))
        self._floor(POLL, times=1)
        self._note(KALENDS, OPENINGS, self._runs("kalends:Openings", self.plan.repeats, home))
        self._note(KALENDS, EXPAND, self._runs("kalends:Expand", self.plan.repeats, home))
        if not self.slow:
            self._note(KALENDS, TOGETHER, self._runs("kalends:PollMany", self.plan.repeats, home))

    def _library(self, place: Mapping[str, str]) -> None:
        first = [
            self._runs("library:First", 1, self.folder, **place)[0] for _ in range(self.plan.repeats_of(self.size))
        ]
        self._note(LIBRARY, FIRST, first)
        for work, count in ((ONE, 1), (MANY, HUNDRED)):
            runs = self._runs("library:Changed", self.plan.repeats, self.folder, count, **place)
            self._note(LIBRARY, work, runs)
        self._note(LIBRARY, POLL, self._runs("library:Poll", self.plan.repeats, self.folder, **place))
        live = self._runs("library:Live", self.plan.repeats_of(self.size), self.folder, **place)
        self._note(LIVE, OPENINGS, live)
        reading = {"size": self.size, "today": self.today.isoformat()}
        self._note(READING, FIRST, self._runs("floor:Reading", self.plan.repeats_of(self.size), self.folder, **reading))

    def _vdirsyncer(self) -> None:
        credentials = {"username": self.place.username, "password": self.place.password}
        spec = {"address": self.place.address, **credentials}
        folders = [str(self.folder / f"vdirsyncer-{at}") for at in range(self.plan.repeats_of(self.size))]
        first = [self._runs("vdir:Sync", 1, self.folder, folder=folder, **spec)[0] for folder in folders]
        self._note(VDIRSYNCER, FIRST, first)
        repeats = self.plan.repeats_of(self.size)
        for work, count in ((ONE, 1), (MANY, HUNDRED), (POLL, 0)):
            self._note(
                VDIRSYNCER, work, self._runs("vdir:Sync", repeats, self.folder, count, folder=folders[-1], **spec)
            )

    def _floor(self, work: str, *, times: int) -> None:
        """The requests of the last measurement again, while the server still answers them alike."""
        spec = {"asked": str(self.asked_file), "times": times}
        repeats = 1 if self.slow else self.plan.repeats
        self._note(FLOOR, work, self._runs("floor:Requests", repeats, self.folder, keep=False, **spec))

    # --- one measurement ------------------------------------------------------------------------------

    def _runs(
        self, name: str, repeats: int, home: Path, edits: int = 0, *, keep: bool = True, **spec: Any
    ) -> list[tuple[Figures, int]]:
        """Measure so often in one fresh process, `edits` events being moved before each; with the requests sent."""
        self.say(f"{self.server.name} {self.size:,}: {name} {edits or ''}")
        runs = []
        with Child(name, environment(home), **spec) as child:
            for _ in range(repeats):
                self._edit(edits)
                self.server.asked()
                figures = child.run()
                asked = self.server.asked()
                runs.append((figures, len(asked)))
        if keep and name.startswith("kalends:"):
            self._remember(asked, name)
        return runs

    def _edit(self, count: int) -> None:
        if count:
            self.edition += 1
            self.server.edit(self.size, self.today, count=count, edition=self.edition)

    def _remember(self, asked: Sequence[Any], name: str) -> None:
        once = asked[-1:] if name == "kalends:Poll" else asked
        rows = [{"method": one.method, "url": one.url, "headers": one.headers, "body": one.body} for one in once]
        self.asked_file.write_text(json.dumps(rows))

    def _note(self, program: str, work: str, runs: Sequence[tuple[Figures, int]]) -> None:
        figures, asked = runs[-1]
        self.block.measured[program, work] = Measured(_middle(runs), asked // figures.runs, len(runs))


def _middle(runs: Sequence[tuple[Figures, int]]) -> Figures:
    """Median times, the largest memory, the last detail."""
    figures = [one for one, _ in runs]
    return Figures(
        wall=median(one.wall for one in figures),
        cpu=median(one.cpu for one in figures),
        peak=max(one.peak for one in figures),
        grown=max(one.grown for one in figures),
        detail=figures[-1].detail,
    )


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with TemporaryDirectory(prefix="kalends-bench-") as folder:
        yield Path(folder)
