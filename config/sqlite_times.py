"""Times that are read from SQLite are made aware in one step.

Django parses each as a naive time, and for each asks the settings whether it is to be aware. That was a third of a
search for openings, which reads thousands of times. Kalends always stores UTC.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from django.db.backends.sqlite3 import base  # noqa: F401 - importing it registers Django's converter, which this replaces
from django.db.backends.sqlite3.operations import DatabaseOperations


def parse_utc(stored: bytes) -> datetime:
    """The time that SQLite stores as `2026-12-01 09:00:00`, aware."""
    return datetime.fromisoformat(f"{stored.decode()}+00:00")


sqlite3.register_converter("datetime", parse_utc)

_convert_text = DatabaseOperations.convert_datetimefield_value


def _convert(operations: DatabaseOperations, value: Any, expression: Any, connection: Any) -> Any:
    """The value of a column is a time already; that of an expression, such as a maximum, is text."""
    return value if isinstance(value, datetime) else _convert_text(operations, value, expression, connection)


DatabaseOperations.convert_datetimefield_value = _convert  # type: ignore[assignment,method-assign]
