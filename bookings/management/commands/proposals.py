"""What a staff member has to decide."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.management.json_shapes import proposal_json
from bookings.models import Proposal
from bookings.proposals import covered_words
from bookings.proposals.covered_days import CHOICES
from practice.commands import JsonCommand, user_named


class Command(JsonCommand):
    help = gettext_lazy("List changes made on the iPhone that a staff member must decide.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)

    def run(self, *, user: str, **options: Any) -> list[dict[str, Any]]:
        asked = Proposal.objects.open().filter(booking__staff=user_named(user))
        return [proposal_json(row) for row in asked.with_details()]

    def show(self, data: Any) -> None:
        if not data:
            self.stdout.write(_("Nothing to decide."))
        for row in data:
            booking = _("booking %(id)s") % {"id": row["booking"]}
            self.stdout.write(f"{row['id']}  {booking}: {row['reason']} ({', '.join(row['choices'])})")
        for day in self._days(data):
            self.stdout.write(day)

    def _days(self, data: Any) -> list[str]:
        """A sentence for each day of which one event covers several bookings."""
        groups = {tuple(row["together"]) for row in data if "together" in row}
        first = Proposal.objects.with_details().in_bulk([ids[0] for ids in groups])
        days = [(first[ids[0]].covered_day, Proposal.Kind(first[ids[0]].kind), ids) for ids in sorted(groups)]
        words = _("%(sentence)s Decide all with --proposal %(id)s and one of: %(choices)s.")
        return [
            words
            % {
                "sentence": covered_words.question(kind, day, len(ids), day.person),
                "id": ids[0],
                "choices": ", ".join(CHOICES[kind]),
            }
            for day, kind, ids in days
            if day
        ]
