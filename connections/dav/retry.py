"""iCloud now and then answers one 401 to good credentials."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from connections.dav.errors import Unauthorized

T = TypeVar("T")


def despite_one_401(attempt: Callable[[], T]) -> T:
    """What `attempt` returns, made a second time if the first met a 401. The second one is believed and raised."""
    try:
        return attempt()
    except Unauthorized:
        return attempt()
