"""Refuse a booking that waits for approval."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import actions
from bookings.management.arguments import booking_numbered
from bookings.management.json_shapes import booking_json
from practice.commands import JsonCommand, Refused


class Command(JsonCommand):
    help = gettext_lazy("Refuse a booking that waits for approval: its time becomes free and the client is told.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--booking", type=int, required=True)

    def run(self, *, booking: int, **options: Any) -> dict[str, Any]:
        try:
            return booking_json(actions.refuse(booking_numbered(booking), now=timezone.now()))
        except actions.Refused as error:
            raise Refused(str(error)) from None

    def show(self, data: Any) -> None:
        self.stdout.write(_("Booking %(id)s is refused.") % data)
