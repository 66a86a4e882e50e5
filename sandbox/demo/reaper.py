"""The janitor: a small process that ends process groups as soon as the one who started them lets go.

It reads the numbers of groups from its standard input, one a line; a minus before one means that it has ended by
itself. When the input closes, because the demo ends or was killed, it ends every group with all that is in it:
politely first, then not.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

POLITE_SECONDS = float(os.environ.get("KALENDS_POLITE_SECONDS", "8"))
LOOK_AGAIN = 0.05


def run_reaper() -> int:
    """Wait for the end of standard input, then clean up."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)
    groups: dict[int, str] = {}
    for line in sys.stdin:
        number = int(line)
        if number > 0:
            groups[number] = _birth(number)
        else:
            groups.pop(-number, None)
    # The number of a group that is gone may have been given to somebody else since.
    end(group for group, birth in groups.items() if _birth(group) in ("", birth))
    return 0


def end(groups: Iterable[int]) -> None:
    """End these process groups, the youngest first, and wait until nothing of them is left.

    Who leads a group is asked first, because it knows how to stop the others; those that it leaves behind, next.
    """
    left = list(reversed(list(groups)))
    for group in left:
        _alone(group, signal.SIGTERM)
    deadline = time.monotonic() + POLITE_SECONDS
    while left and time.monotonic() < deadline:
        time.sleep(LOOK_AGAIN)
        left = [group for group in left if _all(group, 0)]
        for group in left:
            if not _alone(group, 0):
                _all(group, signal.SIGTERM)
    for group in left:
        _all(group, signal.SIGKILL)


def _birth(number: int) -> str:
    """When a process began, in ticks; nothing where there is none, or where the system does not tell."""
    with suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[19]
    return ""


def _alone(leader: int, number: int) -> bool:
    """Send it to the leader of a group; was anybody there?"""
    with suppress(ProcessLookupError, PermissionError):
        os.kill(leader, number)
        return True
    return False


def _all(group: int, number: int) -> bool:
    """Send it to a whole group; was anybody there?"""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    raise SystemExit(run_reaper())
