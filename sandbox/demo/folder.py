"""The directory of a demo, with its database, iCloud data, secrets, ports and logs."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import socket
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

LOOPBACK = "127.0.0.1"
FIRST_PORTS = {"web": 8000, "apple": 8010, "entry": 8020, "pod": 8030}
MAX_PORTS_TRIED = 200
SYNC_SECONDS = 5


class Busy(Exception):
    """Another demo runs in this directory; str() is its address, if it is known."""


@dataclass(frozen=True)
class DemoFolder:
    """The directory of one demo."""

    folder: Path

    # --- lock and reset -----------------------------------------------------------------------------------

    def lock(self) -> IO[str]:
        """Lock the directory for as long as the returned file is open. Raises Busy."""
        self.folder.mkdir(parents=True, exist_ok=True)
        file = (self.folder / "lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.close()
            raise Busy(self.read("running").get("address", "")) from error
        return file

    def clear(self) -> None:
        """Delete everything but the lock."""
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name != "lock":
                path.unlink()

    # --- saved facts --------------------------------------------------------------------------------------

    def read(self, name: str) -> dict[str, Any]:
        """The facts saved under that name; empty if there are none."""
        with suppress(FileNotFoundError, ValueError):
            return dict(json.loads((self.folder / f"{name}.json").read_text()))
        return {}

    def write(self, name: str, **facts: Any) -> None:
        """Save facts in a file that only its owner may read."""
        path = self.folder / f"{name}.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(facts, indent=2))

    def forget(self, name: str) -> None:
        """Delete the facts of that name."""
        (self.folder / f"{name}.json").unlink(missing_ok=True)

    @cached_property
    def secrets(self) -> dict[str, str]:
        """SECRET_KEY and FERNET_KEYS of this demo, created at its first start."""
        if kept := self.read("secrets"):
            return kept
        made = {"SECRET_KEY": secrets.token_urlsafe(48), "FERNET_KEYS": secrets.token_urlsafe(48)}
        self.write("secrets", **made)
        return made

    @cached_property
    def ports(self) -> dict[str, int]:
        """A free port for each server: the one of the last start, or the next free one."""
        kept = self.read("ports")
        chosen: dict[str, int] = {}
        for name, first in FIRST_PORTS.items():
            chosen[name] = free_port(kept.get(name, first), exclude=chosen.values())
        self.write("ports", **chosen)
        return chosen

    # --- addresses and settings --------------------------------------------------------------------------

    @property
    def icloud(self) -> Path:
        """The directory with the sandbox's data."""
        return self.folder / "icloud"

    @property
    def logs(self) -> Path:
        """The directory with one log file for each process."""
        return self.folder / "logs"

    def url(self, name: str) -> str:
        """The base URL of a server, ending with a slash."""
        return f"http://{LOOPBACK}:{self.ports[name]}/"

    @property
    def address(self) -> str:
        """The address of the demo's page."""
        return f"{self.url('web')}demo/"

    @property
    def environment(self) -> dict[str, str]:
        """All settings of the demo's Kalends, so that neither the caller's environment nor .env has an effect."""
        ours = {
            "KALENDS_HOME": str(self.folder.resolve()),  # uploads and static files lie here too, and no .env
            "DEBUG": "false",
            "DEMO": "true",
            "DEMO_FRAME_ANCESTOR": "'self'",
            "DEMO_APPLE_URL": self.url("apple"),
            "DATABASE_URL": f"sqlite:///{quote(str(self.folder))}/kalends.sqlite3",
            "REDIS_URL": "",
            "EMAIL_URL": f"filemail:///{quote(str(self.folder))}/mail",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "BASE_URL": self.url("web").rstrip("/"),
            "ICLOUD_CALDAV_URL": self.url("entry"),
            "ALLOWED_PRIVATE_HOSTS": LOOPBACK,  # for the calendars that the sandbox publishes
            "SYNC_INTERVAL_SECONDS": str(SYNC_SECONDS),
            "SYNC_WINDOW_PAST_DAYS": "35",
            "BOOKING_HORIZON_DAYS": "400",
            "FRESHNESS_DEADLINE_SECONDS": "4",
            "TRUST_MINUTES": "15",
            "STALE_POLICY": "pending",
            "AFTER_SYNC": "bookings.tasks.after_sync",
            "WORKERS": "2",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONUNBUFFERED": "1",
        }
        return {**os.environ, **ours, **self.secrets}


def free_port(first: int, *, exclude: Any = ()) -> int:
    """The first free port from `first` on that is not in `exclude` and that no other demo has claimed."""
    for port in range(first, first + MAX_PORTS_TRIED):
        if port not in exclude and _is_free(port) and _claim(port):
            return port
    raise OSError(f"no free port from {first} to {first + MAX_PORTS_TRIED - 1}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


_claims: dict[int, int] = {}  # ports and the file descriptors of their locks


def _claim(port: int) -> bool:
    """Claim a port until this process ends, because other demos may look for ports before this one listens."""
    if port in _claims:
        return True
    name = Path(tempfile.gettempdir(), f"kalends-demo-{os.getuid()}-{port}.lock")
    lock = os.open(name, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        return False
    _claims[port] = lock
    return True
