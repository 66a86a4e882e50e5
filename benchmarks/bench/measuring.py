"""What a piece of work costs this process: wall time, CPU and memory, measured without tracing."""

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
    """Seconds and MB of one run. `peak`: the largest memory of the process; `grown`: how much of it the work added."""

    wall: float
    cpu: float
    peak: float
    grown: float
    runs: int = 1  # how many runs the mean was taken from
    detail: Mapping[str, Any] = field(default_factory=dict)


def measure_job(work: Callable[[], Mapping[str, Any]], *, times: int = 1, max_seconds: float = math.inf) -> Figures:
    """Run `work` up to `times` times and return what one run cost, with the last return value as the detail.

    It is not run again after `max_seconds`.
    """
    gc.collect()
    _forget_peak()
    before = _memory("VmRSS")
    wall, cpu = time.perf_counter(), _cpu()
    detail: Mapping[str, Any] = {}
    runs = 0
    while runs == 0 or (runs < times and time.perf_counter() - wall < max_seconds):
        detail = work()
        runs += 1
    wall, cpu = time.perf_counter() - wall, _cpu() - cpu
    peak = _memory("VmHWM")
    return Figures(wall / runs, cpu / runs, peak / MB, max(peak - before, 0) / MB, runs, detail)


def _cpu() -> float:
    """User and system time of this process and of the children that it has waited for."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _forget_peak() -> None:
    """Reset the peak memory on Linux; elsewhere the peak remains that of the whole process."""
    if _CLEAR.exists():
        _CLEAR.write_text("5")


def _memory(name: str) -> int:
    if not _STATUS.exists():
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1]) * 1024
