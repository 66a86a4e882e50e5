"""When can a service be booked?"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.management.arguments import service_named, staff_of
from bookings.management.json_shapes import opening_json
from bookings.openings.freshness_words import lost_calendars
from bookings.openings.search import find
from practice.commands import JsonCommand, Refused, instant, user_named
from practice.times import iso


class Command(JsonCommand):
    help = gettext_lazy("List the openings of a service that start in a span.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--service", required=True)
        parser.add_argument("--staff")
        parser.add_argument("--from", dest="start", required=True, help=_("ISO 8601 with offset"))
        parser.add_argument("--to", dest="end", required=True, help=_("ISO 8601 with offset"))

    def run(self, *, service: str, staff: str | None, start: str, end: str, **options: Any) -> dict[str, Any]:
        wanted = service_named(service)
        users = staff_of(wanted, user_named(staff) if staff else None) if wanted.can_be_booked else []
        span = instant(start), instant(end)
        if span[1] <= span[0]:
            raise Refused(_("The end must come after the start."))
        found = find(wanted, users, *span, now=timezone.now())
        lost = [sentence for user in users for sentence in lost_calendars(user)]
        return {
            "as_of": iso(found.as_of),
            "pending": found.pending,
            "openings": [opening_json(one) for one in found.openings],
            **({"notes": lost} if lost else {}),
        }

    def show(self, data: Any) -> None:
        if data["as_of"]:
            self.stdout.write(_("Calendars as of %(time)s") % {"time": data["as_of"]})
        for note in data.get("notes", ()):
            self.stdout.write(note)
        if data["pending"]:
            self.stdout.write(_("What is booked now stays pending until the calendars can be read again."))
        for one in data["openings"]:
            self.stdout.write(f"{one['start']} – {one['end']}  {one['staff']}")
        if not data["openings"]:
            self.stdout.write(_("No openings."))
