"""Erase clients who have not booked for long."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from bookings.records.retention import erase_expired
from bookings.records.scrub import scrub_if_due
from practice.commands import JsonCommand
from practice.times import iso


class Command(JsonCommand):
    help = gettext_lazy(
        "Erase clients who have not booked for as long as the practice keeps them, as the workers do every night. "
        "It begins 30 days after the owners were told, which the first run does."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help=_("only list whose time is over"))
        parser.add_argument(
            "--now", action="store_true", help=_("do not wait until 30 days after the owners were told")
        )

    def run(self, *, dry_run: bool, now: bool, **options: Any) -> dict[str, Any]:
        done = erase_expired(timezone.now(), dry_run=dry_run, at_once=now)
        scrub_if_due()
        return {"due": done.due, "erased": done.erased, "first_run": iso(done.first_run), "dry_run": dry_run}

    def show(self, data: Any) -> None:
        due, erased = len(data["due"]), len(data["erased"])
        said = ngettext("%(count)s client is due: %(ids)s.", "%(count)s clients are due: %(ids)s.", due)
        ids = ", ".join(map(str, data["due"])) or "—"
        self.stdout.write(said % {"count": due, "ids": ids})
        if erased:
            said = ngettext("%(count)s client was erased.", "%(count)s clients were erased.", erased)
            self.stdout.write(said % {"count": erased})
        elif data["first_run"]:
            self.stdout.write(_("Clients are erased from %(first_run)s on.") % data)
