"""Running pg_dump and pg_restore. How to connect is told in the environment, where others cannot read it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess

from django.db import connection
from django.utils.translation import gettext as _

from operations.backup.errors import BackupRefused

_OPTIONS = {  # of DATABASE_URL, and what libpq calls them
    "passfile": "PGPASSFILE",
    "service": "PGSERVICE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
}


def run_program(program: str, *arguments: str) -> str:
    """What the program prints. Raises BackupRefused with its first error; the details may quote a row, so they go."""
    command = [_found(program), *arguments]
    done = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if "error:" in line] or done.stderr.splitlines() or [""]
        values = {"program": program, "reason": errors[0].partition("error: ")[2] or errors[0]}
        raise BackupRefused(_("%(program)s failed: %(reason)s.") % values)
    return done.stdout


def refuse_older(program: str, server: int) -> None:
    """Raises BackupRefused if the program is missing, or older than a server of that major version."""
    numbers = re.search(r"(\d+)", run_program(program, "--version").partition(")")[2])
    major = int(numbers.group(1)) if numbers else 0
    if major < server:
        words = _(
            "%(program)s is of PostgreSQL %(major)s, but the server is %(server)s. Install the package"
            " postgresql-client-%(server)s."
        )
        raise BackupRefused(words % {"program": program, "major": major, "server": server})


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        words = _("%(program)s is missing. Install the client programs of PostgreSQL (Debian: postgresql-client).")
        raise BackupRefused(words % {"program": program})
    return path


def _environment() -> dict[str, str]:
    values = connection.settings_dict
    named = {f"PG{name}": str(values[key]) for name, key in _NAMES.items() if values.get(key)}
    options = {ours: str(values["OPTIONS"][key]) for key, ours in _OPTIONS.items() if values["OPTIONS"].get(key)}
    return os.environ | {"LC_ALL": "C.UTF-8"} | named | options


_NAMES = {"HOST": "HOST", "PORT": "PORT", "USER": "USER", "PASSWORD": "PASSWORD", "DATABASE": "NAME"}
