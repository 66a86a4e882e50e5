"""`--database-tests` leaves out what needs no database: such a test says the same whatever the database is."""

from __future__ import annotations

import pytest

DATABASE = {"db", "transactional_db", "django_db_setup"}
"""Fixtures that every test with tables asks for, itself or through others."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-tests", action="store_true", help="only tests with tables, and those of processes")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--database-tests"):
        return
    kept = [item for item in items if needs_database(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(kept)])
    items[:] = kept


def needs_database(item: pytest.Item) -> bool:
    """Does it use tables, or start processes, which may?"""
    marked = item.get_closest_marker("django_db") or item.get_closest_marker("processes")
    return marked is not None or not DATABASE.isdisjoint(getattr(item, "fixturenames", ()))
