"""Reads what readiness is judged by."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError
from django_q.models import Schedule

from bookings.management.commands.setup_schedules import SCHEDULES
from operations.models import Heartbeat
from operations.readiness.judgement import Found
from operations.tables import missing_migrations


def read_facts() -> Found:
    """What is found now. Never raises what the database or the disk does: that is in the facts."""
    wanted = frozenset(schedule.name for schedule in SCHEDULES)
    free_bytes = _free_bytes(settings.HOME / "data")
    nothing: dict[str, datetime | None] = {}
    try:
        if missing_migrations():
            return Found(True, False, None, wanted, nothing, free_bytes)
        schedules = {name or "": at for name, at in Schedule.objects.values_list("name", "next_run")}
        return Found(True, True, Heartbeat.objects.latest_at(), wanted, schedules, free_bytes)
    except DatabaseError:
        return Found(False, False, None, wanted, nothing, free_bytes)


def _free_bytes(folder: Path) -> int | None:
    """The space left in `folder`, or where it will be made with the first upload; None if that cannot be looked at."""
    try:
        return shutil.disk_usage(folder if folder.exists() else folder.parent).free
    except OSError:
        return None
