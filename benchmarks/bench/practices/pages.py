"""Pages of staff who have many events, against the same pages with few."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.bench.job import JobProcess
from benchmarks.bench.measuring import Figures
from benchmarks.bench.targets import Verdict
from benchmarks.workspace import environment

FEW = 100
MAX_RATIO = 2


@dataclass(frozen=True, slots=True)
class Case:
    """Pages that are asked for when `staff` people have FEW, and then `many` events in all in the next `days` days.

    `pages`: the jobs by what the table calls them.
    """

    staff: int
    days: int
    many: int
    pages: dict[str, str]


CASES = (
    Case(10, 7, 3_000, {"week": "WeekPage", "week as a list": "ListPage", "day of everybody": "DayPage"}),
    Case(1, 365, 20_000, {"events page": "EventsPage"}),
)


@dataclass(frozen=True, slots=True)
class PageRow:
    """What one page costs with so many events: seconds until it is answered, seconds of CPU, queries, and its size."""

    page: str
    events: int
    wall: float
    cpu: float
    queries: int
    size: int


def measure_pages(empty: Path, folder: Path, repeats: int, say: Callable[[str], None]) -> Iterator[PageRow]:
    """Measure every page of every case with few and with many events, which take turns."""
    for case in CASES:
        homes = {events: _filled(case, events, empty, folder, say) for events in (FEW, case.many)}
        for page, job in case.pages.items():
            runs = [{events: _run(job, home) for events, home in homes.items()} for _ in range(repeats)]
            yield from (_row(page, events, [run[events] for run in runs]) for events in homes)


def _filled(case: Case, events: int, empty: Path, folder: Path, say: Callable[[str], None]) -> Path:
    """A copy of the database in `empty` with these people and events."""
    say(f"{events:,} events of {case.staff} in {case.days} days")
    home = folder / f"pages-{case.staff}-{events}"
    shutil.copytree(empty, home)
    rows = {"staff": case.staff, "events": events, "days": case.days}
    with JobProcess("practices.pages_jobs:CreateStaff", environment(home), **rows) as process:
        process.run()
    return home


def _run(job: str, home: Path) -> Figures:
    quiet = {"PYTHONWARNINGS": "ignore:No directory at"}  # no static files are collected, and none are asked for
    with JobProcess(f"practices.pages_jobs:{job}", environment(home) | quiet) as process:
        process.run()
        return process.run()


def _row(page: str, events: int, figures: list[Figures]) -> PageRow:
    detail = figures[0].detail
    wall, cpu = median(one.wall for one in figures), median(one.cpu for one in figures)
    return PageRow(page, events, wall, cpu, int(detail["queries"]), int(detail["bytes"]))


def pages_table(rows: list[PageRow]) -> Iterator[str]:
    """The lines of the rows, each with its times as multiples of those with few events."""
    yield f"{'pages':32}{'events':>8}{'queries':>9}{'HTML':>9}{'wall':>12}{'CPU':>12}{'wall x':>9}{'CPU x':>8}"
    few = {row.page: row for row in rows if row.events == FEW}
    for row in rows:
        least = few[row.page]
        figures = f"{row.events:>8,}{row.queries:>9}{row.size / 1000:>6.0f} kB"
        figures += f"{row.wall * 1000:>9.1f} ms{row.cpu * 1000:>9.1f} ms"
        yield f"{row.page:32}{figures}{row.wall / least.wall:>9.2f}{row.cpu / least.cpu:>8.2f}"
    yield ""


def page_verdicts(rows: list[PageRow]) -> Iterator[Verdict]:
    """The targets: the time until the answer, and the CPU that it takes, at most twice that with few events."""
    few = {row.page: row for row in rows if row.events == FEW}
    for row in (one for one in rows if one.events != FEW):
        wall, cpu = row.wall / few[row.page].wall, row.cpu / few[row.page].cpu
        target = f"{row.page}, {row.events:,} events against {FEW}"
        reason = f"{row.wall * 1000:.0f} against {few[row.page].wall * 1000:.0f} ms" if wall > MAX_RATIO else ""
        yield Verdict("none", target, f"<= {MAX_RATIO}", f"{wall:.3g}", reason, f"CPU {cpu:.3g}")
