"""What is asked once more: iCloud now and then answers one 401 to good credentials, or breaks a connection off."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from connections.dav.errors import TimedOut, Unauthorized, Unavailable

T = TypeVar("T")


def despite_one_401(attempt: Callable[[], T]) -> T:
    """What `attempt` returns, made a second time if the first met a 401. The second one is believed and raised."""
    try:
        return attempt()
    except Unauthorized:
        return attempt()


def despite_one_failure(attempt: Callable[[], T]) -> T:
    """As despite_one_401, and also made a second time after one temporary failure; for somebody who waits.

    Not after an answer that came too late, nor where the server asked for a pause or has too much to do (429, 503).
    """
    try:
        return attempt()
    except Unauthorized:
        return attempt()
    except Unavailable as error:
        if isinstance(error, TimedOut) or error.retry_after is not None or error.status in (429, 503):
            raise
        return attempt()
