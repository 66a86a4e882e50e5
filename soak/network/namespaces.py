"""Network namespaces: each is a machine of its own as far as the network goes (Linux, as root).

A process in a namespace reaches nothing but what `relay.py` passes on for it.
"""

from __future__ import annotations

import ctypes
import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_FOLDER = Path("/run/netns")
_CLONE_NEWNET = 0x40000000  # setns(2)


def can_make() -> bool:
    """Whether this process may create namespaces, which Linux allows to root only."""
    try:
        with namespace(f"kalends-try-{os.getpid()}"):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def namespace(name: str) -> Iterator[str]:
    """A new namespace with a loopback of its own, removed at the end. Raises CalledProcessError if it fails."""
    _ip("netns", "add", name)
    try:
        _ip("-n", name, "link", "set", "lo", "up")
        yield name
    finally:
        with suppress(subprocess.CalledProcessError):
            _ip("netns", "delete", name)


def enter(name: str) -> None:
    """Move the calling thread, and the processes that it starts, into a namespace. Raises OSError if it cannot."""
    with (_FOLDER / name).open() as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns into {name}")


def inside(name: str, do: Callable[[], T]) -> T:
    """What `do` returns in a thread of that namespace; the calling thread stays where it is."""

    def enter_and_do() -> T:
        enter(name)
        return do()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(enter_and_do).result()


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)  # noqa: S603, S607
