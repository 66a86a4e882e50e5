"""A deployment of its own, as `deployment`: import the fixture where it is used.

Its database can be opened by others, and its uploads and erased.log lie in a folder of the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from operations.backup.keys import new_backup_key
from tests.shared_database import shared_database  # noqa: F401 - a fixture


@dataclass(frozen=True)
class Deployment:
    """Where things lie; `target` is a file for a backup, in a folder of its own, and `url` the DATABASE_URL."""

    home: Path
    target: Path
    key: str
    url: str

    @property
    def erased_log(self) -> Path:
        return self.home / "data" / "erased.log"

    @property
    def uploads(self) -> Path:
        return self.home / "data" / "uploads"

    def upload(self, name: str, content: bytes) -> Path:
        """Store an upload."""
        path = self.uploads / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def uploaded(self) -> dict[str, bytes]:
        """All uploads, by their names."""
        files = [path for path in self.uploads.rglob("*") if path.is_file()]
        return {path.relative_to(self.uploads).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def deployment(
    shared_database: str,  # noqa: F811
    settings: Settings,
    tmp_path: Path,
) -> Iterator[Deployment]:
    home, target = tmp_path / "home", tmp_path / "elsewhere" / "kalends.backup"
    (home / "data").mkdir(parents=True)
    target.parent.mkdir()
    made = Deployment(home, target, new_backup_key(), shared_database)
    settings.HOME, settings.ERASED_LOG, settings.MEDIA_ROOT = home, made.erased_log, made.uploads
    yield made
    if connection.vendor == "postgresql":
        drop_former()


def drop_former() -> None:
    """Drop the schemas of former databases, which a test leaves in the database of the suite."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'kalends_before_restore_%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP SCHEMA {connection.ops.quote_name(name)} CASCADE")
