"""Which version ran before, and which folder the services run from."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from operations.upgrade.errors import StepFailed

MAX_LENGTH = 40


def recorded_version() -> str:
    """The version that ran last here; empty if none has yet."""
    try:
        return _record().read_text()[:MAX_LENGTH].strip()
    except OSError:
        return ""


def record_version(version: str) -> None:
    """Remember that it runs. Raises StepFailed."""
    try:
        _record().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _record().write_text(version + "\n")
    except OSError as error:
        words = _("%(file)s cannot be written: %(reason)s.")
        raise StepFailed(words % {"file": _record(), "reason": os.strerror(error.errno or 0)}) from error


def upgrades_folder() -> Path:
    """Where the backups of upgrades lie, unless the operator names another file."""
    return Path(settings.HOME) / "data" / "upgrades"


def _record() -> Path:
    return Path(settings.HOME) / "data" / "version"


class Link:
    """A symbolic link to the folder of the version that the services run, such as /opt/kalends/current."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.old = Path(os.readlink(path)) if path.is_symlink() else None

    @property
    def keeps_old(self) -> bool:
        """Does it lead to a folder, and to another than that of this program?"""
        if self.old is None:
            return False
        folder = (self.path.parent / self.old).resolve()
        return folder.is_dir() and folder != Path(sys.prefix).resolve()

    def to_new(self) -> None:
        """Let it lead to the folder of this program. Raises StepFailed."""
        self._lead_to(Path(sys.prefix))

    def to_old(self) -> None:
        """Let it lead to where it did. Raises StepFailed."""
        if self.old is not None:
            self._lead_to(self.old)

    def _lead_to(self, target: Path) -> None:
        new = self.path.with_name(f".{self.path.name}.new")
        try:
            new.unlink(missing_ok=True)
            new.symlink_to(target)
            new.replace(self.path)  # in one step: it leads somewhere at every moment
        except OSError as error:
            words = _("The link %(link)s cannot be changed: %(reason)s.")
            raise StepFailed(words % {"link": self.path, "reason": os.strerror(error.errno or 0)}) from error
