"""`make bench`: SIZES=100,1000,10000 REPEATS=3 SERVERS=sandbox,radicale, as variables of the environment."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

from benchmarks.bench.runner import Block, Plan, run, workplace
from benchmarks.bench.tables import judgement, table
from benchmarks.bench.targets import verdicts


def plan() -> Plan:
    """What the environment asks for."""
    return Plan(
        sizes=sorted(int(size) for size in os.environ.get("SIZES", "100,1000,10000").split(",")),
        servers=os.environ.get("SERVERS", "sandbox,radicale").split(","),
        repeats=int(os.environ.get("REPEATS", "3")),
    )


def main() -> None:
    """Measure, print each table as soon as it stands, and the targets at the end."""
    began = time.monotonic()
    blocks: list[Block] = []
    with workplace() as folder:
        for block in run(plan(), folder, _progress(began)):
            blocks.append(block)
            _print(*table(block))
    _print(*judgement(list(verdicts(blocks))), "", *NOTES, _disturbance((time.monotonic() - began) / 60))


NOTES = (
    "Medians, each program in a fresh process that was warmed up by one poll; CPU is the client's alone. The last two",
    "columns: how many times what Kalends takes. vdirsyncer keeps files and expands nothing. The bare requests are",
    "those that Kalends sent, sent again over plain http.client. Read + expand is icalendar and recurring-ical-events",
    "over all events, VTIMEZONEs of known zones left out. These servers answer at once: iCloud takes 0.1 to 0.5 s for",
    "every request, which the programs with a request for every event pay as often.",
)


def _disturbance(minutes: float) -> str:
    """How long it took, and whether other work took the cores: then wall times say little, and CPU still much."""
    load, cores = os.getloadavg()[2], os.cpu_count() or 1
    words = "the machine had other work: go by CPU" if load > cores else "the machine was left alone"
    return f"Took {minutes:.1f} minutes, at the end with a load of {load:.1f} on {cores} cores: {words}."


def _print(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _progress(began: float) -> Callable[[str], None]:
    def say(text: str) -> None:
        sys.stderr.write(f"{time.monotonic() - began:6.0f} s  {text}\n")

    return say


if __name__ == "__main__":
    main()
