"""What a piece of work costs this process: wall time, CPU, memory. Nothing is traced, so nothing is slowed down."""

from __future__ import annotations

import gc
import math
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MB = 1 << 20
_STATUS = Path("/proc/self/status")
_CLEAR = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds and megabytes. `peak` is the whole process at its largest, `grown` how much of it the work added."""

    wall: float
    cpu: float
    peak: float
    grown: float
    runs: int = 1  # of which these are what one took
    detail: Mapping[str, Any] = field(default_factory=dict)


def gauge(work: Callable[[], Mapping[str, Any]], *, times: int = 1, enough: float = math.inf) -> Figures:
    """Run `work` and say what it cost; with `times`, what one of so many runs cost. What it returns is the detail.

    After `enough` seconds it is not run again.
    """
    gc.collect()
    _forget_peak()
    before = _memory("VmRSS")
    wall, cpu = time.perf_counter(), _cpu()
    detail: Mapping[str, Any] = {}
    runs = 0
    while runs == 0 or (runs < times and time.perf_counter() - wall < enough):
        detail = work()
        runs += 1
    wall, cpu = time.perf_counter() - wall, _cpu() - cpu
    peak = _memory("VmHWM")
    return Figures(wall / runs, cpu / runs, peak / MB, max(peak - before, 0) / MB, runs, detail)


def _cpu() -> float:
    """User and system time of this process and of the children it has waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _forget_peak() -> None:
    """Linux counts the peak anew from here; elsewhere it stays that of the whole process."""
    if _CLEAR.exists():
        _CLEAR.write_text("5")


def _memory(name: str) -> int:
    if not _STATUS.exists():
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024
