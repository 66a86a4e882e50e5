"""The settings of the suite."""

from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
def test_threads_of_a_server_have_connections_of_their_own() -> None:
    """Django shares the connection to a database of SQLite's that is in memory."""
    assert getattr(connection, "is_in_memory_db", bool)() is False
