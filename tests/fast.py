"""The marker `fast`: tests that need neither a database nor a server, for `make test-fast`.

A test is fast unless it asks for a fixture that has one, or says itself that it starts processes or servers
(`@pytest.mark.processes`). Where only fast tests run, starting either is an error, so that the marker stays true.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from typing import NoReturn

import pytest

SLOW_FIXTURES = frozenset(
    {
        *("db", "transactional_db", "django_db_setup", "live_server", "client", "admin_client", "shared_database"),
        *("icloud", "web", "raw", "radicale", "xandikos"),
    }
)
SLOW_MARKS = ("django_db", "browser", "postgresql", "processes")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not needs_more_than_code(item):
            item.add_marker("fast")


def needs_more_than_code(item: pytest.Item) -> bool:
    """Does the test ask for a database, a server or another process?"""
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & SLOW_FIXTURES) or any(item.get_closest_marker(mark) for mark in SLOW_MARKS)


@pytest.fixture(autouse=True)
def nothing_but_code(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a fast test fail that starts a server or a process, where only fast tests are asked for."""
    if request.config.option.markexpr == "fast":
        monkeypatch.setattr(socket.socket, "listen", _refuse)
        monkeypatch.setattr(subprocess, "Popen", _refuse)
    yield


def _refuse(*arguments: object, **options: object) -> NoReturn:
    raise AssertionError("This test starts a server or a process. Mark it with @pytest.mark.processes.")
