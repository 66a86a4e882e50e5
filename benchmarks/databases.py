"""An empty database for one run of a benchmark or of the soak test, removed afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote


@contextmanager
def database(folder: Path, url: str, purpose: str, *, keep: bool = False) -> Iterator[str]:
    """The URL of an empty database: a SQLite file in `folder`, or a new database on the server of a PostgreSQL `url`.

    `purpose`: lower-case letters, part of the name of a PostgreSQL database. `keep`: do not drop it at the end.
    """
    if not url.startswith("postgres"):
        yield f"sqlite:///{quote(str(folder))}/kalends.sqlite3"
        return
    import psycopg
    from psycopg import sql

    name = f"kalends_{purpose}_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield f"{url.rpartition('/')[0]}/{name}"
        finally:
            if not keep:
                server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
