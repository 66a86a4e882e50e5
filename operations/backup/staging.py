"""Where a backup lies unencrypted while it is written or restored: beside the database, readable by its user only.

A process that is killed deletes nothing, so what is unfinished is locked, and the next one deletes what nobody locks.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from operations.backup.errors import BackupRefused, reason_of

PREFIX = ".backup-"


@contextmanager
def staging_folder() -> Iterator[Path]:
    """A new folder that is deleted at the end, with everything in it. Raises BackupRefused if it cannot be made."""
    data = settings.HOME / "data"
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        delete_abandoned(data, f"{PREFIX}*")
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=data))
        number = os.open(folder, os.O_RDONLY)
        lock(number)
    except OSError as error:
        words = _("The folder %(folder)s cannot be written: %(reason)s.")
        raise BackupRefused(words % {"folder": data, "reason": reason_of(error)}) from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(number)


def lock(number: int) -> None:
    """Say that the open file or folder is in use, until it is closed or the process ends. Raises OSError."""
    fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def alone(sentence: str) -> Iterator[None]:
    """Only one at a time replaces or changes the tables of this deployment. Raises BackupRefused with the sentence."""
    try:
        settings.HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(settings.HOME, os.O_RDONLY)
    except OSError as error:
        words = _("The folder %(folder)s cannot be written: %(reason)s.")
        raise BackupRefused(words % {"folder": settings.HOME, "reason": reason_of(error)}) from error
    try:
        try:
            lock(number)
        except BlockingIOError:
            raise BackupRefused(sentence) from None
        yield
    finally:
        os.close(number)


def delete_abandoned(folder: Path, pattern: str) -> None:
    """Delete what matches in the folder and is not locked by anybody. Raises OSError."""
    for path in folder.glob(pattern):
        number = os.open(path, os.O_RDONLY)
        try:
            lock(number)
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        except BlockingIOError:
            continue
        finally:
            os.close(number)
