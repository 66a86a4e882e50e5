"""The database backend: times are read as aware ones in UTC in one step.

Django parses them as naive times, asks the settings for each whether it is to be aware, and copies it. That was a fifth
of a search for openings, which reads thousands. Kalends always stores UTC (TIME_ZONE of the database is not used).
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from django.db.backends.sqlite3 import base
from django.db.backends.sqlite3.operations import DatabaseOperations


def parse_utc(text: str) -> datetime:
    """The time that SQLite stores as `2026-12-01 09:00:00`."""
    return datetime.fromisoformat(f"{text}+00:00")


sqlite3.register_converter("datetime", lambda stored: parse_utc(stored.decode()))  # in place of Django's


class UtcOperations(DatabaseOperations):
    """Operations that leave a time as it was read."""

    def convert_datetimefield_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """SQLite names no type for the result of an expression, so its time comes as text."""
        return parse_utc(value) if isinstance(value, str) else value


class DatabaseWrapper(base.DatabaseWrapper):
    """The connection, as Django looks for it by name."""

    ops_class = UtcOperations
