"""Keep a time for some minutes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bookings import actions
from bookings.links import new_public_id
from bookings.management.arguments import service_named
from bookings.management.json_shapes import hold_json, refusal_json, with_alternatives
from practice.commands import JsonCommand, Refused, instant, user_named


class Command(JsonCommand):
    help = gettext_lazy("Keep a time for some minutes; exit 2 and a sentence when the time is not open.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--service", required=True)
        parser.add_argument("--staff")
        parser.add_argument("--start", required=True, help=_("ISO 8601 with offset"))

    def run(self, *, service: str, staff: str | None, start: str, **options: Any) -> dict[str, Any]:
        try:
            kept = actions.hold(
                service=service_named(service),
                staff=user_named(staff) if staff else None,
                start=instant(start),
                visitor=actions.Visitor(new_public_id()),
                now=timezone.now(),
            )
        except actions.NotOpen as error:
            raise Refused(with_alternatives(error), refusal_json(error)) from None
        except actions.Refused as error:
            raise Refused(str(error)) from None
        return hold_json(kept)

    def show(self, data: Any) -> None:
        self.stdout.write(_("%(start)s – %(end)s is kept with %(staff)s until %(expires_at)s.") % data)
