"""Times that are read from SQLite are made aware in one step.

Django parses each as a naive time, asks the settings whether it is to be aware, and copies it. That was a fifth of a
search for openings, which reads thousands of times. Kalends always stores UTC.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from django.db.backends.sqlite3 import base  # noqa: F401 - importing it registers Django's converter, which this replaces


def parse_utc(stored: bytes) -> datetime:
    """The time that SQLite stores as `2026-12-01 09:00:00`, aware."""
    return datetime.fromisoformat(f"{stored.decode()}+00:00")


sqlite3.register_converter("datetime", parse_utc)
