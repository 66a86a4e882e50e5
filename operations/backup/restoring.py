"""Restoring a backup: everything is checked first, and the former state stays until the end."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext as _

from bookings.models import Booking
from operations.backup import fresh_start
from operations.backup.databases.base import BackedUpDatabase
from operations.backup.databases.current import current_database
from operations.backup.erased import erase_again, join_erased_logs
from operations.backup.errors import BackupRefused
from operations.backup.file import archive
from operations.backup.file.manifest import Manifest
from operations.backup.file.reading import read_backup
from operations.backup.keys import fingerprints, identity_of
from operations.backup.staging import alone, staging_folder
from operations.backup.uploads import replaceable_uploads
from operations.restored.begin import begin
from operations.tables import known_migrations
from practice.version import version


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored.

    `erased` is how many clients were erased again, `former` the file or schema that has the former database, empty if
    there was none, and `former_uploads` the folder of the former uploads, likewise.
    """

    manifest: Manifest
    erased: int
    former: str
    former_uploads: str


def restore_backup(source: Path, *, key: str, erased: Path | None, now: datetime, replace: bool) -> Restored:
    """Replace database and uploads by those of a backup; nothing may run meanwhile. What must wait, waits afterwards.

    `key` is BACKUP_KEY, `erased` a further list of who was erased. A database that has bookings is replaced with
    `replace` only. Raises BackupRefused, and then everything is as it was.
    """
    identity = identity_of(key)
    if erased is not None and not erased.is_file():
        raise BackupRefused(_("There is no file %(file)s.") % {"file": erased})
    database = current_database()
    with alone(_("Another restore or upgrade of this deployment is under way.")), staging_folder() as folder:
        manifest = read_backup(source, folder, identity)
        _refuse_unfit(manifest, database)
        database.check_copy(folder / archive.DATABASE, manifest.database)
        if not replace and database.row_count(Booking._meta.db_table):
            raise BackupRefused(_("This database has bookings. Add --replace to replace them by the backup."))
        database.refuse_if_used()
        logs = [folder / archive.ERASED_LOG] + ([erased] if erased else [])
        keys = join_erased_logs(logs)
        return _replace(database, folder, manifest, keys, now)


def _refuse_unfit(manifest: Manifest, database: BackedUpDatabase) -> None:
    if manifest.database.kind != database.kind:
        words = _("The backup has a database of the kind %(then)s, and DATABASE_URL names one of the kind %(now)s.")
        raise BackupRefused(words % {"then": manifest.database.kind, "now": database.kind})
    if not set(manifest.database.migrations) <= known_migrations():
        words = _("Kalends %(then)s made this backup, and this is %(now)s. Install at least %(then)s, then try again.")
        raise BackupRefused(words % {"then": manifest.version, "now": version()})
    if not set(manifest.fernet_keys) <= set(fingerprints(settings.FERNET_KEYS)):
        raise BackupRefused(
            _("The backup was made with other FERNET_KEYS. Add those of that time after the present ones, with commas.")
        )


def _replace(database: BackedUpDatabase, folder: Path, manifest: Manifest, keys: list[str], now: datetime) -> Restored:
    uploads = folder / archive.UPLOADS
    copy = folder / archive.DATABASE
    # What is entered first ends last: should the database not be replaced, the uploads are put back.
    with replaceable_uploads(uploads, now) as replace, database.replaced_by(copy, manifest.database, now) as former:
        # Of an older version: erasing needs the tables of this one. Nobody reads or sends anything in between.
        call_command("migrate", interactive=False, verbosity=0)
        call_command("setup_schedules", stdout=io.StringIO())
        count = erase_again(keys, now)
        database.advance_ids(fresh_start.ID_GAP)
        fresh_start.delete_sessions()
        fresh_start.clear_leases()
        begin(made_at=manifest.made_at, now=now)
        former_uploads = replace()
    return Restored(manifest, count, former, former_uploads)
