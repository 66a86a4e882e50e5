"""The marker `fast`: tests that need neither a database nor a server, for `make test-fast`.

A test is fast unless it asks for a fixture that has one, or is marked itself: `@pytest.mark.processes` if it starts
processes or servers, `@pytest.mark.slow` if it computes for long. Where only fast tests run, starting a process or a
server is an error, so that the marker stays true.
"""

from __future__ import annotations

import socket
import subprocess
from typing import NoReturn

import pytest

SLOW_FIXTURES = frozenset(
    {
        *("db", "transactional_db", "django_db_setup", "live_server", "client", "admin_client", "shared_database"),
        *("feed_server", "icloud", "fastmail", "nextcloud_server", "web", "raw", "radicale", "xandikos"),
    }
)
SLOW_MARKS = ("django_db", "browser", "postgresql", "processes", "slow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if not is_slow(item):
            item.add_marker("fast")


def is_slow(item: pytest.Item) -> bool:
    """Does the test ask for a database, a server, another process or much time?"""
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & SLOW_FIXTURES) or any(item.get_closest_marker(mark) for mark in SLOW_MARKS)


@pytest.fixture(autouse=True)
def nothing_but_code(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a fast test fail that starts a server or a process, where only fast tests are asked for."""
    if request.config.option.markexpr == "fast":
        monkeypatch.setattr(socket.socket, "listen", _refuse)
        monkeypatch.setattr(subprocess, "Popen", _refuse)
    return


def _refuse(*arguments: object, **options: object) -> NoReturn:
    raise AssertionError("This test starts a server or a process. Mark it with @pytest.mark.processes.")
