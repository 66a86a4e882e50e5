"""Restore a backup."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from operations.backup.errors import BackupRefused
from operations.backup.restoring import restore_backup
from operations.management.commands.backup import end_on_sigterm
from practice.commands import JsonCommand, Refused
from practice.times import iso


class Command(JsonCommand):
    help = gettext_lazy(
        "Restore a backup. Stop the web server and the workers first. The former database is kept. "
        "Whoever was erased stays erased, everybody is signed out, and pushes and e-mails wait."
    )
    requires_system_checks = []  # the database may have no tables yet
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--erased", type=Path, metavar="FILE", help=_("a further list of who was erased"))
        parser.add_argument("--replace", action="store_true", help=_("although the database has bookings"))

    def run(self, *, file: Path, erased: Path | None, replace: bool, **options: Any) -> dict[str, Any]:
        end_on_sigterm()
        now = timezone.now()
        try:
            done = restore_backup(file, key=settings.BACKUP_KEY, erased=erased, now=now, replace=replace)
        except BackupRefused as error:
            raise Refused(str(error)) from None
        return {
            "made_at": iso(done.manifest.made_at),
            "version": done.manifest.version,
            "rows": sum(done.manifest.database.counts.values()),
            "erased": done.erased,
            "former": done.former or None,
            "former_uploads": done.former_uploads or None,
        }

    def show(self, data: Any) -> None:
        self.stdout.write(_("The backup of %(made_at)s is restored.") % data)
        if data["erased"]:
            said = ngettext(
                "%(count)s client was erased again.", "%(count)s clients were erased again.", data["erased"]
            )
            self.stdout.write(said % {"count": data["erased"]})
        for name in filter(None, (data["former"], data["former_uploads"])):
            self.stdout.write(
                _("What was there before is kept in %(name)s; delete it when all is well.") % {"name": name}
            )
