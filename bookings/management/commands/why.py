"""Why is a time free or blocked?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.management.arguments import service_named, staff_of
from bookings.management.json_shapes import reason_json
from bookings.openings.explain import is_open, reasons_for
from connections.freshness import freshness
from practice.commands import JsonCommand, instant, user_named
from practice.times import iso


class Command(JsonCommand):
    help = gettext_lazy(
        "List everything that decides whether a time is free: hours, events, bookings, buffers, notice and more."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)
        parser.add_argument("--at", required=True, help=_("ISO 8601 with offset"))
        parser.add_argument("--service", help=_("could this service start then? Without one: is the hour free?"))

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
        sentence = _("%(at)s is open.") if data["open"] else _("%(at)s is not open.")
        self.stdout.write(sentence % data)
        for reason in data["reasons"]:
            mark = self.style.ERROR("✗") if reason["blocks"] else self.style.SUCCESS("✓")
            self.stdout.write(f"{mark} {reason['text']}")
