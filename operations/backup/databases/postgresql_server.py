"""Copying and replacing a PostgreSQL database, by the programs of PostgreSQL itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from operations.backup.databases import postgresql_programs as programs
from operations.backup.databases.base import FORMER, BackedUpDatabase, migrations_of
from operations.backup.errors import BackupRefused
from operations.backup.file.manifest import DatabaseFacts

KEPT = f"kalends_{FORMER}_"
"""What the schema of a former database begins with."""

UNFINISHED = "Kalends: this restore is not finished; the next one puts these tables back."


class PostgresqlServer(BackedUpDatabase):
    """The database that DATABASE_URL names; its tables lie in the first schema of the search path."""

    kind = "postgresql"

    def copy_to(self, target: Path) -> DatabaseFacts:
        """Dump in the custom format, from the same snapshot from which the rows are counted."""
        server = _server_version()
        programs.refuse_older("pg_dump", server)
        own = connection.copy()  # apart from any transaction of the caller
        try:
            with own.cursor() as cursor:
                cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SELECT pg_export_snapshot(), current_schema()")
                snapshot, schema = cursor.fetchone()
                facts = _facts(cursor, server, schema)
                options = (f"--snapshot={snapshot}", f"--exclude-schema={KEPT}*", f"--file={target}")
                programs.run_program("pg_dump", "--format=custom", "--no-owner", "--no-privileges", *options)
        except DatabaseError as error:
            raise BackupRefused(_("The database cannot be copied: %(reason)s.") % {"reason": _words(error)}) from error
        finally:
            own.close()
        return facts

    def check_copy(self, copy: Path, facts: DatabaseFacts) -> None:
        """Let `pg_restore` read the list of what the dump has, and see that the data of each table is in it."""
        self._refuse_other_server(facts)
        programs.refuse_older("pg_restore", facts.server)
        listed = programs.run_program("pg_restore", "--list", str(copy))
        dumped = {line.split()[6] for line in listed.splitlines() if " TABLE DATA " in line}
        if dumped != set(facts.counts):
            raise BackupRefused(_("The database in the backup is damaged. Take another backup."))

    def row_count(self, table: str) -> int:
        if table not in connection.introspection.table_names():
            return 0
        with connection.cursor() as cursor:
            return _count(cursor, table)

    def refuse_if_used(self) -> None:
        connections.close_all()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            if cursor.fetchone()[0]:
                raise BackupRefused(
                    _("Another process uses the database. Stop the web server and the workers, then try again.")
                )

    @contextmanager
    def replaced_by(self, copy: Path, facts: DatabaseFacts, now: datetime) -> Iterator[str]:
        """The former tables wait in a schema of their own, and come back if anything fails.

        If the process is killed meanwhile, the next restore puts them back before it does anything else.
        """
        _put_back_unfinished()
        former = f"{KEPT}{now:%Y%m%d%H%M%S}"
        has_former = _set_aside(former)
        is_done = False
        try:
            _restore(copy)
            _refuse_other_counts(facts)
            yield former if has_former else ""
            _keep(former, has_former)
            is_done = True
        finally:
            connection.close()  # with whatever transaction failed
            if not is_done:
                _put_back(former)

    def advance_ids(self, by: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, coalesce(last_value, 0) + %s)"
                " FROM pg_sequences WHERE schemaname = current_schema()",
                [by],
            )

    def _refuse_other_server(self, facts: DatabaseFacts) -> None:
        server = _server_version()
        values = {"then": facts.server, "now": server}
        if facts.server > server:
            raise BackupRefused(
                _("The backup was made with PostgreSQL %(then)s, and this is %(now)s. Use a server at least as new.")
                % values
            )
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            schema = cursor.fetchone()[0]
        if facts.schema != schema:
            raise BackupRefused(
                _("The backup has its tables in the schema “%(then)s”, and this database uses “%(now)s”.")
                % {"then": facts.schema, "now": schema}
            )


def _server_version() -> int:
    """The major version."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        return int(cursor.fetchone()[0]) // 10000


def _words(error: DatabaseError) -> str:
    """The first line only: the others may quote a row."""
    return str(error).partition("\n")[0].rstrip(".")


def _count(cursor: CursorWrapper, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - the name of a table
    return int(cursor.fetchone()[0])


def _tables(cursor: CursorWrapper, schema: str) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY tablename", [schema])
    return [name for (name,) in cursor.fetchall()]


def _facts(cursor: CursorWrapper, server: int, schema: str) -> DatabaseFacts:
    counts = {table: _count(cursor, table) for table in _tables(cursor, schema)}
    rows: list[Any] = []
    if "django_migrations" in counts:
        cursor.execute("SELECT app, name FROM django_migrations")
        rows = cursor.fetchall()
    return DatabaseFacts("postgresql", server, schema, migrations_of(rows), counts)


def _refuse_other_counts(facts: DatabaseFacts) -> None:
    with connection.cursor() as cursor:
        if _facts(cursor, facts.server, facts.schema) != facts:
            raise BackupRefused(_("The database in the backup is damaged. Take another backup."))


def _restore(copy: Path) -> None:
    """All or nothing. What a schema, its comments and its rights are is left to this server."""
    listed = programs.run_program("pg_restore", "--list", str(copy))
    wanted = copy.with_name("list")
    wanted.write_text("\n".join(line for line in listed.splitlines() if not _is_of_the_server(line)))
    programs.run_program(
        "pg_restore", "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-comments",
        f"--use-list={wanted}", f"--dbname={connection.settings_dict['NAME']}", str(copy),
    )  # fmt: skip


def _is_of_the_server(line: str) -> bool:
    words = line.split()
    return len(words) > 3 and words[3] in ("SCHEMA", "COMMENT", "ACL")


def _set_aside(former: str) -> bool:
    """Move all tables, with their indexes and sequences, into a new schema; False if there are none."""
    quote = connection.ops.quote_name
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT current_schema()")
            tables = _tables(cursor, cursor.fetchone()[0])
            cursor.execute(f"CREATE SCHEMA {quote(former)}")
            cursor.execute(f"COMMENT ON SCHEMA {quote(former)} IS '{UNFINISHED}'")
            for table in tables:
                cursor.execute(f"ALTER TABLE {quote(table)} SET SCHEMA {quote(former)}")
    except DatabaseError as error:
        words = _(
            "The former tables cannot be kept: %(reason)s. Make the user of DATABASE_URL the owner of the database."
        )
        raise BackupRefused(words % {"reason": _words(error)}) from error
    return bool(tables)


def _keep(former: str, has_former: bool) -> None:
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(former)
        if has_former:
            cursor.execute(f"COMMENT ON SCHEMA {name} IS 'Kalends: the tables before a restore'")
        else:
            cursor.execute(f"DROP SCHEMA {name}")


def _put_back(former: str) -> None:
    """Drop what was restored, and move the former tables where they were."""
    quote = connection.ops.quote_name
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        schema = cursor.fetchone()[0]
        for table in _tables(cursor, schema):
            cursor.execute(f"DROP TABLE {quote(schema)}.{quote(table)} CASCADE")
        for table in _tables(cursor, former):
            cursor.execute(f"ALTER TABLE {quote(former)}.{quote(table)} SET SCHEMA {quote(schema)}")
        cursor.execute(f"DROP SCHEMA {quote(former)}")


def _put_back_unfinished() -> None:
    """After a restore that was killed. There is one at most."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE obj_description(oid, 'pg_namespace') = %s", [UNFINISHED])
        for (name,) in cursor.fetchall():
            _put_back(name)
