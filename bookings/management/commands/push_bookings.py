"""Push what is due."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from bookings import outbox
from bookings.models import LinkedEvent
from connections.commands import Failed, JsonCommand

DONE = LinkedEvent.State.PUSHED


class Command(JsonCommand):
    help = "Push bookings whose calendar does not have them yet as they are."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="do not wait for pauses")

    def run(self, *, force: bool, **options: Any) -> list[dict[str, Any]]:
        pushed = outbox.push_due(timezone.now(), force=force)
        data = [
            {"booking": one.booking, "push": str(one.state), "error": one.problem.sentence if one.problem else None}
            for one in pushed
        ]
        if any(one.state != DONE for one in pushed):
            sentences = dict.fromkeys(one.problem.sentence for one in pushed if one.problem)
            raise Failed(" ".join(sentences) or _("Some events were changed on both sides; see the proposals."), data)
        return data

    def show(self, data: Any) -> None:
        self.stdout.write(_("%(count)s pushed.") % {"count": len(data)})
