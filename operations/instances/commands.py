"""Running one command for one instance, in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from gettext import gettext as _
from typing import Any, Final

from config import CODE
from operations.instances.found import Instance

KALENDS: Final = (sys.executable, "-P", "-m", "config.command_line")
"""`kalends`, of the same installation."""
FAILED: Final = 1


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command ended for an instance: its exit code, its last line, and its JSON if it printed any."""

    instance: str
    code: int
    line: str
    output: Any = None

    @property
    def is_ok(self) -> bool:
        """Did it end with 0?"""
        return self.code == 0

    @property
    def text(self) -> str:
        """One line for people."""
        state = _("ok") if self.is_ok else _("failed")
        said = self.line if self.output is None else json.dumps(self.output, ensure_ascii=False)
        return ": ".join(part for part in (self.instance, state, said) if part)

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        said = {"line": self.line} if self.output is None else {"output": self.output}
        return {"instance": self.instance, "ok": self.is_ok, "code": self.code, **said}


def run_for(instance: Instance, arguments: Sequence[str], timeout: float) -> CommandResult:
    """Run `kalends` with the arguments for the instance. Whatever goes wrong is in the outcome.

    After `timeout` seconds the command is ended, with all processes that it started.
    """
    if instance.problem:
        return CommandResult(instance.name, FAILED, " ".join(instance.problem.split()))
    try:
        process = _start(instance, arguments, with_terminal=False)
    except OSError as error:
        return CommandResult(instance.name, FAILED, _cannot_start(error))
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        words = _("The command was ended after %(seconds)s seconds.") % {"seconds": f"{timeout:g}"}
        return CommandResult(instance.name, FAILED, words)
    finally:
        _end(process)
    return _result(instance.name, process.returncode, out.decode(errors="replace"), err.decode(errors="replace"))


def run_alone(instance: Instance, arguments: Sequence[str]) -> int:
    """Run the command for one instance as if it were typed alone, with this terminal; returns its exit code."""
    try:
        process = _start(instance, arguments, with_terminal=True)
    except OSError as error:
        print(_cannot_start(error), file=sys.stderr)  # noqa: T201 - what a console script says
        return FAILED
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # Ctrl-C has reached the command too
            continue


def _start(instance: Instance, arguments: Sequence[str], *, with_terminal: bool) -> subprocess.Popen[bytes]:
    """Root starts it as whoever owns the folder of the instance, so that its files stay theirs. Raises OSError.

    Without the terminal it reads nothing, what it prints is kept, and it has a group of processes of its own.
    """
    environment = {**instance.environment(os.environ), "PYTHONPATH": str(CODE)}
    owner = instance.home.stat()
    is_other = os.geteuid() == 0 and owner.st_uid != 0
    if is_other:
        environment["HOME"] = str(instance.home)
    pipe = None if with_terminal else subprocess.PIPE
    return subprocess.Popen(  # noqa: S603 - the operator's own command
        [*KALENDS, *arguments],
        cwd=instance.home,
        env=environment,
        stdin=None if with_terminal else subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
        start_new_session=not with_terminal,
        user=owner.st_uid if is_other else None,
        group=owner.st_gid if is_other else None,
        extra_groups=[] if is_other else None,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what may still run of it. The group has its number until the process was waited for."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def _result(name: str, code: int, out: str, err: str) -> CommandResult:
    try:
        output = json.loads(out)
    except ValueError:
        output = None
    lines = [line.strip() for line in (out if code == 0 else err or out).splitlines() if line.strip()]
    return CommandResult(name, code, lines[-1] if lines else "", output)


def _cannot_start(error: OSError) -> str:
    return _("The command cannot be started: %(reason)s.") % {"reason": os.strerror(error.errno or 0)}
