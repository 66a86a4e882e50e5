"""The sandbox's clock: real time, which tests can move forward instead of waiting."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """A clock in UTC. `source`: returns the current time, aware; by default the real time."""

    def __init__(self, source: Callable[[], datetime] | None = None) -> None:
        self._source = source or (lambda: datetime.now(UTC))
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The current time, aware, in UTC."""
        return self._source().astimezone(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._ahead += timedelta(seconds=seconds)
