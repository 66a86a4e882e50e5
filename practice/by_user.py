"""Rows of many people, grouped by whose they are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def by_user(users: Iterable[int], rows: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    """Group rows that come with the key of their user; each of `users` is in the answer, those without rows too."""
    found: dict[int, list[T]] = {user: [] for user in users}
    for user, row in rows:
        found[user].append(row)
    return found
