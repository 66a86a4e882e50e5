"""The database of this deployment, as backups see it."""

from __future__ import annotations

from django.db import connection

from operations.backup.databases.base import BackedUpDatabase
from operations.backup.databases.postgresql_server import PostgresqlServer
from operations.backup.databases.sqlite_file import SqliteFile


def current_database() -> BackedUpDatabase:
    """Of the kind that DATABASE_URL names."""
    return PostgresqlServer() if connection.vendor == "postgresql" else SqliteFile()
