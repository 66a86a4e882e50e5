"""What Linux offers through its C library and Python has no function for. Elsewhere these do nothing."""

from __future__ import annotations

import ctypes
import signal
import sys
from typing import Final

# malloc.h of glibc; musl has no mallopt
M_TRIM_THRESHOLD: Final = -1
M_MMAP_THRESHOLD: Final = -3
M_ARENA_MAX: Final = -8
PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
MALLOC_OPTIONS: Final = {M_ARENA_MAX: 2, M_MMAP_THRESHOLD: 128 * 1024, M_TRIM_THRESHOLD: 128 * 1024}


def return_free_memory() -> None:
    """Let all threads of this process and of those that it forks share two heaps, and return what they free.

    glibc gives each thread a heap of its own, which keeps what the thread no longer needs, and after one large block
    was freed it keeps blocks up to that size. Call it before there are threads.
    """
    set_option = getattr(_libc(), "mallopt", None)
    if set_option:
        for option, value in MALLOC_OPTIONS.items():
            set_option(option, value)


def end_with_parent() -> None:
    """From now on this process gets SIGTERM when its parent ends, even if that was killed."""
    if sys.platform.startswith("linux"):
        _libc().prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)
