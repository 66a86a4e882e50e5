"""The marker `database`: tests that use a database, for `make test-postgresql`.

Tests of processes have it too, because the processes may use one. Any other test says the same whatever the database.
"""

from __future__ import annotations

import pytest

FIXTURES = {"db", "transactional_db", "django_db_setup"}
"""Every test that uses a database asks for one of them, itself or through others."""

MARKS = ("django_db", "postgresql", "processes")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if needs_database(item):
            item.add_marker("database")


def needs_database(item: pytest.Item) -> bool:
    """Does the test use a database, or start processes, which may?"""
    asks = not FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
    return asks or any(item.get_closest_marker(mark) for mark in MARKS)
