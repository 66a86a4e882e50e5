"""Decide a proposal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import actions
from bookings.management.json_shapes import booking_json
from bookings.models import Proposal
from practice.commands import JsonCommand, Refused


class Command(JsonCommand):
    help = gettext_lazy("Decide a proposal: a change made on the iPhone.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--proposal", type=int, required=True)
        parser.add_argument("--choice", required=True, choices=[str(choice) for choice in Proposal.Choice])

    def run(self, *, proposal: int, choice: str, **options: Any) -> dict[str, Any]:
        row = Proposal.objects.select_related("booking__service", "booking__staff", "linked_event").filter(pk=proposal)
        if not row:
            raise Refused(_("There is no proposal %(id)s.") % {"id": proposal})
        try:
            return booking_json(actions.decide(row[0], choice=choice, now=timezone.now()))
        except actions.Refused as error:
            raise Refused(str(error)) from None

    def show(self, data: Any) -> None:
        self.stdout.write(_("Booking %(id)s: %(start)s – %(end)s, %(status)s.") % data)
