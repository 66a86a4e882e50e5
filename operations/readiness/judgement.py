"""What must be true before work is sent here, from figures that were read before. No tables, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

MAX_HEARTBEAT_AGE = timedelta(minutes=5)  # it comes once a minute; one task may take two
MAX_SCHEDULE_DELAY = timedelta(minutes=5)
MIN_FREE_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Found:
    """What was read. `database` and `migrated` say whether the rest could be read at all.

    `heartbeat` is when a worker last worked, None for never. `wanted` are the names of the schedules that the code
    wants, `schedules` says of each that is there when it runs next. `free_bytes` is the space left for the database and
    uploads, None if that folder cannot be looked at.
    """

    database: bool
    migrated: bool
    heartbeat: datetime | None
    wanted: frozenset[str]
    schedules: Mapping[str, datetime | None]
    free_bytes: int | None


def judge(found: Found, now: datetime) -> dict[str, str]:
    """By check: what is wrong and what to do, "" for nothing."""
    problems = {
        "database": "" if found.database else _("The database does not answer. Start it, or correct DATABASE_URL."),
        "migrations": "",
        "worker": "",
        "schedules": "",
        "disk": _disk(found.free_bytes),
    }
    if not found.database:
        unknown = _("Not known while the database does not answer.")
        return problems | {"migrations": unknown, "worker": unknown, "schedules": unknown}
    if not found.migrated:
        unknown = _("Not known before the migrations are applied.")
        words = _("Migrations are not applied. Run: kalends upgrade.")
        return problems | {"migrations": words, "worker": unknown, "schedules": unknown}
    return problems | {"worker": _worker(found.heartbeat, now), "schedules": _schedules(found, now)}


def _worker(heartbeat: datetime | None, now: datetime) -> str:
    if heartbeat is None:
        return _("No worker has run yet. Start one: kalends worker. It reports within a minute.")
    if now - heartbeat > MAX_HEARTBEAT_AGE:
        minutes = int((now - heartbeat).total_seconds() // 60)
        return _("No worker has run for %(minutes)s minutes. Start one, or look at its log.") % {"minutes": minutes}
    return ""


def _schedules(found: Found, now: datetime) -> str:
    if found.wanted - found.schedules.keys():
        return _("Schedules are missing. Run: kalends setup-schedules.")
    late = (found.schedules[name] for name in found.wanted)
    if any(moment is not None and now - moment > MAX_SCHEDULE_DELAY for moment in late):
        return _("Schedules are late. Start a worker, or look at its log.")
    return ""


def _disk(free_bytes: int | None) -> str:
    if free_bytes is None:
        return _("The folder “data” in KALENDS_HOME cannot be read. Create it, or give it to the user of Kalends.")
    if free_bytes < MIN_FREE_BYTES:
        megabytes = {"free": free_bytes // 1024**2, "least": MIN_FREE_BYTES // 1024**2}
        return _("Only %(free)s MiB are free where data is kept. Make room for at least %(least)s MiB.") % megabytes
    return ""
