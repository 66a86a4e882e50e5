"""What a poll that finds nothing new costs over TLS, where many are polled: beside the way before, in one run."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.bench.job import JobProcess
from benchmarks.bench.measuring import Figures
from benchmarks.bench.targets import Verdict
from benchmarks.fleet import certificates
from benchmarks.fleet.__main__ import Fleet, running_server
from benchmarks.workspace import environment

CONNECTIONS = 1000
WAYS = {"polled together": "PollTogether", "each by itself, as before": "PollEach"}
TOGETHER, EACH = WAYS


@dataclass(frozen=True, slots=True)
class PollRow:
    """What one poll costs this way: seconds of CPU, and statements."""

    way: str
    cpu: float
    queries: float


def measure_polls(empty: Path, folder: Path, repeats: int, say: Callable[[str], None]) -> Iterator[PollRow]:
    """Measure both ways, which take turns, with a server that answers at once."""
    say(f"{CONNECTIONS:,} connections, TLS, polled without change")
    home = folder / "polls"
    shutil.copytree(empty, home)
    certificate, trusted = certificates.write(home)
    surroundings = environment(home) | {
        "DJANGO_SETTINGS_MODULE": "benchmarks.fleet.settings",
        "FLEET_CERTIFICATE": str(trusted),
    }
    with running_server(Fleet(CONNECTIONS, latency=0, workers=1, tls=True), certificate) as server:
        created = {"url": server["url"], "count": CONNECTIONS}
        with JobProcess("practices.polls_jobs:CreateFleet", surroundings, **created) as process:
            process.run()
        runs = [{way: _run(job, surroundings) for way, job in WAYS.items()} for _ in range(repeats)]
    for way in WAYS:
        yield _row(way, [run[way] for run in runs])


def _run(job: str, surroundings: dict[str, str]) -> Figures:
    with JobProcess(f"practices.polls_jobs:{job}", surroundings) as process:
        process.run()
        return process.run()


def _row(way: str, runs: list[Figures]) -> PollRow:
    polls = runs[0].detail["polls"]
    return PollRow(way, median(one.cpu for one in runs) / polls, runs[0].detail["queries"] / polls)


def polls_table(rows: list[PollRow]) -> Iterator[str]:
    """The lines of the rows."""
    yield f"{'poll without change, of ' + format(CONNECTIONS, ',') + ', TLS':42}{'CPU':>12}{'queries':>9}"
    for row in rows:
        yield f"{row.way:42}{row.cpu * 1000:>9.2f} ms{row.queries:>9.2f}"
    yield ""


def polls_verdicts(rows: list[PollRow]) -> Iterator[Verdict]:
    """The targets for polls of many."""
    together = next(row for row in rows if row.way == TOGETHER)
    for what, value, bound in (("ms of CPU", together.cpu * 1000, 1.2), ("queries", together.queries, 0.1)):
        reason = "" if value <= bound else "see the table of polls"
        yield Verdict("TLS", f"poll without change, of many, {what}", f"<= {bound:g}", f"{value:.3g}", reason)
