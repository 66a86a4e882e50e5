"""Who uses the processor during a run: the web server, the clients with iCloud, or others on the same machine."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks import processes

_MACHINE = Path("/proc/stat")
_TICK = os.sysconf("SC_CLK_TCK")
_IDLE = slice(3, 5)  # of the columns of /proc/stat: doing nothing, and waiting for a disk


@dataclass(frozen=True, slots=True)
class Shares:
    """How many of the machine's `cores` each used on average. `clients` is this process, with iCloud in it."""

    cores: int
    web: float
    clients: float
    others: float

    def __str__(self) -> str:
        return (
            f"CPU, of {self.cores} cores: web server {self.web:.2f}, clients and iCloud {self.clients:.2f}, "
            f"other processes {self.others:.2f}"
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """Seconds at one moment: of the clock, and of CPU since the start of each."""

    clock: float
    web: float
    clients: float
    machine: float


def read(web: int) -> Reading | None:
    """A reading; `web` is the process id of the web server. None on a system without Linux's /proc."""
    if not _MACHINE.exists():
        return None
    return Reading(time.monotonic(), processes.cpu(web), time.process_time(), busy_seconds(_MACHINE.read_text()))


def busy_seconds(stat: str) -> float:
    """The CPU seconds that all cores were busy since the start of the machine, from the text of /proc/stat."""
    ticks = [
        int(column) for column in stat.partition("\n")[0].split()[1:9]
    ]  # the columns after these are counted twice
    return (sum(ticks) - sum(ticks[_IDLE])) / _TICK


def shares(before: Reading | None, after: Reading | None, cores: int) -> Shares | None:
    """What was used between two readings."""
    if before is None or after is None:
        return None
    seconds = after.clock - before.clock
    web, clients = (after.web - before.web) / seconds, (after.clients - before.clients) / seconds
    others = (after.machine - before.machine) / seconds - web - clients
    return Shares(cores, web, clients, max(others, 0.0))
