"""Where the long test runs: a folder, a database, iCloud on ports, and the processes of a deployment."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
SYNC_SECONDS = 4
DEADLINE_SECONDS = 3


@dataclass(frozen=True)
class Deployment:
    """The folder, the database and the port of the web server."""

    folder: Path
    database: str
    port: int

    @property
    def address(self) -> str:
        """Where staff find Kalends."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def logs(self) -> Path:
        """One file for each process."""
        return self.folder / "logs"

    def environment(self, icloud: str) -> dict[str, str]:
        """The settings of all processes, this one included, complete: no .env shows through."""
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "soak.settings",
            "DEBUG": "false",
            "DEMO": "false",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FERNET_KEYS": secrets.token_urlsafe(48),
            "DATABASE_URL": self.database,
            "REDIS_URL": "",
            "EMAIL_URL": f"filemail:///{quote(str(self.folder))}/mail",
            "ALLOWED_HOSTS": "127.0.0.1",
            "BASE_URL": self.address,
            "ICLOUD_CALDAV_URL": icloud,
            "SYNC_INTERVAL_SECONDS": str(SYNC_SECONDS),
            "SYNC_WINDOW_PAST_DAYS": "35",
            "BOOKING_HORIZON_DAYS": "100",
            "FRESHNESS_DEADLINE_SECONDS": str(DEADLINE_SECONDS),
            "TRUST_MINUTES": "0",
            "STALE_POLICY": "pending",
            "AFTER_SYNC": "bookings.tasks.after_sync",
            "WORKERS": "2",
            "PYTHONUNBUFFERED": "1",
        }


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def web_server(place: Deployment) -> tuple[str, ...]:
    """The arguments after `python` that serve the pages."""
    bind = f"--bind=127.0.0.1:{place.port}"
    return ("-m", "gunicorn", "config.wsgi", bind, "--workers=2", "--threads=4", "--no-control-socket")


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue  # ended meanwhile
    return found


def is_linux() -> bool:
    """Single workers are found by what Linux says of processes."""
    return sys.platform.startswith("linux")
