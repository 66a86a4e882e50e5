"""Compare Kalends with the calendars, event by event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from rich.console import Console
from rich.progress import Progress

from bookings.management.json_shapes import difference_json
from bookings.reconcile import audit
from bookings.reconcile.audit import Difference
from practice.commands import Failed, JsonCommand, user_named
from practice.models import User

SHOWN = 50


class Command(JsonCommand):
    help = gettext_lazy(
        "Compare bookings and mirrored events with the calendars as they are now; exit 1 on a difference."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user")
        parser.add_argument(
            "--repair",
            action="store_true",
            help=_("repair what can be repaired without overwriting the iPhone, then check again"),
        )

    def run(self, *, user: str | None, repair: bool, **options: Any) -> list[dict[str, Any]]:
        staff = [user_named(user)] if user else list(User.objects.filter(connections__isnull=False).distinct())
        with Progress(console=Console(stderr=True), disable=not self.progress, transient=True) as progress:
            found = [
                difference
                for one in progress.track(staff, description=_("Reading calendars"))
                for difference in self._audit(one, repair=repair)
            ]
        data = [difference_json(one) for one in found]
        if found:
            if not self.as_json:
                self._list(found)
            raise Failed(
                ngettext(
                    "Kalends and the calendars differ in %(count)s point.",
                    "Kalends and the calendars differ in %(count)s points.",
                    len(found),
                )
                % {"count": len(found)},
                data,
            )
        return data

    def _audit(self, user: User, *, repair: bool) -> list[Difference]:
        found = audit.audit(user, timezone.now())
        if not found or not repair:
            return found
        audit.repair(user, found, clock=timezone.now)
        left = audit.audit(user, timezone.now())
        self._list_repaired(found, left)
        return audit.with_notes(left)

    def _list_repaired(self, found: Iterable[Difference], left: Iterable[Difference]) -> None:
        """List what was repaired, for people. JSON has only what is left."""
        still = {(one.kind, one.calendar, one.href, one.booking) for one in left}
        repaired = [one for one in found if (one.kind, one.calendar, one.href, one.booking) not in still]
        if not self.as_json:
            self._list(repaired, _("repaired: %(text)s"))

    def _list(self, found: Iterable[Difference], words: str = "%(text)s") -> None:
        lines = [words % {"text": f"{one.kind}: {one.text} {one.note}".rstrip()} for one in found]
        if lines:
            self.stdout.write("\n".join(lines[:SHOWN]))
        if len(lines) > SHOWN:
            self.stdout.write(_("… and %(count)s more; --json lists all.") % {"count": len(lines) - SHOWN})

    def show(self, data: Any) -> None:
        self.stdout.write(_("Kalends and the calendars agree."))
