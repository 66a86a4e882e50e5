"""The database during an upgrade: what is not applied, the backup, the migrations, and the way back."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile

from django.conf import settings
from django.db import connection, connections
from django.utils.translation import gettext as _

from bookings.models import Booking, BookingChange, Client
from config import CODE
from operations.backup.databases.current import current_database
from operations.backup.errors import BackupRefused, reason_of
from operations.backup.file import archive
from operations.backup.file.reading import read_backup
from operations.backup.keys import identity_of
from operations.backup.staging import staging_folder
from operations.backup.writing import write_backup
from operations.tables import missing_migrations, why_newer
from operations.upgrade.errors import StepFailed, UpgradeRefused

COMMAND_LINE = (sys.executable, "-P", "-m", "config.command_line")
UNUSED_SECONDS = 20.0
"""So long processes that were stopped may take to close their connections."""
COPIES = 3
"""While a backup is written the database lies on the disk as a copy, in the backup, and as what is read again."""
APPLYING = re.compile(r"Applying (\S+?)\.\.\.")


def migrations_to_apply() -> list[str]:
    """What is not applied yet, as `app.name`. Raises UpgradeRefused if the tables are of a newer version."""
    with closing(connection):
        if newer := why_newer():
            raise UpgradeRefused(newer)
        return missing_migrations()


def refuse_unwritable(backup: Path) -> None:
    """Raises UpgradeRefused if there is such a file, or none can be written into its folder."""
    if backup.exists():
        raise UpgradeRefused(_("%(file)s exists. Choose another name.") % {"file": backup})
    folder = backup.absolute().parent
    try:
        with TemporaryFile(dir=folder):
            pass
    except OSError as error:
        words = _("The folder %(folder)s cannot be written: %(reason)s.")
        raise UpgradeRefused(words % {"folder": folder, "reason": reason_of(error)}) from error


def refuse_full_disk(folder: Path) -> None:
    """Raises UpgradeRefused unless there is room for the backup."""
    with closing(connection), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_database_size(current_database())")
        else:
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        needed = COPIES * int(cursor.fetchone()[0])
    free = shutil.disk_usage(folder).free
    if free < needed:
        words = _("The backup needs %(needed)s MB in %(folder)s, and %(free)s MB are free. Make room, then try again.")
        raise UpgradeRefused(words % {"needed": needed // 10**6 + 1, "free": free // 10**6, "folder": folder})


def refuse_key() -> None:
    """Raises UpgradeRefused unless BACKUP_KEY can encrypt a backup."""
    try:
        identity_of(settings.BACKUP_KEY)
    except BackupRefused as error:
        raise UpgradeRefused(str(error)) from None


def is_used() -> bool:
    """Is another process connected to the database?"""
    try:
        current_database().refuse_if_used()
    except BackupRefused:
        return True
    finally:
        connections.close_all()
    return False


def wait_until_unused(seconds: float = UNUSED_SECONDS) -> None:
    """Wait until no other process is connected. Raises StepFailed if one still is after that time."""
    until = time.monotonic() + seconds
    while is_used():
        if time.monotonic() > until:
            raise StepFailed(_("Another process still uses the database. Stop the web server and all workers."))
        time.sleep(0.5)


def back_up(file: Path, now: datetime) -> None:
    """Write the backup. Raises StepFailed."""
    try:
        write_backup(file, now=now, key=settings.BACKUP_KEY)
    except BackupRefused as error:
        raise StepFailed(str(error)) from error
    finally:
        connections.close_all()


def migrate() -> None:
    """Apply all migrations, in a process of its own: whatever ends that, this one can restore. Raises StepFailed.

    What is raised names the migration and the kind of error only: the rest may quote what is in the database.
    """
    connections.close_all()
    done = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND_LINE, "migrate", "--noinput", "--no-color"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(CODE), os.environ.get("PYTHONPATH")]))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        begun = APPLYING.findall(done.stdout)
        lines = done.stderr.strip().splitlines()
        kind = re.match(r"[\w.]+", lines[-1]) if lines else None
        values = {"migration": begun[-1] if begun else "-", "kind": kind.group() if kind else str(done.returncode)}
        raise StepFailed(_("The migration %(migration)s failed (%(kind)s).") % values)


def restore(file: Path, now: datetime) -> None:
    """Put the tables back as they are in the backup, ids included. Raises StepFailed, and then they are as they were.

    Nothing ran since the backup, so no event and no e-mail is newer: unlike after `kalends restore`, nothing waits.
    Migrations change no uploads, so these stay.
    """
    try:
        with staging_folder() as folder:
            manifest = read_backup(file, folder, identity_of(settings.BACKUP_KEY))
            copy = folder / archive.DATABASE
            with current_database().replaced_by(copy, manifest.database, now) as former:
                pass
            _discard(former)
    except BackupRefused as error:
        words = _("The backup could not be restored: %(reason)s It is %(file)s.")
        raise StepFailed(words % {"reason": error, "file": file}) from error
    finally:
        connections.close_all()


def _discard(former: str) -> None:
    """Delete the half migrated tables, which the restore has kept under that name."""
    if not former:
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {connection.ops.quote_name(former)} CASCADE")
    else:
        Path(former).unlink(missing_ok=True)


def activity() -> tuple[int, int, int]:
    """What grows when people use Kalends: bookings, their history, clients."""
    with closing(connection):
        return Booking.objects.count(), BookingChange.objects.count(), Client.objects.count()
