"""The openings of many people: how they grow with the people, with old events, and against the arithmetic alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.bench.job import JobProcess
from benchmarks.bench.measuring import Figures
from benchmarks.bench.targets import Verdict
from benchmarks.workspace import environment

OLD_EVENTS = 50_000
CASES = tuple((people, old) for people in (1, 10, 100) for old in (0, OLD_EVENTS))
JOBS = {"openings of 30 days": "MonthOfOpenings", "slot arithmetic alone": "SlotArithmetic", "own events": "OwnEvents"}
PAGE, ARITHMETIC, OWN = JOBS


@dataclass(frozen=True, slots=True)
class Row:
    """What one piece of work costs with so many people, who have `old_events` in all that are over."""

    people: int
    old_events: int
    work: str
    cpu: float
    queries: int


def measure(empty: Path, folder: Path, repeats: int, say: Callable[[str], None]) -> Iterator[Row]:
    """Measure every case in a copy of the database in `empty`; the jobs of a case take turns."""
    for people, old in CASES:
        say(f"{people} people with {old:,} old events")
        home = folder / f"people-{people}-{old}"
        shutil.copytree(empty, home)
        with JobProcess(
            "practices.people_jobs:CreatePeople", environment(home), people=people, old_events=old
        ) as process:
            process.run()
        runs = [{work: _run(job, home) for work, job in JOBS.items()} for _ in range(repeats)]
        for work in JOBS:
            figures = [run[work] for run in runs]
            yield Row(people, old, work, median(one.cpu for one in figures), int(figures[0].detail["queries"]))


def _run(job: str, home: Path) -> Figures:
    with JobProcess(f"practices.people_jobs:{job}", environment(home)) as process:
        process.run()
        return process.run()


def people_table(rows: list[Row]) -> Iterator[str]:
    """The lines of the rows, each with what it costs as a multiple of the arithmetic and of no old events."""
    by_case = {(row.people, row.old_events, row.work): row for row in rows}
    heads = f"{'people':>8}{'old events':>12}{'queries':>9}{'CPU':>12}{'x arithmetic':>14}"
    yield f"{'300 events in the month each':32}{heads}"
    for row in rows:
        ratio = row.cpu / by_case[row.people, row.old_events, ARITHMETIC].cpu
        figures = f"{row.people:>8}{row.old_events:>12,}{row.queries:>9}{row.cpu * 1000:>9.1f} ms{ratio:>14.2f}"
        yield f"{row.work:32}{figures}"
    yield ""


def people_verdicts(rows: list[Row]) -> Iterator[Verdict]:
    """The targets for many people."""
    cpu: Mapping[tuple[int, int, str], float] = {(row.people, row.old_events, row.work): row.cpu for row in rows}
    pages = [row for row in rows if row.work == PAGE]
    yield _at_most("openings of 100 people, SQL queries", max(row.queries for row in pages), 10)
    yield _at_most("openings of 10 people, CPU, times slot arithmetic", cpu[10, 0, PAGE] / cpu[10, 0, ARITHMETIC], 5)
    for people, work in ((1, OWN), (10, PAGE), (100, PAGE)):
        name = f"{work}, CPU, {people} people, with {OLD_EVENTS:,} old events against none"
        yield _at_most(name, cpu[people, OLD_EVENTS, work] / cpu[people, 0, work], 1.2)


def _at_most(target: str, value: float, bound: float) -> Verdict:
    return Verdict("none", target, f"<= {bound:g}", f"{value:.3g}", "" if value <= bound else "see the table of people")
