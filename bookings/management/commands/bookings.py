"""List a staff member's bookings."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.management.json_shapes import booking_json
from bookings.models import Booking
from practice.commands import JsonCommand, user_named


class Command(JsonCommand):
    help = gettext_lazy("List a staff member's bookings with their push states.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)

    def run(self, *, user: str, **options: Any) -> list[dict[str, Any]]:
        rows = Booking.objects.filter(staff=user_named(user)).with_details().prefetch_related("linked_events")
        return [booking_json(row) for row in rows]

    def show(self, data: Any) -> None:
        if not data:
            self.stdout.write(_("No bookings."))
        for row in data:
            self.stdout.write(f"{row['id']}  {row['start']} – {row['end']}  {row['status']}  {row['push']}")
