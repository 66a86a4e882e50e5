"""Write an encrypted backup."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations.backup.errors import BackupRefused
from operations.backup.keys import new_backup_key
from operations.backup.writing import write_backup
from practice.commands import JsonCommand, Refused
from practice.times import iso


class Command(JsonCommand):
    help = gettext_lazy(
        "Write an encrypted backup of the database, the uploads and erased.log, and check it. Kalends goes on working. "
        "BACKUP_KEY encrypts it; neither that nor FERNET_KEYS and .env are in it."
    )

    requires_system_checks = []  # a backup is written whatever else is wrong

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, metavar="FILE")
        parser.add_argument("--overwrite", action="store_true", help=_("replace the file if it exists"))
        parser.add_argument("--new-key", action="store_true", help=_("only print a new BACKUP_KEY"))

    def run(self, *, file: Path | None, overwrite: bool, new_key: bool, **options: Any) -> dict[str, Any]:
        if new_key:
            return {"key": new_backup_key()}
        if file is None:
            raise Refused(_("Give the FILE to write, such as kalends.backup."))
        end_on_sigterm()
        try:
            manifest = write_backup(file, now=timezone.now(), key=settings.BACKUP_KEY, overwrite=overwrite)
        except BackupRefused as error:
            raise Refused(str(error)) from None
        return {
            "file": str(file),
            "size": file.stat().st_size,
            "made_at": iso(manifest.made_at),
            "version": manifest.version,
            "database": manifest.database.kind,
            "rows": sum(manifest.database.counts.values()),
            "uploads": sum(name.startswith("uploads/") for name in manifest.parts),
        }

    def show(self, data: Any) -> None:
        if "key" in data:
            self.stdout.write(data["key"])
        else:
            self.stdout.write(_("Written and checked: %(file)s (rows: %(rows)s, uploads: %(uploads)s).") % data)


def end_on_sigterm() -> None:
    """Let SIGTERM raise SystemExit, so that what was begun is tidied up."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
