"""A server under test in a process of its own, so that its CPU is not counted, and the hand that turns it.

The process speaks JSON, one line for each order on its standard input: fill, edit, asked. Any client's requests are
counted on the server's side, so that all are counted alike.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from types import TracebackType
from typing import IO, Any, Self

from benchmarks.bench import corpus

REPLAYED = ("Content-Type", "Depth", "Accept-Encoding", "Authorization", "User-Agent")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one calendar is and who may read it."""

    url: str
    username: str
    password: str
    path: str  # of the calendar

    @property
    def address(self) -> str:
        """The calendar's own URL."""
        return self.url.rstrip("/") + self.path


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it was sent, to be sent again by the floor."""

    method: str
    url: str
    headers: dict[str, str]
    body: str  # base64

    @classmethod
    def of(cls, method: str, url: str, headers: Mapping[str, str | None], body: bytes) -> Asked:
        kept = {name: value for name in REPLAYED if (value := headers.get(name))}
        return cls(method, url, kept, base64.b64encode(body).decode())


class Host(ABC):
    """The server's side of the conversation; one for each kind of server."""

    def __init__(self) -> None:
        self._asked: list[Asked] = []
        self._lock = threading.Lock()

    @abstractmethod
    def fill(self, size: int, today: date) -> Place:
        """Make an account with one calendar of `size` events."""

    @abstractmethod
    def put(self, size: int, resources: Iterable[corpus.Resource]) -> None:
        """Store these in the calendar of `size` events, as the owner's phone would."""

    def note(self, asked: Asked) -> None:
        """Remember a request."""
        with self._lock:
            self._asked.append(asked)

    def obey(self, order: Mapping[str, Any]) -> Any:
        """Carry out one order; what it answers."""
        match order:
            case {"order": "fill", "size": size, "today": today}:
                return asdict(self.fill(size, date.fromisoformat(today)))
            case {"order": "edit", "size": size, "today": today, "count": count, "edition": edition}:
                indexes, day = corpus.choose(size, count), date.fromisoformat(today)
                return self.put(size, (corpus.edited(index, size, day, edition) for index in indexes))
            case {"order": "asked"}:
                with self._lock:
                    asked, self._asked = self._asked, []
                return [asdict(one) for one in asked]
        raise ValueError(f"no such order: {order}")


def obey(host: Host) -> None:
    """Carry out the orders on standard input until it ends."""
    for line in sys.stdin:
        answer = host.obey(json.loads(line))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


class Server:
    """The hand on a server's process. A context manager."""

    def __init__(self, name: str, module: str, arguments: Sequence[str] = ()) -> None:
        self.name = name
        self._command = [sys.executable, "-m", module, *arguments]
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(self._command, text=True, **pipes)  # noqa: S603 - our own modules
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

    def fill(self, size: int, today: date) -> Place:
        """Make an account with one calendar of `size` events."""
        return Place(**self._order(order="fill", size=size, today=today.isoformat()))

    def edit(self, size: int, today: date, *, count: int, edition: int) -> None:
        """Let the owner move `count` events; `edition` makes it differ from the last time."""
        self._order(order="edit", size=size, today=today.isoformat(), count=count, edition=edition)

    def asked(self) -> list[Asked]:
        """The requests since this was asked last."""
        return [Asked(**one) for one in self._order(order="asked")]

    def _order(self, **order: Any) -> Any:
        if self._process is None:
            raise RuntimeError("the server is not running")
        into = _pipe(self._process.stdin)
        into.write(json.dumps(order) + "\n")
        into.flush()
        answer = _pipe(self._process.stdout).readline()
        if not answer:
            raise RuntimeError(f"{self.name} has ended")
        return json.loads(answer)


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("no pipe")
    return stream


Start = Callable[[], Server]
