"""What a staff member has to decide."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings.management.json_shapes import proposal_json
from bookings.models import Proposal
from practice.commands import JsonCommand, user_named


class Command(JsonCommand):
    help = gettext_lazy("List changes made on the iPhone that a staff member must decide.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", required=True)

    def run(self, *, user: str, **options: Any) -> list[dict[str, Any]]:
        return [proposal_json(row) for row in Proposal.objects.open().filter(booking__staff=user_named(user))]

    def show(self, data: Any) -> None:
        if not data:
            self.stdout.write(_("Nothing to decide."))
        for row in data:
            booking = _("booking %(id)s") % {"id": row["booking"]}
            self.stdout.write(f"{row['id']}  {booking}: {row['reason']} ({', '.join(row['choices'])})")
