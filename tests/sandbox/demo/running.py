"""A demo with its real processes, as `manage.py demo` starts it, for tests that use it from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.any_day import faketime_environment

ROOT = Path(__file__).parents[3]
OURS = ("DJANGO_SETTINGS_MODULE", "DEBUG", "DATABASE_URL", "SECRET_KEY", "FERNET_KEYS")


class Demo:
    """A running demo."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        environment = {name: value for name, value in os.environ.items() if name not in OURS}
        environment |= faketime_environment()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", f"--data={folder}", *options],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def address(self) -> str:
        """Wait for the line with the address."""
        assert self.process.stdout
        assert self.process.stderr
        line = self.process.stdout.readline()
        assert "http" in line, self.process.stderr.read()
        return line.split()[-1]

    def stop(self, number: int = signal.SIGINT) -> tuple[int, str, str]:
        """Send a signal; returns the exit code and the output."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err
