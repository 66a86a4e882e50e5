"""The list of who was erased, kept apart from the database: after a restored backup they are erased again.

It has a line for each, with the time and a random id that only a database with that client can resolve.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from django.conf import settings

from practice.times import iso


def append(erasure_key: str, now: datetime) -> None:
    """Add a line, on the disk when this returns. Raises OSError."""
    path = Path(settings.ERASED_LOG)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{iso(now)} {erasure_key}\n".encode())
        os.fsync(file)
    finally:
        os.close(file)


def erased_keys(path: Path) -> list[str]:
    """The random ids in such a file, each once, the oldest first."""
    lines = path.read_text().splitlines()
    return list(dict.fromkeys(line.split()[-1] for line in lines if line.strip()))
