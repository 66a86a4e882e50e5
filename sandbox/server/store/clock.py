"""The sandbox's clock: real time, moved on at will so that nobody has to wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta


class Clock:
    """Tell the time in UTC; `advance` moves it on."""

    def __init__(self, source: Callable[[], datetime] | None = None) -> None:
        self._source = source or (lambda: datetime.now(UTC))
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return self._source().astimezone(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass at once."""
        self._ahead += timedelta(seconds=seconds)
