"""What is left of erased rows in the file of the database and in its write-ahead log."""

from __future__ import annotations

from django.db import OperationalError, connection

from bookings.models import Client

PATIENCE_MS = 2000
"""How long to wait for others: nobody can write meanwhile."""


def scrub_if_due() -> bool:
    """Scrub the database if somebody was erased since that was last done; False if it has to be tried again."""
    due = Client.objects.filter(scrub_due=True)
    keys = list(due.values_list("pk", flat=True))
    if not keys:
        return True
    if not _scrub():
        return False
    due.filter(pk__in=keys).update(scrub_due=False)
    return True


def _scrub() -> bool:
    """Write SQLite's file anew and empty its log; False while others use it. PostgreSQL vacuums by itself.

    `secure_delete` overwrites what is deleted, but not copies that were left when a page was split.
    """
    if connection.vendor != "sqlite":
        return True
    if connection.in_atomic_block:
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        usual = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return not cursor.fetchone()[0]
        except OperationalError:  # another process reads or writes, or the disk is full
            return False
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
