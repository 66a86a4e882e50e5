"""A process that dies in the middle of its work, between two statements to the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connection as database


class Killed(BaseException):
    """The process is no more: nothing runs after it, no `except` and no statement."""


class Interrupted(KeyboardInterrupt):
    """The process is asked to end, and may tidy up."""


@contextmanager
def dies_at(statement: int, how: type[BaseException]) -> Iterator[None]:
    """The process dies where it sends its n-th statement to the database."""
    left = statement

    def strike(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal left
        left -= 1
        dead = left < 0 and how is Killed and not sql.startswith(("ROLLBACK", "RELEASE"))
        if left == 0 or dead:
            raise how
        return execute(sql, *rest)

    with database.execute_wrapper(strike), suppress(how):
        yield
