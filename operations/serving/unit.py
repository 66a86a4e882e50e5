"""Several parts, each a process with child processes of its own, that run together and end together. No Django."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from types import FrameType
from typing import Final

from operations.serving.linux import end_with_parent

STOP_SECONDS: Final = 45
"""How long parts may take to finish what they are doing when they are told to stop; then they are killed."""
STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class PartEnded(Exception):
    """A part ended although nobody told it to stop. `name`: the part; `code`: its exit code, negative for a signal."""

    def __init__(self, name: str, code: int) -> None:
        super().__init__(name, code)
        self.name, self.code = name, code


@dataclass
class Unit:
    """Runs the parts until SIGINT, SIGTERM or SIGHUP stops them, or until one of them ends.

    `parts`: what each part does, by its name. Each is forked, so it shares the memory of this process.
    """

    parts: dict[str, Callable[[], None]]
    _running: dict[str, ForkProcess] = field(default_factory=dict)
    _stopping: bool = False

    def run(self) -> None:
        """Returns when it was told to stop and all parts have ended. Raises PartEnded, also when all have ended."""
        before = {number: signal.signal(number, self._told_to_stop) for number in STOP_SIGNALS}
        before[signal.SIGALRM] = signal.signal(signal.SIGALRM, self._kill_all)
        try:
            for name, work in self.parts.items():
                self._start(name, work)
            self._watch()
        finally:
            self._kill_all()
            signal.alarm(0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def _start(self, name: str, work: Callable[[], None]) -> None:
        if not self._stopping:
            fork = multiprocessing.get_context("fork")
            self._running[name] = fork.Process(target=_run_part, args=(work,), name=name)
            self._running[name].start()

    def _watch(self) -> None:
        failure = None
        while self._running:
            wait([part.sentinel for part in self._running.values()])
            for name, part in list(self._running.items()):
                if part.exitcode is None:
                    continue
                if not self._stopping:
                    failure = PartEnded(name, part.exitcode)
                    self._stop()
                _kill_group(part)  # what it left behind
                del self._running[name]
        if failure:
            raise failure

    def _told_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop()

    def _stop(self) -> None:
        """Tell all parts to stop, once: a second signal of an impatient person changes nothing."""
        if not self._stopping:
            self._stopping = True
            signal.alarm(STOP_SECONDS)
            for part in self._running.values():
                part.terminate()

    def _kill_all(self, number: int = 0, frame: FrameType | None = None) -> None:
        for part in self._running.values():
            _kill_group(part)


def _run_part(work: Callable[[], None]) -> None:
    """What the forked process does. Its group is its own, so that Ctrl-C reaches the unit alone."""
    os.setpgid(0, 0)
    end_with_parent()
    for number in (*STOP_SIGNALS, signal.SIGALRM):
        signal.signal(number, signal.SIG_DFL)
    work()
    sys.stdout.flush()


def _kill_group(part: ForkProcess) -> None:
    part.kill()  # if it has not made its group yet
    if part.ident:
        with suppress(ProcessLookupError):
            os.killpg(part.ident, signal.SIGKILL)
