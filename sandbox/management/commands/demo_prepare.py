"""The first step of the demo: create its database and its practice, or bring them up to date."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sandbox.demo import practice
from sandbox.demo.folder import DemoFolder
from sandbox.server.server import Sandbox


class Command(BaseCommand):
    help = "A step of the demo, started by it: creates its database and practice, or brings them up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--data", required=True, type=Path)

    def handle(self, *, data: Path, **options: Any) -> None:
        if not settings.DEMO_APPLE_URL:
            raise CommandError("This is a step of the demo: run `kalends demo`.")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("setup_schedules", verbosity=0)
        now, folder = timezone.now(), DemoFolder(data)
        with Sandbox(folder.icloud, entry_port=urlsplit(settings.ICLOUD_CALDAV_URL).port or 0) as icloud:
            filled = [date.fromisoformat(one) for one in folder.read("practice").get("weeks", [])]
            if filled:
                practice.bring_up_to_date(icloud, filled=filled, now=now)
            else:
                practice.create_practice(icloud, now=now)
        weeks = sorted({*filled, *practice.weeks_of(now)})
        folder.write("practice", weeks=[monday.isoformat() for monday in weeks])
