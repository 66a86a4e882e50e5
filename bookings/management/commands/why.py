"""Why is somebody free or not at a time?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings.management.shapes import reason_json, service_named, staff_of
from bookings.openings.explain import is_open, reasons_for
from connections.busy import freshness
from practice.commands import JsonCommand, instant, user_named
from practice.times import iso


class Command(JsonCommand):
    help = "Say everything that bears on an hour: hours, blocked slots, events, bookings, buffers, notice, freshness."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)
        parser.add_argument("--at", required=True, help="ISO 8601 with offset")
        parser.add_argument("--service", help="could this service start then? Without one: is the hour free?")

    def run(self, *, user: str, at: str, service: str | None, **options: Any) -> dict[str, Any]:
        staff, moment, now = user_named(user), instant(at), timezone.now()
        wanted = service_named(service) if service else None
        if wanted is not None:
            staff_of(wanted, staff)
        reasons = reasons_for(staff, moment, now=now, service=wanted)
        return {
            "at": iso(moment),
            "open": is_open(reasons),
            "as_of": iso(freshness(staff, now=now).as_of),
            "reasons": [reason_json(reason) for reason in reasons],
        }

    def show(self, data: Any) -> None:
        verdict = _("%(at)s is open.") if data["open"] else _("%(at)s is not open.")
        self.stdout.write(verdict % data)
        for reason in data["reasons"]:
            mark = self.style.ERROR("✗") if reason["blocks"] else self.style.SUCCESS("✓")
            self.stdout.write(f"{mark} {reason['text']}")
