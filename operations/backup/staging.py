"""Where a backup lies unencrypted while it is written or restored: beside the database, readable by its user only."""

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
    """A new folder that is deleted at the end, with everything in it. Raises BackupRefused if it cannot be made.

    A process that was killed leaves its folder; the next one deletes it, once nobody holds its lock any more.
    """
    data = settings.HOME / "data"
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in data.glob(f"{PREFIX}*"):
            _delete_if_left(left)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=data))
        lock = os.open(folder, os.O_RDONLY)
    except OSError as error:
        words = _("The folder %(folder)s cannot be written: %(reason)s.")
        raise BackupRefused(words % {"folder": data, "reason": reason_of(error)}) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder
    finally:
        os.close(lock)
        shutil.rmtree(folder, ignore_errors=True)


def _delete_if_left(folder: Path) -> None:
    lock = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder)
    except BlockingIOError:
        pass  # its process is alive
    finally:
        os.close(lock)
