"""What a backup says about itself, the last of its parts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Part:
    """One file of the backup: its size in octets and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    """What the copied database has.

    `kind` is `sqlite` or `postgresql`, `server` the major version of PostgreSQL (0 for SQLite), `schema` the one that
    has the tables, `migrations` those that were applied (`app.name`), `counts` the number of rows of each table.
    """

    kind: str
    server: int
    schema: str
    migrations: list[str]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Manifest:
    """`made_at` is when the copy was begun (UTC), `fernet_keys` are fingerprints, `parts` all files but this one."""

    version: str
    made_at: datetime
    database: DatabaseFacts
    fernet_keys: list[str]
    parts: dict[str, Part] = field(default_factory=dict)
    format: int = FORMAT

    def to_json(self) -> bytes:
        """JSON, UTF-8."""
        values = asdict(self) | {"made_at": self.made_at.isoformat()}
        return json.dumps(values, indent=1, sort_keys=True).encode()


def format_of(data: bytes) -> int:
    """The version of the format of a manifest, which may be newer than FORMAT. Raises ValueError for no manifest."""
    values = json.loads(data)
    if not isinstance(values, dict) or not isinstance(values.get("format"), int):
        raise ValueError("no manifest")
    return int(values["format"])


def read_manifest(data: bytes) -> Manifest:
    """The manifest that `to_json` wrote, of FORMAT. Raises ValueError if it is none."""
    values: dict[str, Any] = json.loads(data)
    try:
        return Manifest(
            version=values["version"],
            made_at=datetime.fromisoformat(values["made_at"]),
            database=DatabaseFacts(**values["database"]),
            fernet_keys=list(values["fernet_keys"]),
            parts={name: Part(**part) for name, part in values["parts"].items()},
            format=values["format"],
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no manifest") from error
