"""Putting the uploads of a backup in the place of the present ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from operations.backup.databases.base import FORMER
from operations.backup.errors import BackupRefused, reason_of


@contextmanager
def replaceable_uploads(restored: Path, now: datetime) -> Iterator[Callable[[], str]]:
    """A function that puts the folder `restored`, which may be missing, in the place of the uploads.

    It returns where the former uploads are, empty if there were none, and raises BackupRefused. If the block raises,
    they are put back.
    """
    place = Path(settings.MEDIA_ROOT)
    former = place.with_name(f"{place.name}.{FORMER}-{now:%Y%m%dT%H%M%SZ}")
    new = place.with_name(f".{place.name}.restored")
    moved: list[Path] = []
    is_done = False

    def replace() -> str:
        try:
            if place.exists():
                place.rename(former)
                moved.append(former)
            if new.exists():
                new.rename(place)
            return str(*moved)
        except OSError as error:
            words = _("The uploads cannot be replaced: %(reason)s.")
            raise BackupRefused(words % {"reason": reason_of(error)}) from error

    try:
        if restored.exists():  # so that the step above takes no time
            shutil.rmtree(new, ignore_errors=True)
            _copy(restored, new)
        yield replace
        is_done = True
    finally:
        shutil.rmtree(new, ignore_errors=True)
        if moved and not is_done:
            shutil.rmtree(place, ignore_errors=True)
            former.rename(place)


def _copy(source: Path, target: Path) -> None:
    try:
        shutil.copytree(source, target)
    except OSError as error:
        words = _("The uploads cannot be replaced: %(reason)s.")
        raise BackupRefused(words % {"reason": reason_of(error)}) from error
