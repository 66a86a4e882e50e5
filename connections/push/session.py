"""The session of a push: short, because a worker has many of them to do."""

from __future__ import annotations

import time

from connections import dav
from connections.models import Connection

PUSH_SECONDS = 30.0
MAX_TRIES = 3  # at an event that keeps changing, before the next push goes on


def open_session(connection: Connection) -> dav.Session:
    """A session for one push; a context manager."""
    return dav.Session(connection.account, deadline=time.monotonic() + PUSH_SECONDS)
