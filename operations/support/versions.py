"""Which versions run: Kalends, Python, Django, the database and the installed packages."""

from __future__ import annotations

import platform
import sys
from importlib import metadata
from typing import Any

import django
from django.db import connection

from practice.version import version


def versions() -> dict[str, Any]:
    return {
        "kalends": version(),
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "system": platform.system(),
        "machine": platform.machine(),
        "django": django.get_version(),
        "database": connection.vendor,
        "database_version": _database_version(),
        "byte_order": sys.byteorder,
        "packages": dict(sorted(_packages())),
    }


def _database_version() -> str:
    found = connection.get_database_version()
    return ".".join(map(str, found))


def _packages() -> list[tuple[str, str]]:
    return [
        (str(one.metadata["Name"]).lower(), one.version) for one in metadata.distributions() if one.metadata["Name"]
    ]
