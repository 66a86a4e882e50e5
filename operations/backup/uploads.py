"""Putting the uploads of a backup in the place of the present ones."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from operations.backup.databases import FORMER
from operations.backup.errors import BackupRefused, reason_of


@contextmanager
def replaced_uploads(restored: Path, now: datetime) -> Iterator[str]:
    """The uploads are those of the folder `restored`, which may be missing; what is yielded is where the former are.

    They are put back if the block raises.
    """
    place = Path(settings.MEDIA_ROOT)
    former = place.with_name(f"{place.name}.{FORMER}-{now:%Y%m%dT%H%M%SZ}")
    new = place.with_name(f".{place.name}.restored")
    is_done = False
    try:
        shutil.rmtree(new, ignore_errors=True)
        if restored.exists():
            shutil.copytree(restored, new)
        if place.exists():
            place.rename(former)
        if new.exists():
            new.rename(place)
        yield str(former) if former.exists() else ""
        is_done = True
    except OSError as error:
        words = _("The uploads cannot be replaced: %(reason)s.")
        raise BackupRefused(words % {"reason": reason_of(error)}) from error
    finally:
        if not is_done:
            _put_back(former, place)


def _put_back(former: Path, place: Path) -> None:
    shutil.rmtree(place.with_name(f".{place.name}.restored"), ignore_errors=True)
    if former.exists():
        shutil.rmtree(place, ignore_errors=True)
        former.rename(place)
