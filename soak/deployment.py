"""The deployment under test: its folder, its database, its settings and the arguments of its processes."""

from __future__ import annotations

import os
import secrets
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SYNC_SECONDS = 4
DEADLINE_SECONDS = 3


@dataclass(frozen=True)
class Deployment:
    """The folder, the URLs of the database and of Redis, the port of the web server, and the namespaces of the workers.

    Without `redis` the database is the broker; without `namespaces` there is one worker, on this machine.
    """

    folder: Path
    database: str
    port: int
    redis: str = ""
    namespaces: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """The address of Kalends, without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def logs(self) -> Path:
        """The folder with one log file for each process."""
        return self.folder / "logs"

    def environment(self, icloud: str, mail_port: int) -> dict[str, str]:
        """The settings of all processes, this one included; complete, so that no .env has an effect.

        `icloud` is the URL of iCloud, `mail_port` where the mail server listens.
        """
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "soak.settings",
            "DEBUG": "false",
            "DEMO": "false",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "FERNET_KEYS": secrets.token_urlsafe(48),
            "DATABASE_URL": self.database,
            "REDIS_URL": self.redis,
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
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
            "BOOKING_RATE": "10000",  # so many visitors in an hour are no attack here
            "WORKERS": "2",
            "PYTHONUNBUFFERED": "1",
        }


def free_port() -> int:
    """A port on which no process listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def web_server(deployment: Deployment) -> tuple[str, ...]:
    """The arguments after `python` that start the web server."""
    bind = f"--bind=127.0.0.1:{deployment.port}"
    return ("-m", "gunicorn", "config.wsgi", bind, "--workers=2", "--threads=4", "--no-control-socket")


def children(pid: int) -> list[int]:
    """The running child processes of a process."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue  # ended meanwhile
    return found


def is_linux() -> bool:
    """Whether single workers can be found, which needs Linux's /proc."""
    return sys.platform.startswith("linux")
