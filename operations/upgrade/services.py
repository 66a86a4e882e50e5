"""How Kalends is stopped and started: by systemd, by commands of the operator, or by hand."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _

from operations.upgrade.errors import StepFailed

SYSTEMD_RUNS: Final = Path("/run/systemd/system")
"""sd_booted(3): it exists where systemd is the first process."""
UNITS: Final = ("kalends.service", "kalends-web.service", "kalends-worker.service")
STEADY_SECONDS: Final = 5.0
"""So long a unit must have been active after its start: what cannot work has ended by then."""


class Services(ABC):
    """The processes of this deployment."""

    @abstractmethod
    def stop(self) -> None:
        """Stop them all. Raises StepFailed."""

    @abstractmethod
    def start(self) -> None:
        """Start them. Raises StepFailed if they do not keep running, as far as that can be seen."""


class ByHand(Services):
    """The operator stops and starts them."""

    def stop(self) -> None:
        """Nothing: whether anything runs is checked."""

    def start(self) -> None:
        """Nothing: the operator is told to."""


class Commands(Services):
    """Two commands of the operator, which are split as a shell does but run without one."""

    def __init__(self, stop: str, start: str) -> None:
        self._stop, self._start = shlex.split(stop), shlex.split(start)

    def stop(self) -> None:
        _run(self._stop)

    def start(self) -> None:
        _run(self._start)


class Systemd(Services):
    """Units of systemd."""

    def __init__(self, units: Sequence[str], steady_seconds: float = STEADY_SECONDS) -> None:
        self.units = [unit if "." in unit else f"{unit}.service" for unit in units]
        self._steady_seconds = steady_seconds

    def stop(self) -> None:
        _run(["systemctl", "stop", *self.units])

    def start(self) -> None:
        """Started is what is still active some seconds later, and was not started again meanwhile."""
        _run(["systemctl", "reset-failed", *self.units], may_fail=True)
        _run(["systemctl", "start", *self.units])
        time.sleep(self._steady_seconds)
        for unit in self.units:
            if not is_active(unit) or _restarts(unit):
                words = _("The unit %(unit)s does not keep running. See: journalctl -u %(unit)s")
                raise StepFailed(words % {"unit": unit})


def choose(units: Sequence[str], stop: str, start: str, instance: str) -> Services:
    """What was given on the command line or, where systemd runs, its active units; else it is done by hand."""
    if units:
        return Systemd(units)
    if stop:
        return Commands(stop, start)
    if SYSTEMD_RUNS.is_dir():
        candidates = [f"kalends@{instance}.service"] if instance else UNITS
        if active := [unit for unit in candidates if is_active(unit)]:
            return Systemd(active)
    return ByHand()


def is_active(unit: str) -> bool:
    """Does the unit run?"""
    return _run(["systemctl", "is-active", "--quiet", unit], may_fail=True) == 0


def _restarts(unit: str) -> bool:
    shown = subprocess.run(  # noqa: S603 - no shell
        ["systemctl", "show", "--property=NRestarts", "--value", unit],  # noqa: S607 - it lies where the system says
        capture_output=True,
        text=True,
        check=False,
    )
    return shown.stdout.strip() not in ("", "0")


def _run(command: Sequence[str], *, may_fail: bool = False) -> int:
    """Run it, without the settings of Kalends. Raises StepFailed unless it `may_fail`; returns its exit code."""
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "XDG_RUNTIME_DIR") if name in os.environ}
    text = shlex.join(command)
    try:
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)  # noqa: S603
    except OSError as error:
        words = _("“%(command)s” cannot be run: %(reason)s.")
        raise StepFailed(words % {"command": text, "reason": os.strerror(error.errno or 0)}) from error
    if done.returncode and not may_fail:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        values = {"command": text, "code": done.returncode, "reason": lines[-1] if lines else ""}
        silent = _("“%(command)s” failed (%(code)s).")
        raise StepFailed((_("“%(command)s” failed (%(code)s): %(reason)s") if lines else silent) % values)
    return done.returncode
