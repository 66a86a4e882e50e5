"""Empty databases for programs that measure or try things out, made for one run and gone after it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote


@contextmanager
def database(folder: Path, url: str, purpose: str, *, keep: bool = False) -> Iterator[str]:
    """The URL of an empty database: a file in `folder`, or one made beside that of a PostgreSQL `url` for this run.

    `purpose`, in lower-case letters, is part of its name; with `keep` it stays.
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
