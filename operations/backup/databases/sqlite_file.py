"""Copying and replacing a SQLite database."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from django.db import connection, connections
from django.utils.translation import gettext as _

from operations.backup.databases.base import FORMER, BackedUpDatabase, migrations_of
from operations.backup.disk import flush_to_disk
from operations.backup.errors import BackupRefused, reason_of
from operations.backup.file.manifest import DatabaseFacts

BUSY_SECONDS = 10
"""How long others may keep us waiting; longer than any transaction of Kalends takes."""


class SqliteFile(BackedUpDatabase):
    """The file that DATABASE_URL names."""

    kind = "sqlite"

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return Path(str(connection.settings_dict["NAME"]))

    def copy_to(self, target: Path) -> DatabaseFacts:
        """Copy by SQLite's online backup, in one step: with a write-ahead log others go on writing meanwhile."""
        try:
            with closing(_opened(self.path, "ro")) as source, closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
                return _facts(copy)
        except sqlite3.Error as error:
            raise BackupRefused(_("The database cannot be copied: %(reason)s.") % {"reason": error}) from error

    def check_copy(self, copy: Path, facts: DatabaseFacts) -> None:
        """Let SQLite check every page and index, and count the rows again."""
        try:
            with closing(_opened(copy, "ro")) as database:
                found = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
                if found != "ok" or _facts(database) != facts:
                    raise BackupRefused(_("The database in the backup is damaged. Take another backup."))
        except sqlite3.Error as error:
            raise BackupRefused(_("The database in the backup is damaged. Take another backup.")) from error

    def row_count(self, table: str) -> int:
        if table not in connection.introspection.table_names():
            return 0
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - our own name
            return int(cursor.fetchone()[0])

    def refuse_if_used(self) -> None:
        connections.close_all()
        with _alone(self.path):
            pass

    @contextmanager
    def replaced_by(self, copy: Path, facts: DatabaseFacts, now: datetime) -> Iterator[str]:
        """The copy is finished beside the database and takes its name at the very end, in one step."""
        path = self.path
        new = path.with_name(f".{path.name}.restored")
        former = path.with_name(f"{path.name}.{FORMER}-{now:%Y%m%dT%H%M%SZ}")
        connections.close_all()
        has_former = path.exists() and _has_tables(path)
        with _alone(path):
            try:
                _take(copy, new)
                connection.settings_dict["NAME"] = str(new)
                yield str(former) if has_former else ""
                connection.close()
                _settle(new)
                if has_former:
                    os.link(path, former)
                new.replace(path)
                flush_to_disk(path.parent)
            except OSError as error:
                words = _("The database cannot be replaced: %(reason)s.")
                raise BackupRefused(words % {"reason": reason_of(error)}) from error
            finally:
                connection.close()
                connection.settings_dict["NAME"] = str(path)
                for end in ("", "-wal", "-shm", "-journal"):
                    new.with_name(new.name + end).unlink(missing_ok=True)

    def advance_ids(self, by: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s", [by])
            cursor.execute(  # tables that never had a row
                "INSERT INTO sqlite_sequence (name, seq) SELECT name, %s FROM sqlite_master WHERE type = 'table'"
                " AND sql LIKE '%%AUTOINCREMENT%%' AND name NOT IN (SELECT name FROM sqlite_sequence)",
                [by],
            )


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    database = sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS)
    database.isolation_level = None
    return database


def _has_tables(path: Path) -> bool:
    with closing(_opened(path, "ro")) as database:
        return bool(database.execute("SELECT EXISTS (SELECT 1 FROM sqlite_master)").fetchone()[0])


def _facts(database: sqlite3.Connection) -> DatabaseFacts:
    names = database.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    ).fetchall()
    counts = {
        name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - a name of a table
        for (name,) in names
    }
    rows = (
        database.execute("SELECT app, name FROM django_migrations").fetchall() if "django_migrations" in counts else []
    )
    return DatabaseFacts("sqlite", 0, "", migrations_of(rows), counts)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Keep all others out of the database. Raises BackupRefused if one of them has it open.

    Whoever has opened a database with a write-ahead log holds a lock, idle or not, so only the last one can end the log
    (sqlite.org/wal.html, "Avoiding Excessively Large WAL Files" and `PRAGMA journal_mode`).
    """
    if not path.exists():
        yield
        return
    with closing(sqlite3.connect(path, timeout=1)) as database:
        database.isolation_level = None
        try:
            database.execute("PRAGMA journal_mode=DELETE")
            database.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise BackupRefused(
                _("Another process uses the database. Stop the web server and the workers, then try again.")
            ) from error
        yield


def _take(copy: Path, new: Path) -> None:
    new.unlink(missing_ok=True)
    try:
        copy.rename(new)
    except OSError:  # another disk
        shutil.copyfile(copy, new)
    new.chmod(0o600)


def _settle(path: Path) -> None:
    """Write everything into the one file, and the file to the disk."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    flush_to_disk(path)
