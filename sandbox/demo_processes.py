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
from typing import IO

LOOK_AGAIN = 0.1
LAST_LINES = 15


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

    def __enter__(self) -> Processes:
        self.logs.mkdir(parents=True, exist_ok=True)
        self._janitor = subprocess.Popen(
            [sys.executable, "-m", "sandbox.demo_janitor"],
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
        if self._janitor.stdin:
            self._janitor.stdin.close()
        while self._janitor.poll() is None:
            self._reap()
            time.sleep(LOOK_AGAIN)
        self._reap()

    def start(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        """Start `python …`; its output goes to its log."""
        with self._log(name) as log:
            child = subprocess.Popen(  # noqa: S603 - our own commands
                [sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=dict(self.environment),
                start_new_session=True,
                text=True,
            )
        self.running[name] = child
        self._tell_janitor(child.pid)
        return child

    def finish(self, name: str) -> None:
        """Wait for the end of a process that does one thing. Raises Ended if it failed."""
        child = self.running[name]
        if child.wait() != 0:
            raise Ended(self.last_words(name))
        self._tell_janitor(-child.pid)
        del self.running[name]

    def kill(self, name: str) -> None:
        """End a process with all it has started, at once and without a word, as a crash does."""
        child = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        self._tell_janitor(-child.pid)

    def check(self) -> None:
        """Raise Ended if any process is gone."""
        for name, child in self.running.items():
            if child.poll() is not None:
                raise Ended(self.last_words(name))

    def last_words(self, name: str) -> str:
        """The name of a process, how it ended and the end of its log."""
        lines = (self.logs / f"{name}.log").read_text(errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join([f"{name} has ended ({self.running[name].returncode}).", *lines])

    def _log(self, name: str) -> IO[str]:
        return (self.logs / f"{name}.log").open("w")

    def _tell_janitor(self, group: int) -> None:
        if self._janitor.stdin:
            self._janitor.stdin.write(f"{group}\n")
            self._janitor.stdin.flush()

    def _reap(self) -> None:
        """Take note of those that ended, so that the janitor finds nobody there any more."""
        for child in self.running.values():
            child.poll()
