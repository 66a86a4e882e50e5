"""The reaper: a small process that ends the demo's process groups when the demo ends, even if it was killed.

It reads process group ids from its standard input, one on each line; a negative number means that the group has ended
by itself. When the input is closed, it ends all groups: with SIGTERM first, and after some seconds with SIGKILL.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

TERM_SECONDS = float(os.environ.get("KALENDS_TERM_SECONDS", "8"))
CHECK_SECONDS = 0.05


def run_reaper() -> int:
    """Wait for the end of standard input, then end all groups."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)
    groups: dict[int, str] = {}
    for line in sys.stdin:
        number = int(line)
        if number > 0:
            groups[number] = _start_time(number)
        else:
            groups.pop(-number, None)
    # The id of a group that has ended may have been reused since.
    end(group for group, started in groups.items() if _start_time(group) in ("", started))
    return 0


def end(groups: Iterable[int]) -> None:
    """End these process groups, the newest first, and wait until none of their processes is left.

    The leader of a group gets SIGTERM first, because it can stop the others; those that it leaves get SIGTERM next.
    """
    left = list(reversed(list(groups)))
    for group in left:
        _signal_leader(group, signal.SIGTERM)
    deadline = time.monotonic() + TERM_SECONDS
    while left and time.monotonic() < deadline:
        time.sleep(CHECK_SECONDS)
        left = [group for group in left if _signal_group(group, 0)]
        for group in left:
            if not _signal_leader(group, 0):
                _signal_group(group, signal.SIGTERM)
    for group in left:
        _signal_group(group, signal.SIGKILL)


def _start_time(number: int) -> str:
    """When a process started, in clock ticks; empty when it has ended or the system has no /proc."""
    with suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[19]
    return ""


def _signal_leader(leader: int, number: int) -> bool:
    """Send a signal to the leader of a group; returns whether it exists."""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(leader, number)
        return True
    return False


def _signal_group(group: int, number: int) -> bool:
    """Send a signal to a whole group; returns whether it exists."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    raise SystemExit(run_reaper())
