"""Writing a backup."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from pyrage import x25519

from operations.backup.databases.current import current_database
from operations.backup.disk import flush_to_disk
from operations.backup.errors import BackupRefused, reason_of
from operations.backup.file import archive
from operations.backup.file.manifest import Manifest
from operations.backup.file.reading import read_backup
from operations.backup.file.sealing import encrypted_into
from operations.backup.keys import fingerprints, identity_of
from operations.backup.staging import delete_abandoned, lock, staging_folder
from practice.version import version


def write_backup(target: Path, *, now: datetime, key: str, overwrite: bool = False) -> Manifest:
    """Write an encrypted backup, read it again and compare it; only then it gets its name. Others may go on working.

    `key` is BACKUP_KEY. An existing file is replaced with `overwrite` only. Raises BackupRefused, and
    then no part of a file stays.
    """
    identity = identity_of(key)
    if target.exists() and not overwrite:
        raise BackupRefused(_("%(file)s exists. Choose another name, or add --overwrite.") % {"file": target})
    with _beside(target) as part, staging_folder() as folder:
        manifest = _write(part, folder, identity, now)
        checked = folder / "checked"
        checked.mkdir()
        if read_backup(part, checked, identity) != manifest:
            raise BackupRefused(_("The backup differs from what was written. Check the disk."))
        current_database().check_copy(checked / archive.DATABASE, manifest.database)
        part.replace(target)
        flush_to_disk(target.parent)
    return manifest


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A new file beside it that only its user can read; gone at the end, unless it was renamed."""
    try:
        delete_abandoned(target.absolute().parent, f".{target.name}.*.part")
        number, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.absolute().parent)
        lock(number)
    except OSError as error:
        words = _("The folder %(folder)s cannot be written: %(reason)s.")
        values = {"folder": target.absolute().parent, "reason": reason_of(error)}
        raise BackupRefused(words % values) from error
    try:
        yield Path(name)
    except OSError as error:
        raise BackupRefused(_("The backup cannot be written: %(reason)s.") % {"reason": reason_of(error)}) from error
    finally:
        os.close(number)
        Path(name).unlink(missing_ok=True)


def _write(part: Path, folder: Path, identity: x25519.Identity, now: datetime) -> Manifest:
    copy = folder / "copy"
    facts = current_database().copy_to(copy)
    with (
        part.open("wb") as file,
        encrypted_into(file, identity) as stream,
        archive.archive_into(stream) as writer,
    ):
        writer.add_file(archive.DATABASE, copy)
        copy.unlink()  # it may be large, and will lie there once more when it is checked
        _add_files(writer)
        manifest = Manifest(version(), now, facts, fingerprints(settings.FERNET_KEYS), writer.parts)
        writer.add_manifest(manifest.to_json())
    flush_to_disk(part)
    return manifest


def _add_files(writer: archive.ArchiveWriter) -> None:
    log, uploads = Path(settings.ERASED_LOG), Path(settings.MEDIA_ROOT)
    try:
        if log.exists():
            writer.add_file(archive.ERASED_LOG, log)
        for path in sorted(path for path in uploads.rglob("*") if path.is_file() and not path.is_symlink()):
            try:
                writer.add_file(f"{archive.UPLOADS}/{path.relative_to(uploads).as_posix()}", path)
            except FileNotFoundError:
                continue  # deleted meanwhile
    except archive.Changed as error:
        raise BackupRefused(_("%(file)s was changed meanwhile. Try again.") % {"file": error}) from error
