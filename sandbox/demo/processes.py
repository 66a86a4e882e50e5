"""Starting and ending the processes of the demo, each in a process group of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

CHECK_SECONDS = 0.1
LAST_LINES = 15
DEATHS, DEATH_SECONDS = 5, 60.0  # who ends that often in so short a time will not stay


class Ended(Exception):
    """A process that should run has ended; str() names it and shows the end of its log."""


@dataclass
class Processes:
    """Children that end together: as a context manager, and also when this process is killed.

    `logs`: the directory where each writes `<name>.log`; `folder`: where they run.
    """

    logs: Path
    folder: Path
    environment: Mapping[str, str]
    running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    deaths: dict[str, list[float]] = field(default_factory=dict)

    def __enter__(self) -> Processes:
        self.logs.mkdir(parents=True, exist_ok=True)
        self._reaper = subprocess.Popen(
            [sys.executable, "-m", "sandbox.demo.reaper"],
            stdin=subprocess.PIPE,
            cwd=self.folder,
            start_new_session=True,
            text=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End everything that was started, and what that started."""
        if self._reaper.stdin:
            self._reaper.stdin.close()
        while self._reaper.poll() is None:
            self._reap()
            time.sleep(CHECK_SECONDS)
        self._reap()

    def start(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        """Start `python …`; its output goes to its log, which begins anew."""
        self.commands[name] = arguments
        return self._spawn(name, "w")

    def _spawn(self, name: str, mode: str) -> subprocess.Popen[str]:
        with (self.logs / f"{name}.log").open(mode) as log:
            child = subprocess.Popen(  # noqa: S603 - our own commands
                [sys.executable, *self.commands[name]],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=dict(self.environment),
                start_new_session=True,
                text=True,
            )
        self.running[name] = child
        self._tell_reaper(child.pid)
        return child

    def finish(self, name: str) -> None:
        """Wait for the end of a process that does one thing. Raises Ended if it failed."""
        child = self.running[name]
        if child.wait() != 0:
            raise Ended(self.last_words(name))
        self._tell_reaper(-child.pid)
        del self.running[name]

    def kill(self, name: str) -> None:
        """End a process with all it has started, at once and without a word, as a crash does."""
        child = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        self._tell_reaper(-child.pid)

    def ended(self) -> list[str]:
        """Which of those that should run are gone."""
        return [name for name, child in self.running.items() if child.poll() is not None]

    def check(self) -> None:
        """Raise Ended if any process is gone."""
        for name in self.ended():
            raise Ended(self.last_words(name))

    def restart(self, name: str) -> int:
        """Start a process that is gone again, without what it left behind; gives how it ended.

        Raises Ended for one that goes again and again.
        """
        self.deaths[name] = [at for at in self.deaths.get(name, []) if at > time.monotonic() - DEATH_SECONDS]
        if len(self.deaths[name]) == DEATHS:
            raise Ended(self.last_words(name))
        self.deaths[name].append(time.monotonic())
        code = self.running[name].wait()
        self.kill(name)
        self._spawn(name, "a")
        return code

    def last_words(self, name: str) -> str:
        """The name of a process, how it ended and the end of its log."""
        lines = (self.logs / f"{name}.log").read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join([f"{name} has ended ({self.running[name].returncode}).", *lines])

    def _tell_reaper(self, group: int) -> None:
        if self._reaper.stdin:
            self._reaper.stdin.write(f"{group}\n")
            self._reaper.stdin.flush()

    def _reap(self) -> None:
        """Take note of those that ended, so that the reaper finds nobody there any more."""
        for child in self.running.values():
            child.poll()
