"""`make bench`. Environment variables and their defaults: SIZES=100,1000,10000 REPEATS=3 SERVERS=sandbox,radicale.

With SERVERS= only the openings of many people, the polls of many connections and the pages with many events are
measured, which need none of these servers.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.bench.practices import pages, people, polls
from benchmarks.bench.runner import Block, Plan, empty_database, run
from benchmarks.bench.tables import table, target_table
from benchmarks.bench.targets import verdicts
from benchmarks.first_sync import measure as first_sync
from benchmarks.workspace import temporary_folder


def plan() -> Plan:
    """The plan that the environment variables describe."""
    return Plan(
        sizes=sorted(int(size) for size in os.environ.get("SIZES", "100,1000,10000").split(",")),
        servers=[name for name in os.environ.get("SERVERS", "sandbox,radicale").split(",") if name],
        repeats=int(os.environ.get("REPEATS", "3")),
    )


def main() -> None:
    """Measure, print each table as soon as it is complete, and print the targets at the end."""
    began = time.monotonic()
    blocks: list[Block] = []
    with temporary_folder() as folder:
        empty = empty_database(folder)
        rows = list(people.measure(empty, folder, plan().repeats, _progress(began)))
        _print(*people.people_table(rows))
        poll_rows = list(polls.measure_polls(empty, folder, plan().repeats, _progress(began)))
        _print(*polls.polls_table(poll_rows))
        page_rows = list(pages.measure_pages(empty, folder, plan().repeats, _progress(began)))
        _print(*pages.pages_table(page_rows))
        synced = list(_first_syncs(empty, folder, _progress(began)))
        _print(*first_sync.first_sync_table(synced))
        for block in run(plan(), empty, folder, _progress(began)):
            blocks.append(block)
            _print(*table(block))
    of_practices = (
        *people.people_verdicts(rows),
        *polls.polls_verdicts(poll_rows),
        *pages.page_verdicts(page_rows),
    )
    _print(
        *target_table([*of_practices, *first_sync.first_sync_verdicts(synced), *verdicts(blocks)]),
        "",
        *NOTES,
        _machine_load((time.monotonic() - began) / 60),
    )


def _first_syncs(empty: Path, folder: Path, say: Callable[[str], None]) -> Iterator[first_sync.FirstSync]:
    """First syncs from a server that takes its time, if the sandbox is among the servers."""
    if "sandbox" in plan().servers:
        yield from first_sync.measure_first_syncs(first_sync.CASES, [first_sync.NOW], empty, folder, say)


NOTES = (
    "Medians. Each program runs in a new process after one warm-up poll. CPU is that of the client only. The last two",
    "columns are multiples of what Kalends needs. vdirsyncer stores files and expands nothing. The bare requests are",
    "those that Kalends sent, repeated with http.client. Read + expand is icalendar and recurring-ical-events over all",
    "events, without the VTIMEZONEs of zones that Python knows. Except where milliseconds are named these servers",
    "answer at once, whereas iCloud needs 0.1 to 0.5 s for each request: programs that send one request for each event",
    "wait that long for each event.",
)


def _machine_load(minutes: float) -> str:
    """How long the run took, and whether other programs used the cores: then only the CPU columns are reliable."""
    load, cores = os.getloadavg()[2], os.cpu_count() or 1
    advice = "the machine was busy, compare CPU" if load > cores else "the machine was not busy"
    return f"Finished in {minutes:.1f} minutes, with a load of {load:.1f} on {cores} cores: {advice}."


def _print(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _progress(began: float) -> Callable[[str], None]:
    def say(text: str) -> None:
        sys.stderr.write(f"{time.monotonic() - began:6.0f} s  {text}\n")

    return say


if __name__ == "__main__":
    main()
