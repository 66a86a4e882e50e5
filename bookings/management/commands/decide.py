"""Decide a proposal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import actions
from bookings.management.json_shapes import booking_json, day_json
from bookings.models import Proposal
from bookings.proposals import covered_days
from bookings.proposals.covered_days import DayChoice
from practice.commands import JsonCommand, Refused


class Command(JsonCommand):
    help = gettext_lazy("Decide a proposal: a change made on the iPhone.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--proposal", type=int, required=True)
        choices = [str(choice) for choice in (*Proposal.Choice, *DayChoice)]
        parser.add_argument("--choice", required=True, choices=choices)

    def run(self, *, proposal: int, choice: str, **options: Any) -> dict[str, Any]:
        row = Proposal.objects.with_details().filter(pk=proposal).first()
        if row is None:
            raise Refused(_("There is no proposal %(id)s.") % {"id": proposal})
        try:
            if choice in tuple(DayChoice):
                return day_json(self._decide_day(row, choice))
            return booking_json(actions.decide(row, choice=choice, now=timezone.now()))
        except actions.Refused as error:
            raise Refused(str(error)) from None

    def _decide_day(self, proposal: Proposal, choice: str) -> actions.DayDecided:
        """Decide about all bookings of the day with it. Raises actions.Refused where nothing was done."""
        group = covered_days.group_of(proposal)
        if not group:
            raise actions.Refused(_("This proposal is not about several bookings of a day. Decide it alone."))
        result = actions.decide_day(group, choice=choice, now=timezone.now())
        if result.refused and not result.decided:
            raise actions.Refused(" ".join(result.refused))
        return result

    def show(self, data: Any) -> None:
        if "decided" in data:
            words = _("Decided: %(decided)s. Nobody else is free: %(left)s.")
            self.stdout.write(" ".join([words % data, *data["refused"]]))
            return
        self.stdout.write(_("Booking %(id)s: %(start)s – %(end)s, %(status)s.") % data)
