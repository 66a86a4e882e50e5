"""Backing a deployment up and restoring it, for the tests of restoring."""

from __future__ import annotations

import dataclasses
import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from bookings.models import Client
from operations.backup.errors import BackupRefused
from operations.backup.file import archive
from operations.backup.file.manifest import Manifest
from operations.backup.file.reading import read_backup
from operations.backup.file.sealing import encrypted_into
from operations.backup.keys import identity_of
from operations.backup.restoring import Restored, restore_backup
from operations.backup.writing import write_backup
from tests.factories import NOW
from tests.operations.backup.deployment import Deployment

LATER = NOW + timedelta(hours=5)


def backed_up(deployment: Deployment) -> Manifest:
    return write_backup(deployment.target, now=NOW, key=deployment.key)


def restored(
    deployment: Deployment, *, replace: bool = True, erased: Path | None = None, key: str | None = None
) -> Restored:
    given = deployment.key if key is None else key
    return restore_backup(deployment.target, key=given, erased=erased, now=LATER, replace=replace)


def refused(deployment: Deployment, *, replace: bool = True, erased: Path | None = None, key: str | None = None) -> str:
    """Why the backup is not restored; clients, uploads and files of the database are then as they were."""
    before = state(deployment)
    with pytest.raises(BackupRefused) as caught:
        restored(deployment, replace=replace, erased=erased, key=key)
    assert state(deployment) == before
    return str(caught.value)


def state(deployment: Deployment) -> tuple[object, ...]:
    with connection.cursor() as cursor:
        tables = sorted(connection.introspection.table_names(cursor))
    connection.close()
    database = Path(str(connection.settings_dict["NAME"]))
    files = sorted(path.name for path in database.parent.glob("*sqlite3*") if not path.name.endswith(("-wal", "-shm")))
    clients = list(Client.objects.order_by("pk").values_list("pk", "name", "erased_at"))
    return tables, clients, deployment.uploaded(), files, sorted(deployment.home.rglob("*")), former_schemas()


def former_schemas() -> list[str]:
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'kalends_before_restore_%'")
        return [name for (name,) in cursor.fetchall()]


def former_clients(done: Restored) -> list[tuple[str]]:
    """The names of the clients of the former database."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(done.former)) as database:
            return database.execute("SELECT name FROM bookings_client").fetchall()
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT name FROM "{done.former}".bookings_client')
        return list(cursor.fetchall())


def sealed_again(deployment: Deployment, change: Callable[[Manifest], Manifest], *, cut: int = 0) -> None:
    """Write the backup once more, with another manifest and so many octets less of the database."""
    folder = Path(tempfile.mkdtemp(dir=deployment.home))
    manifest = read_backup(deployment.target, folder, identity_of(deployment.key))
    with (folder / archive.DATABASE).open("r+b") as database:
        database.truncate((folder / archive.DATABASE).stat().st_size - cut)
    with (
        deployment.target.open("wb") as file,
        encrypted_into(file, identity_of(deployment.key)) as stream,
        archive.archive_into(stream) as writer,
    ):
        writer.add_file(archive.DATABASE, folder / archive.DATABASE)
        writer.add_manifest(change(dataclasses.replace(manifest, parts=writer.parts)).to_json())


def in_tests(deployment: Deployment) -> dict[str, str]:
    """The environment of a process that uses the database of the test."""
    return {"DATABASE_URL": deployment.url, "DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": os.environ["PATH"]}
