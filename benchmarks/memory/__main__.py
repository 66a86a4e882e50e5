"""`make bench-memory`: how much memory does `kalends run` take for five people with iCloud?

Environment variables and their defaults: SECONDS=180 EVENTS=400 (of each person). The workers sync all accounts for the
first time, all five people open every page that their pages link to, clients look and book, and events are added on
iPhones all the while. The memory is the sum of the proportional set sizes of all processes of the unit, read from
Linux's /proc. iCloud is the sandbox, in this process, which is not counted. The exit code is 1 if a goal is missed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final

from benchmarks.clients.visits import Visits
from benchmarks.memory.people import NAMES, PASSWORD, SERVICE, create_people
from benchmarks.memory.walk import walk
from benchmarks.processes import memory, tree
from benchmarks.workspace import environment, temporary_folder
from soak.deployment import free_port

ROOT: Final = Path(__file__).resolve().parents[2]
MAX_MEGABYTES: Final = 250.0
SEED: Final = 20261129
SAMPLE_SECONDS: Final = 1.0
PHONE_SECONDS: Final = 2.0
STOP_SECONDS: Final = 60


@dataclass
class MemoryUse:
    """What was measured of one run, in MB."""

    at_start: float = 0.0
    samples: list[float] = field(default_factory=list)
    largest: list[float] = field(default_factory=list)  # the processes when all took most
    pages: int = 0
    failed: set[str] = field(default_factory=set)
    booked: int = 0
    unread: int = 0  # calendars that no worker has read

    @property
    def is_good(self) -> bool:
        done = self.pages > 0 and self.booked > 0 and not self.unread and not self.failed
        return done and max(self.samples) <= MAX_MEGABYTES


def run_memory() -> int:
    """Measure as the environment variables say; returns the exit code."""
    from sandbox.server.server import Sandbox
    from soak.mails.server import MailServer

    seconds, events = (int(os.environ.get(name, default)) for name, default in (("SECONDS", "180"), ("EVENTS", "400")))
    choose = random.Random(SEED)  # noqa: S311 - no security depends on it
    with temporary_folder() as folder, Sandbox() as icloud, MailServer(free_port(), is_reliable=True) as mails:
        os.environ.update(environment(folder) | _settings(folder, icloud.entry_url, mails.port))
        _create(icloud, events, choose)
        measured = measure_memory(icloud, seconds=seconds, choose=choose)
    sys.stdout.write("\n".join(report_memory(measured)) + "\n")
    return 0 if measured.is_good else 1


def _settings(folder: Path, icloud: str, mail_port: int) -> dict[str, str]:
    return {
        "KALENDS_HOME": str(folder),
        "DEMO": "false",
        "REDIS_URL": "",
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
        "ICLOUD_CALDAV_URL": icloud,
        "SYNC_INTERVAL_SECONDS": "60",
        "BOOKING_RATE": "10000",  # all clients have the same address
    }


def _create(icloud: Any, events: int, choose: random.Random) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    create_people(icloud, events=events, now=datetime.now(UTC), choose=choose)
    connections.close_all()


def measure_memory(icloud: Any, *, seconds: float, choose: random.Random) -> MemoryUse:
    """Run the unit for so many seconds of use. Raises RuntimeError if it does not start, or does not end as told."""
    command = [sys.executable, "-m", "config.command_line", "run", "--json", "--bind=127.0.0.1:0"]
    measured, ended = MemoryUse(), Event()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as unit:  # noqa: S603 - our own command
        try:
            address = _address(unit)
            measured.at_start = memory(unit.pid)
            sampling = Thread(target=_sample, args=(unit.pid, measured, ended))
            sampling.start()
            _use(address, icloud, measured, ended, seconds, choose)
            sampling.join()
        finally:
            ended.set()
            unit.send_signal(signal.SIGTERM)
            code = unit.wait(STOP_SECONDS)
    if code:
        raise RuntimeError(f"kalends run ended with {code}")
    measured.unread = _unread_calendars()
    return measured


def _address(unit: subprocess.Popen[str]) -> str:
    line = unit.stdout.readline() if unit.stdout else ""
    if not line:
        raise RuntimeError("kalends run did not start")
    return str(json.loads(line)["address"])


def _sample(pid: int, measured: MemoryUse, ended: Event) -> None:
    """Read the memory until `ended` is set."""
    while not ended.wait(SAMPLE_SECONDS):
        measured.samples.append(memory(pid))
        if measured.samples[-1] == max(measured.samples):
            measured.largest = sorted((memory_of_one(one) for one in tree(pid)), reverse=True)


def memory_of_one(pid: int) -> float:
    """The proportional set size of one process in MB; 0 if it has ended."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    return 0.0


def _use(address: str, icloud: Any, measured: MemoryUse, ended: Event, seconds: float, choose: random.Random) -> None:
    """Let everybody do what they do for so many seconds; then set `ended`."""
    month = f"{datetime.now(UTC) + timedelta(days=31):%Y-%m}"
    visits = Visits(address, SERVICE, month)
    with ThreadPoolExecutor(len(NAMES) + 1) as pool:
        walks = [pool.submit(walk, address, name.lower(), PASSWORD, ended) for name in NAMES]
        phones = pool.submit(_edit_on_phones, icloud, ended, choose)
        try:
            visits.run(lookers=2, bookers=2, seconds=seconds, seed=SEED)
        finally:
            ended.set()
        phones.result()
        for shown, failed in (one.result() for one in walks):
            measured.pages += shown
            measured.failed |= failed
    measured.booked = len(visits.booked)


def _edit_on_phones(icloud: Any, ended: Event, choose: random.Random) -> None:
    from sandbox.device.device import AppleDevice

    while not ended.wait(PHONE_SECONDS):
        account = icloud.account(f"{choose.choice(NAMES).lower()}@example.com")
        start = datetime.now(UTC) + timedelta(days=choose.randrange(1, 30))
        AppleDevice(account).add(account.calendar("Home"), "Call", start, start + timedelta(minutes=30))


def _unread_calendars() -> int:
    from django.db import connections

    from connections.models import Calendar

    try:
        return Calendar.objects.filter(read_at=None).count()
    finally:
        connections.close_all()


def report_memory(measured: MemoryUse) -> list[str]:
    """The lines of the result."""
    samples = sorted(measured.samples)
    processes = " + ".join(f"{one:.0f}" for one in measured.largest)
    verdict = "PASS" if measured.is_good else "MISSED"
    return [
        f"Memory of kalends run for {len(NAMES)} people (PSS of all its processes), {os.cpu_count()} cores",
        f"  after the start             {measured.at_start:7.1f} MB",
        f"  median                      {samples[len(samples) // 2]:7.1f} MB",
        f"  at most                     {samples[-1]:7.1f} MB   of {MAX_MEGABYTES:.0f} MB: {verdict}",
        f"  the processes then          {processes} MB",
        f"  {measured.pages} pages shown, {measured.booked} bookings, {measured.unread} calendars never read, "
        f"failed: {', '.join(sorted(measured.failed)) or 'none'}",
    ]


if __name__ == "__main__":
    raise SystemExit(run_memory())
