"""The log of requests: enough to count them and to prove which hosts got no password."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import Any

MAX_KEPT = 20_000  # entries; a demo may run for days


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request as the sandbox received it, without passwords and bodies."""

    method: str
    host: str  # "entry", "pod", "old pod", "stranger"
    path: str
    depth: str = ""
    conditions: dict[str, str] = field(default_factory=dict)  # If-Match, If-None-Match
    authorized: bool = False  # whether Authorization was sent, right or wrong
    status: int = 0  # 0: no answer was given
    body_bytes: int = 0  # size of the answer's body as sent
    report: str = ""  # sync-collection, calendar-multiget, calendar-query
    agent: str = ""  # User-Agent
    fault: str = ""  # the name of the fault that was applied


class Log(list[LoggedRequest]):
    """A list of requests, oldest first; threads may append to it at the same time."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()

    def append(self, request: LoggedRequest) -> None:
        """Add a request; the oldest are removed beyond MAX_KEPT."""
        with self._lock:
            super().append(request)
            if len(self) > MAX_KEPT:
                del self[: len(self) - MAX_KEPT]

    def matching(self, **facts: Any) -> list[LoggedRequest]:
        """The requests that have all these values: `log.matching(method="PUT", status=412)`."""
        return [item for item in list(self) if all(getattr(item, key) == value for key, value in facts.items())]

    def summary(self, **facts: Any) -> list[str]:
        """One short line each, for a readable assert: `PROPFIND /1/calendars/ 1 207`."""
        return [
            " ".join(filter(None, (item.report or item.method, item.path, item.depth, str(item.status))))
            for item in self.matching(**facts)
        ]
