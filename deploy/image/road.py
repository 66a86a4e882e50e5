"""The road by commands in the image: from an empty volume to a booking that is on the iPhone, and a backup of it."""

from __future__ import annotations

import json
import secrets
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from deploy.image.inside import Inside
from sandbox.server.server import Sandbox

ZONE = ZoneInfo("Europe/Berlin")
START_SECONDS = 90.0
CHECK_SECONDS = 0.5
WRITING = "import pathlib; pathlib.Path('/opt/kalends/written').write_text('x')"


def settings(port: int, icloud: str) -> dict[str, str]:
    """The settings of its processes. `port`: of the web server; `icloud`: the URL of the stand-in for iCloud."""
    return {
        "KALENDS_HOME": "/data",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        "LANG": "C.UTF-8",
        "PORT": str(port),
        "SECRET_KEY": secrets.token_urlsafe(48),
        "FERNET_KEYS": secrets.token_urlsafe(48),
        "BASE_URL": f"http://127.0.0.1:{port}",
        "ALLOWED_HOSTS": "127.0.0.1",
        "EMAIL_URL": "consolemail://",
        "ICLOUD_CALDAV_URL": icloud,
        "SYNC_INTERVAL_SECONDS": "30",
    }


@contextmanager
def running(inside: Inside, port: int) -> Iterator[None]:
    """`kalends run` in the image, healthy, until the block ends. Raises RuntimeError if it does not start or stop."""
    process = subprocess.Popen(inside.command("kalends", "run", "--bind", f"127.0.0.1:{port}"))  # noqa: S603
    try:
        wait_until(lambda: _is_healthy(inside), "the health check does not pass")
        yield
    finally:
        process.terminate()
        code = process.wait(timeout=60)
    if code != 0:
        raise RuntimeError(f"kalends run ended with {code}")


def wait_until(holds: Callable[[], bool], problem: str) -> None:
    """Wait until it holds. Raises RuntimeError with the problem if it does not in time."""
    deadline = time.monotonic() + START_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise RuntimeError(problem)
        time.sleep(CHECK_SECONDS)


def _is_healthy(inside: Inside) -> bool:
    done = subprocess.run(inside.command("healthy"), check=False, capture_output=True)  # noqa: S603
    return done.returncode == 0


def walk(inside: Inside, icloud: Sandbox, port: int, say: Callable[[str], None]) -> None:
    """Walk the road. Raises CalledProcessError or AssertionError at the first step that fails."""

    def kalends(*arguments: str, typed: str = "") -> Any:
        return json.loads(inside.run("kalends", *arguments, "--json", typed=typed))

    written = subprocess.run(inside.command("python3", "-c", WRITING), check=False, capture_output=True)  # noqa: S603
    expect("the root file system is read-only", b"Read-only file system" in written.stderr)
    expect("the user has no rights", inside.run("id", "-u").strip() == "10001")
    inside.run("kalends", "migrate", "--verbosity", "0")
    say("the tables are made")
    account = icloud.add_account("anna@example.com")
    calendar = account.add_calendar("Work")
    password = account.new_app_password("Kalends")
    kalends("create_staff", "--username", "anna", "--timezone", str(ZONE), typed="a long enough secret\n")
    kalends("create_service", "--slug", "talk", "--name", "Talk", "--minutes", "60", "--user", "anna")
    kalends("connect_icloud", "--user", "anna", "--apple-id", "anna@example.com", typed=password + "\n")
    kalends("configure_calendars", "--user", "anna", "--linked", "Work", "--conflict", "Work")
    kalends("sync_calendars", "--user", "anna")
    say("an account is connected and read")
    with running(inside, port):
        say("kalends run is healthy")
        monday = _next_monday()
        span = ("--from", monday.isoformat(), "--to", (monday + timedelta(days=1)).isoformat())
        first = kalends("openings", "--service", "talk", *span)["openings"][0]["start"]
        booked = kalends("book", "--service", "talk", "--start", first, "--name", "Carla")
        expect("the booking is confirmed", booked["status"] == "confirmed")
        wait_until(lambda: len(calendar.resources) == 1, "no worker has put the event into the calendar")
        say("a booking is in the calendar, put there by the worker of kalends run")
        key = inside.run("kalends", "backup", "--new-key").strip()
        replace(inside, environment={**inside.environment, "BACKUP_KEY": key}).run("kalends", "backup", "/data/backup")
        say("a backup is written and verified")
    say("SIGTERM has stopped it cleanly")


def expect(what: str, holds: bool) -> None:
    """Raise AssertionError with the sentence if it does not hold."""
    if not holds:
        raise AssertionError(f"Expected: {what}.")


def _next_monday() -> datetime:
    today = datetime.now(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday())
