"""A database that other processes and threads reach too, as `shared_database`: import the fixture where it is used.

On SQLite the test works on a file of its own, a copy of the migrated one, so that it may do with it what it likes; on
PostgreSQL it works on the database of the suite.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connections


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """Its DATABASE_URL. What the test stores is committed."""
    own = connections["default"]
    if own.vendor == "postgresql":
        yield _url(own.settings_dict)
        return
    path = tmp_path / "shared.sqlite3"
    own.ensure_connection()
    copy = sqlite3.connect(path)
    own.connection.backup(copy)
    copy.close()
    # A thread makes its connections from these settings, so it too works on the file.
    connections.settings["default"] = {**own.settings_dict, "NAME": str(path)}
    connections["default"] = connections.create_connection("default")
    yield f"sqlite:///{path}"
    connections["default"].close()
    connections.settings["default"] = own.settings_dict
    connections["default"] = own


def _url(settings: dict[str, Any]) -> str:
    user, password, host = (quote(str(settings[key]), safe="") for key in ("USER", "PASSWORD", "HOST"))
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgres://{user}:{password}@{host}{port}/{settings['NAME']}"
