"""The instances of this machine: one environment file each."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from gettext import gettext as _  # Django's needs settings, which belong to one instance
from pathlib import Path
from typing import Final

from operations.instances.env_files import Unreadable, parse

FOLDER: Final = Path("/etc/kalends")
HOMES: Final = Path("/var/lib/kalends")
"""Where the folders of instances lie that do not set KALENDS_HOME, as in deploy/systemd/kalends@.service."""
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
PASSED_ON: Final = frozenset(
    ("PATH", "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LC_CTYPE", "TERM", "COLUMNS", "NO_COLOR", "TMPDIR")
)
"""What commands get of the environment of whoever types: no settings, which would hold for all instances."""


class NoInstances(Exception):
    """There is nothing to run a command for; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One practice. `problem` says why no command can run for it, `warning` what to change; else they are empty."""

    name: str
    settings: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    warning: str = ""

    @property
    def home(self) -> Path:
        """Its folder."""
        return Path(self.settings["KALENDS_HOME"])

    def environment(self, own: Mapping[str, str]) -> dict[str, str]:
        """What its commands get, if `own` is the environment of whoever types."""
        kept = {name: value for name, value in own.items() if name in PASSED_ON}
        return kept | dict(self.settings)


def find_instances(folder: Path) -> list[Instance]:
    """All instances whose files lie in the folder, by name. Raises NoInstances if there are none."""
    try:
        files = sorted(path for path in folder.glob("*.env") if NAME.fullmatch(path.stem))
    except OSError:
        files = []
    if not files:
        raise NoInstances(
            _("There is no file NAME.env in %(folder)s. Set KALENDS_INSTANCES to the folder that has them.")
            % {"folder": folder}
        )
    return [read_instance(path) for path in files]


def read_instance(file: Path) -> Instance:
    """The instance whose settings are in the file; if it cannot be read, one with a problem."""
    name = file.stem
    defaults = {"KALENDS_HOME": str(HOMES / name), "KALENDS_INSTANCE": name}
    try:
        settings = defaults | parse(file.read_bytes().decode())
        settings["KALENDS_HOME"] = settings["KALENDS_HOME"] or defaults["KALENDS_HOME"]
        warning = _warning(file)
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        return Instance(name, problem=_problem(file, error))
    instance = Instance(name, settings, warning=warning)
    if not instance.home.is_absolute():  # it would be another folder wherever the command is typed
        words = _("KALENDS_HOME in %(file)s does not begin with /. Set it to the whole path of its folder.")
        return Instance(name, settings, words % {"file": file}, warning)
    if not instance.home.is_dir():
        words = _("Its folder %(folder)s does not exist. Create it, or set KALENDS_HOME in %(file)s.")
        return Instance(name, settings, words % {"folder": instance.home, "file": file}, warning)
    return instance


def _problem(file: Path, error: OSError | UnicodeDecodeError | Unreadable) -> str:
    if isinstance(error, UnicodeDecodeError):
        return _("%(file)s is not UTF-8. Save it as UTF-8.") % {"file": file}
    if isinstance(error, Unreadable):
        words = _("Line %(line)s of %(file)s is a comment that ends with a backslash, or has a NUL. Change it.")
        return words % {"line": error.line, "file": file}
    return _("%(file)s cannot be read: %(reason)s.") % {"file": file, "reason": os.strerror(error.errno or 0)}


def _warning(file: Path) -> str:
    """Of a file with secrets that every user of the machine can read."""
    if file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        return _("Other users can read %(file)s, which has secrets. Run: chmod 640 %(file)s") % {"file": file}
    return ""
