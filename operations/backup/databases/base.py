"""What a backup needs of a database; `sqlite_file` and `postgresql_server` do it for one kind each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from operations.backup.file.manifest import DatabaseFacts

FORMER = "before_restore"
"""What the names of kept former databases have; nobody backs these up."""


class BackedUpDatabase(ABC):
    """The database of this deployment."""

    kind: str

    @abstractmethod
    def copy_to(self, target: Path) -> DatabaseFacts:
        """Write a consistent copy, which has nothing that is written meanwhile. Raises BackupRefused."""

    @abstractmethod
    def check_copy(self, copy: Path, facts: DatabaseFacts) -> None:
        """Raises BackupRefused if such a copy cannot be read, or not by what is installed here."""

    @abstractmethod
    def row_count(self, table: str) -> int:
        """How many rows a table has; 0 if there is none of that name."""

    @abstractmethod
    def refuse_if_used(self) -> None:
        """Raises BackupRefused if another process is connected, as far as that can be seen."""

    @abstractmethod
    def replaced_by(self, copy: Path, facts: DatabaseFacts, now: datetime) -> AbstractContextManager[str]:
        """Work on the restored copy inside the block; what is yielded names the former database.

        It counts when the block ends. If the block raises, the former database is as it was.
        """

    @abstractmethod
    def advance_ids(self, by: int) -> None:
        """Let the next id of each table be so much higher than it would have been."""


def migrations_of(rows: list[tuple[str, str]]) -> list[str]:
    """`app.name` of each row of django_migrations, sorted."""
    return sorted(f"{app}.{name}" for app, name in rows)
