"""What Linux offers through its C library and Python has no function for. Elsewhere these do nothing."""

from __future__ import annotations

import ctypes
import signal
import sys
from typing import Final

M_ARENA_MAX: Final = -8  # malloc.h of glibc; musl has no mallopt
PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
MAX_ARENAS: Final = 2


def limit_malloc_arenas() -> None:
    """Let all threads of this process and of those that it forks share two heaps, as MALLOC_ARENA_MAX=2 does.

    glibc gives each thread a heap of its own, which keeps what the thread no longer needs. Call it before there are
    threads.
    """
    set_option = getattr(_libc(), "mallopt", None)
    if set_option:
        set_option(M_ARENA_MAX, MAX_ARENAS)


def end_with_parent() -> None:
    """From now on this process gets SIGTERM when its parent ends, even if that was killed."""
    if sys.platform.startswith("linux"):
        _libc().prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)
