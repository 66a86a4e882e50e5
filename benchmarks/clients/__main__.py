"""`make bench-clients`: 50 clients look at the public pages with pauses while 10 book at once, for a minute.

Environment variables and their defaults: CLIENTS=50 BOOKERS=10 SECONDS=60. DATABASE_URL names a PostgreSQL server, on
which a database is created and dropped again; without it the database is a SQLite file. The web server is gunicorn as
README.md says; iCloud is the sandbox, in the process that plays the clients. Both share the machine with the web
server, so nothing else should run there: the report says how much of the processor others used. The month's page alone
is measured before and after, because a machine is not always equally fast. The exit code is 1 if a goal is missed.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.clients import cpu
from benchmarks.clients.report import MONTH, Run, count_overlaps, is_good, report
from benchmarks.clients.visits import Visits
from benchmarks.databases import database
from benchmarks.workspace import environment, temporary_folder
from soak.deployment import ROOT, Deployment, free_port
from soak.web import Browser, NoAnswer

SEED = 20261128
SERVICE = "massage"
ALONE, WARM_UP = 20, 4  # requests for the month's page without other clients, before and after, and those not counted
START_SECONDS = 60
GUNICORN = ("-m", "gunicorn", "config.wsgi", "--workers=3", "--threads=12", "--no-control-socket")  # as in README.md


def run_clients() -> int:
    """Measure as the environment variables say; returns the exit code."""
    from sandbox.server.server import Sandbox

    sizes = (("CLIENTS", "50"), ("BOOKERS", "10"), ("SECONDS", "60"))
    lookers, bookers, seconds = (int(os.environ.get(name, default)) for name, default in sizes)
    url = os.environ.get("DATABASE_URL", "")
    with temporary_folder() as folder, database(folder, url, "clients") as empty, Sandbox() as icloud:
        deployment = Deployment(folder, empty, free_port())
        os.environ.update(environment(folder) | _settings(deployment, icloud.entry_url))
        _create_practice(icloud)
        engine = "PostgreSQL" if empty.startswith("postgres") else "SQLite"
        load = os.getloadavg()[0]
        sys.stdout.write(f"{lookers} clients look and {bookers} book for {seconds} s, {engine}, load {load:.1f}\n\n")
        run = measure_clients(deployment, lookers=lookers, bookers=bookers, seconds=seconds)
    sys.stdout.write("\n".join(report(run)) + "\n")
    return 0 if is_good(run) else 1


def _settings(deployment: Deployment, icloud: str) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "benchmarks.clients.settings",
        "DATABASE_URL": deployment.database,
        "REDIS_URL": "",
        "DEMO": "false",
        "ALLOWED_HOSTS": "127.0.0.1",
        "BASE_URL": deployment.address,
        "EMAIL_URL": "smtp://127.0.0.1:9",  # no worker runs, so nothing is sent
        "ICLOUD_CALDAV_URL": icloud,
        "BOOKING_RATE": "10000",  # all clients have the same address
    }


def _create_practice(icloud: Any) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from sandbox.demo.practice import create_practice

    call_command("migrate", verbosity=0)
    create_practice(icloud, now=datetime.now(UTC))
    connections.close_all()


def measure_clients(deployment: Deployment, *, lookers: int, bookers: int, seconds: float) -> Run:
    """Measure the month's page alone, then with all clients, and look at what was booked."""
    from sandbox.demo.processes import Processes

    month = f"{datetime.now(UTC) + timedelta(days=31):%Y-%m}"
    with Processes(deployment.logs, ROOT, os.environ) as processes:
        web = processes.start("web", *GUNICORN, f"--bind=127.0.0.1:{deployment.port}").pid
        _wait_for_web(deployment, processes)
        alone, visits = (Visits(deployment.address, SERVICE, month) for _ in range(2))
        _look_alone(alone, WARM_UP + ALONE)
        began = cpu.read(web)
        visits.run(lookers=lookers, bookers=bookers, seconds=seconds, seed=SEED)
        used = cpu.shares(began, cpu.read(web), os.cpu_count() or 1)
        _look_alone(alone, ALONE)
    booked = visits.booked
    return Run(alone.samples[WARM_UP:], visits.samples, len(booked), _overlaps(), _lost(booked), used)


def _look_alone(visits: Visits, times: int) -> None:
    """Ask for the month's page so often, one time after the other."""
    for _ in range(times):
        visits.timed(MONTH, lambda: Browser(visits.address).get(f"{visits.page}?month={visits.month}"))


def _wait_for_web(deployment: Deployment, processes: Any) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        processes.check()
        with suppress(NoAnswer):
            if Browser(deployment.address).get(f"/book/{SERVICE}/").status == 200:
                return
        time.sleep(0.2)
    raise RuntimeError("the page with free times is not shown")


def _overlaps() -> int:
    from bookings.models import Claim

    exact = Claim.objects.active(datetime.now(UTC)).filter(overlap_allowed=False)
    return count_overlaps(exact.order_by("staff", "start").values_list("staff", "start", "end"))


def _lost(booked: list[str]) -> list[str]:
    """Those who were told of a booking and have none, or not exactly one."""
    from bookings.models import Seat

    return [name for name in booked if Seat.objects.filter(client__name=name, cancelled_at=None).count() != 1]


if __name__ == "__main__":
    raise SystemExit(run_clients())
