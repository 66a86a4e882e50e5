"""A real `qcluster` on the database of a test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[3]


@contextmanager
def running_cluster(database: str, *, workers: int, **settings: str) -> Iterator[int]:
    """Start one with so many workers and this environment; gives its process id, and kills all of it at the end."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment = {**kept, "DEBUG": "true", "DATABASE_URL": database, "WORKERS": str(workers), **settings}
    cluster = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"], cwd=ROOT, env=environment, start_new_session=True
    )
    try:
        yield cluster.pid
    finally:
        with suppress(ProcessLookupError):
            os.killpg(cluster.pid, signal.SIGKILL)
        cluster.wait()
