"""Where the sandbox saves its data: nowhere, or in a SQLite file with one row for each object."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_TABLE = (
    "CREATE TABLE IF NOT EXISTS objects"
    " (kind TEXT, key TEXT, facts TEXT NOT NULL, data BLOB, PRIMARY KEY (kind, key)) WITHOUT ROWID"
)


class Storage:
    """Saves nothing: the sandbox is in memory only."""

    def save(self, kind: str, key: str, facts: dict[str, Any], data: bytes | None = None) -> None:
        """Save or replace one object."""

    def delete(self, kind: str, key: str) -> None:
        """Delete one object; no error when it does not exist."""

    def rows(self, kind: str) -> Iterator[tuple[str, dict[str, Any], bytes | None]]:
        """Every saved object of that kind: key, facts, bytes."""
        return iter(())

    def close(self) -> None:
        """Close the file."""


class FileStorage(Storage):
    """Saves every change in a SQLite file at once, so that nothing is lost when the process is killed."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # The store's lock is held around every call, whichever thread makes it.
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(_TABLE)

    def save(self, kind: str, key: str, facts: dict[str, Any], data: bytes | None = None) -> None:
        row = (kind, key, json.dumps(facts), data)
        self._connection.execute("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)", row)

    def delete(self, kind: str, key: str) -> None:
        self._connection.execute("DELETE FROM objects WHERE kind = ? AND key = ?", (kind, key))

    def rows(self, kind: str) -> Iterator[tuple[str, dict[str, Any], bytes | None]]:
        rows = self._connection.execute("SELECT key, facts, data FROM objects WHERE kind = ?", (kind,))
        return ((key, json.loads(facts), data) for key, facts, data in rows.fetchall())

    def close(self) -> None:
        self._connection.close()
