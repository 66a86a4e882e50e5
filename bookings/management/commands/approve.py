"""Approve a booking that waits for it."""

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
    help = gettext_lazy("Approve a booking that waits for approval; exit 2 if it does not.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--booking", type=int, required=True)

    def run(self, *, booking: int, **options: Any) -> dict[str, Any]:
        try:
            actions.approve(booking_numbered(booking), now=timezone.now())
            return booking_json(booking_numbered(booking))
        except actions.Refused as error:
            raise Refused(str(error)) from None

    def show(self, data: Any) -> None:
        self.stdout.write(_("Booking %(id)s is approved: %(status)s.") % data)
