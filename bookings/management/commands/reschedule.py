"""Move a booking."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import actions
from bookings.management.arguments import booking_numbered
from bookings.management.json_shapes import booking_json
from practice.commands import JsonCommand, Refused, instant


class Command(JsonCommand):
    help = gettext_lazy("Move a booking to another start; exit 2 and a sentence when that time is not open.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--booking", type=int, required=True)
        parser.add_argument("--start", required=True, help=_("ISO 8601 with offset"))

    def run(self, *, booking: int, start: str, **options: Any) -> dict[str, Any]:
        try:
            moved = actions.reschedule(booking_numbered(booking), start=instant(start), now=timezone.now())
        except actions.Refused as error:
            raise Refused(str(error)) from None
        return booking_json(moved)

    def show(self, data: Any) -> None:
        self.stdout.write(_("Booking %(id)s is now %(start)s – %(end)s.") % data)
