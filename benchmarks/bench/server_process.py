"""A CalDAV server in a process of its own, so that its CPU is not counted, and the client that controls it.

The process reads one command in JSON from each line of its standard input: fill, edit or requests. Requests are counted
on the server, in the same way for every program.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from types import TracebackType
from typing import IO, Any, Self

from benchmarks.bench import corpus

REPLAYED = ("Content-Type", "Depth", "Accept-Encoding", "Authorization", "User-Agent")


@dataclass(frozen=True, slots=True)
class CalendarAccess:
    """The address of one calendar, with the credentials for it."""

    url: str
    username: str
    password: str
    path: str  # of the calendar

    @property
    def address(self) -> str:
        """The calendar's own URL."""
        return self.url.rstrip("/") + self.path


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """One request as it was sent, so that it can be sent again."""

    method: str
    url: str
    headers: dict[str, str]
    body: str  # base64

    @classmethod
    def of(cls, method: str, url: str, headers: Mapping[str, str | None], body: bytes) -> RecordedRequest:
        kept = {name: value for name in REPLAYED if (value := headers.get(name))}
        return cls(method, url, kept, base64.b64encode(body).decode())


class Host(ABC):
    """The part that runs in the server's process; one subclass for each kind of server."""

    def __init__(self) -> None:
        self._requests: list[RecordedRequest] = []
        self._lock = threading.Lock()

    @abstractmethod
    def fill(self, size: int, today: date) -> CalendarAccess:
        """Create an account with one calendar of `size` events."""

    @abstractmethod
    def put(self, size: int, resources: Iterable[corpus.Resource]) -> None:
        """Store the resources in the calendar of `size` events, as the owner's phone would."""

    def record(self, request: RecordedRequest) -> None:
        """Remember a request that a client sent."""
        with self._lock:
            self._requests.append(request)

    def execute(self, command: Mapping[str, Any]) -> Any:
        """Execute one command; returns its answer, which JSON can represent."""
        match command:
            case {"command": "fill", "size": size, "today": today}:
                return asdict(self.fill(size, date.fromisoformat(today)))
            case {"command": "edit", "size": size, "today": today, "count": count, "edition": edition}:
                indexes, day = corpus.choose(size, count), date.fromisoformat(today)
                return self.put(size, (corpus.edited(index, size, day, edition) for index in indexes))
            case {"command": "requests"}:
                with self._lock:
                    requests, self._requests = self._requests, []
                return [asdict(request) for request in requests]
        raise ValueError(f"unknown command: {command}")


def execute_commands(host: Host) -> None:
    """Execute the commands on standard input until it ends."""
    for line in sys.stdin:
        answer = host.execute(json.loads(line))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


class Server:
    """A running server process, as a context manager."""

    def __init__(self, name: str, module: str, arguments: Sequence[str] = ()) -> None:
        self.name = name
        self._command = [sys.executable, "-m", module, *arguments]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(  # noqa: S603 - our own modules
            self._command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            _pipe(self._process.stdin).close()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def fill(self, size: int, today: date) -> CalendarAccess:
        """Create an account with one calendar of `size` events."""
        return CalendarAccess(**self._send(command="fill", size=size, today=today.isoformat()))

    def edit(self, size: int, today: date, *, count: int, edition: int) -> None:
        """Move `count` events as their owner would; with another `edition` they move to another time."""
        self._send(command="edit", size=size, today=today.isoformat(), count=count, edition=edition)

    def take_requests(self) -> list[RecordedRequest]:
        """The requests since the last call."""
        return [RecordedRequest(**facts) for facts in self._send(command="requests")]

    def _send(self, **command: Any) -> Any:
        if self._process is None:
            raise RuntimeError("the server is not running")
        stdin = _pipe(self._process.stdin)
        stdin.write(json.dumps(command) + "\n")
        stdin.flush()
        answer = _pipe(self._process.stdout).readline()
        if not answer:
            raise RuntimeError(f"{self.name} has ended")
        return json.loads(answer)


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("the process was started without pipes")
    return stream
