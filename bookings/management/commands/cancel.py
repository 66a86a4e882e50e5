"""Cancel a booking."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import actions
from bookings.management.arguments import booking_numbered
from bookings.management.json_shapes import booking_json
from practice.commands import JsonCommand


class Command(JsonCommand):
    help = gettext_lazy("Cancel a booking: its time becomes free and its event is removed.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--booking", type=int, required=True)
        parser.add_argument("--reason", default="", metavar="TEXT", help=_("kept in the history, for staff only"))

    def run(self, *, booking: int, reason: str, **options: Any) -> dict[str, Any]:
        return booking_json(actions.cancel(booking_numbered(booking), now=timezone.now(), reason=reason))

    def show(self, data: Any) -> None:
        self.stdout.write(_("Booking %(id)s is cancelled.") % data)
