"""The database and the version of this deployment, as backups see them."""

from __future__ import annotations

import tomllib
from importlib import metadata

from django.conf import settings
from django.db import connection

from operations.backup.databases import BackedUpDatabase
from operations.backup.postgresql_server import PostgresqlServer
from operations.backup.sqlite_file import SqliteFile


def current_database() -> BackedUpDatabase:
    """Of the kind that DATABASE_URL names."""
    return PostgresqlServer() if connection.vendor == "postgresql" else SqliteFile()


def running_version() -> str:
    """The version of Kalends that runs: of the installed package or, in a checkout, of its pyproject.toml."""
    try:
        return metadata.version("kalends")
    except metadata.PackageNotFoundError:
        text = (settings.BASE_DIR / "pyproject.toml").read_text()
        return str(tomllib.loads(text)["project"]["version"])
