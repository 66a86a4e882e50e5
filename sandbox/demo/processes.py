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
MAX_LOG_LINES = 15
MAX_RESTARTS, RESTART_SECONDS = 5, 60.0  # a process that ends more often within this time is not restarted


class Ended(Exception):
    """A process has ended that should run; str() is its name and the end of its log."""


@dataclass
class Processes:
    """Child processes, which end at the end of the context or when this process is killed.

    `logs`: the directory for their `<name>.log`; `folder`: their working directory.
    """

    logs: Path
    folder: Path
    environment: Mapping[str, str]
    running: dict[str, subprocess.Popen[str]] = field(default_factory=dict)
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    restarts: dict[str, list[float]] = field(default_factory=dict)

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
        """End all processes and their child processes."""
        if self._reaper.stdin:
            self._reaper.stdin.close()
        while self._reaper.poll() is None:
            self._reap()
            time.sleep(CHECK_SECONDS)
        self._reap()

    def start(self, name: str, *arguments: str) -> subprocess.Popen[str]:
        """Start `python` with these arguments; its output goes to a new log file."""
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
        """Wait for the end of a process. Raises Ended if it failed."""
        child = self.running[name]
        if child.wait() != 0:
            raise Ended(self.describe_end(name))
        self._tell_reaper(-child.pid)
        del self.running[name]

    def kill(self, name: str) -> None:
        """Kill a process with its child processes, as a crash would."""
        child = self.running.pop(name)
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        self._tell_reaper(-child.pid)

    def ended(self) -> list[str]:
        """The names of the processes that have ended."""
        return [name for name, child in self.running.items() if child.poll() is not None]

    def check(self) -> None:
        """Raise Ended if any process has ended."""
        for name in self.ended():
            raise Ended(self.describe_end(name))

    def restart(self, name: str) -> int:
        """Restart a process that has ended, and kill what is left of its group; returns its exit code.

        Raises Ended for a process that has been restarted too often.
        """
        self.restarts[name] = [at for at in self.restarts.get(name, []) if at > time.monotonic() - RESTART_SECONDS]
        if len(self.restarts[name]) == MAX_RESTARTS:
            raise Ended(self.describe_end(name))
        self.restarts[name].append(time.monotonic())
        code = self.running[name].wait()
        self.kill(name)
        self._spawn(name, "a")
        return code

    def describe_end(self, name: str) -> str:
        """The name of a process, its exit code and the end of its log."""
        lines = (self.logs / f"{name}.log").read_text(errors="replace").splitlines()[-MAX_LOG_LINES:]
        return "\n".join([f"{name} has ended ({self.running[name].returncode}).", *lines])

    def _tell_reaper(self, group: int) -> None:
        if self._reaper.stdin:
            self._reaper.stdin.write(f"{group}\n")
            self._reaper.stdin.flush()

    def _reap(self) -> None:
        """Collect the exit codes of ended processes, so that their groups no longer exist for the reaper."""
        for child in self.running.values():
            child.poll()
