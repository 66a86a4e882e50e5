"""Reading a backup into a folder, and checking all of it that can be checked without a database."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _
from pyrage import x25519

from operations.backup.errors import BackupRefused, reason_of
from operations.backup.file import archive
from operations.backup.file.manifest import FORMAT, Manifest, format_of, read_manifest
from operations.backup.file.sealing import decrypted_from


def read_backup(source: Path, folder: Path, identity: x25519.Identity) -> Manifest:
    """Decrypt a backup into an empty folder and compare each part with its hash. Raises BackupRefused."""
    try:
        with source.open("rb") as file, decrypted_from(file, identity) as stream:
            data, parts = archive.extract(stream, folder)
    except archive.Damaged as error:
        raise BackupRefused(_("The file is damaged, or no backup of Kalends. Take another one.")) from error
    except OSError as error:
        words = _("The backup cannot be read: %(reason)s.")
        raise BackupRefused(words % {"reason": reason_of(error)}) from error
    manifest = _manifest(data)
    if manifest.parts != parts or archive.DATABASE not in parts:
        raise BackupRefused(_("The file is damaged, or no backup of Kalends. Take another one."))
    return manifest


def _manifest(data: bytes) -> Manifest:
    try:
        if format_of(data) > FORMAT:
            raise BackupRefused(_("A newer version of Kalends made this backup. Install that version, then try again."))
        return read_manifest(data)
    except ValueError as error:
        raise BackupRefused(_("The file is damaged, or no backup of Kalends. Take another one.")) from error
