"""A server with one calendar file, which a test can change, and every fault that such servers have."""

from __future__ import annotations

import gzip
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import StrEnum
from threading import Event
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from connections.dav import Credentials
from tests.servers import Asked, asked_of, serve

SECRET = "private-5ec0e7f1"  # in the path and in the query: nothing may tell it
FIRST_CHANGE = 1_790_000_000  # seconds since 1970; each further change is one second later
TOO_MUCH = 33 * 1024 * 1024
CHUNK = b"X-FILLER:" + b"x" * 65_000 + b"\r\n"
PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


class Fault(StrEnum):
    """What is wrong with the server; NONE for nothing."""

    NONE = ""
    HALF_A_FILE = "half_a_file"  # with the length of the half
    CUT_CONNECTION = "cut_connection"  # with the length of the whole
    HTML = "html"  # a sign-in page with status 200
    ALWAYS_304 = "always_304"  # whatever was asked
    STRANGER = "stranger"  # a redirect to `location`
    ENDLESS = "endless"  # a file that does not end
    SLOW = "slow"  # a file that comes one octet at a time
    CUT_GZIP = "cut_gzip"
    GZIP_BOMB = "gzip_bomb"


@dataclass
class FeedServer:
    """The file at `address`, and what is wrong with it.

    `fault` is one of `Fault`, or an HTTP status with which everything is answered (with `retry_after`). `has_etag` and
    `has_modified` say what validators an answer has. `statuses` counts the answers by status; `requests` has what was
    asked. Before it answers it calls `pause`.
    """

    data: bytes
    url: str = ""
    fault: Fault | int = Fault.NONE
    has_etag: bool = True
    has_modified: bool = True
    zips: bool = True
    location: str = "https://stranger.example/feed.ics"
    retry_after: str = ""
    statuses: Counter[int] = field(default_factory=Counter)
    requests: list[Asked] = field(default_factory=list)
    closed: Event = field(default_factory=Event)
    pause: Callable[[], object] = lambda: None
    _versions: list[bytes] = field(default_factory=list)

    @property
    def address(self) -> str:
        """The secret address of the file."""
        return f"{self.url}calendars/{SECRET}/basic.ics?token={SECRET}"

    def account(self, validators: dict[str, str] | None = None) -> Credentials:
        """What a session needs to read it."""
        return Credentials(self.address, "", "", provider="ics", validators=validators or {})

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        self.requests.append(asked_of(environ))
        self.pause()
        status, headers, body = self._answer(self.requests[-1])
        self.statuses[status] += 1
        if isinstance(body, bytes):
            headers = {"Content-Length": str(len(body))} | headers
        start_response(f"{status} Said So", list(headers.items()))
        return [body] if isinstance(body, bytes) else body

    def _answer(self, asked: Asked) -> tuple[int, dict[str, str], bytes | Iterator[bytes]]:
        if isinstance(self.fault, Fault) and self.fault in _FAULTS:
            return _FAULTS[self.fault](self)
        if isinstance(self.fault, int):
            return self.fault, {"Retry-After": self.retry_after} if self.retry_after else {}, PAGE
        if self._is_known(asked):
            return 304, self._validators(), b""
        return self._file(self.data)

    def _file(self, data: bytes) -> tuple[int, dict[str, str], bytes | Iterator[bytes]]:
        headers = {"Content-Type": "text/calendar; charset=utf-8"} | self._validators()
        if self.zips:
            return 200, headers | {"Content-Encoding": "gzip"}, gzip.compress(data, mtime=0)
        return 200, headers, data

    def _validators(self) -> dict[str, str]:
        etag = {"ETag": f'"{hashlib.sha256(self.data).hexdigest()[:16]}"'} if self.has_etag else {}
        return etag | ({"Last-Modified": self._modified()} if self.has_modified else {})

    def _modified(self) -> str:
        """When the file was changed: each content that it ever had counts as one change."""
        if self.data not in self._versions:
            self._versions.append(self.data)
        return formatdate(FIRST_CHANGE + self._versions.index(self.data), usegmt=True)

    def _is_known(self, asked: Asked) -> bool:
        """RFC 9110 13.2.2: If-Modified-Since counts only without If-None-Match."""
        now = self._validators()
        if "if-none-match" in asked.headers:
            return asked.headers["if-none-match"] == now.get("ETag")
        return "if-modified-since" in asked.headers and asked.headers["if-modified-since"] == now.get("Last-Modified")

    def _drops(self, data: bytes) -> Iterator[bytes]:
        for octet in data:
            if self.closed.wait(0.01):
                return
            yield bytes([octet])

    def _forever(self) -> Iterator[bytes]:
        yield b"BEGIN:VCALENDAR\r\n"
        while not self.closed.is_set():
            yield CHUNK


CALENDAR = {"Content-Type": "text/calendar; charset=utf-8"}
GZIP = CALENDAR | {"Content-Encoding": "gzip"}
_FAULTS: dict[Fault, Callable[[FeedServer], tuple[int, dict[str, str], Any]]] = {
    Fault.HALF_A_FILE: lambda server: server._file(server.data[: len(server.data) // 2]),
    Fault.CUT_CONNECTION: lambda server: (
        200,
        CALENDAR | {"Content-Length": str(len(server.data))},
        iter([server.data[: len(server.data) // 2]]),
    ),
    Fault.HTML: lambda server: (200, {"Content-Type": "text/html"}, PAGE),
    Fault.ALWAYS_304: lambda server: (304, {}, b""),
    Fault.STRANGER: lambda server: (302, {"Location": server.location}, b""),
    Fault.ENDLESS: lambda server: (200, CALENDAR, server._forever()),
    Fault.SLOW: lambda server: (200, CALENDAR, server._drops(server.data)),
    Fault.CUT_GZIP: lambda server: (200, GZIP, gzip.compress(server.data, mtime=0)[:-20]),
    Fault.GZIP_BOMB: lambda server: (200, GZIP, gzip.compress(b" " * TOO_MUCH, mtime=0)),
}


def event_text(uid: str, start: str, end: str, *more: str, zone: str = "Europe/Berlin") -> str:
    """A VEVENT. Times like 20261201T100000; they float with `zone=""`."""
    tzid = f";TZID={zone}" if zone else ""
    lines = [f"UID:{uid}", "DTSTAMP:20261129T120000Z", f"DTSTART{tzid}:{start}", f"DTEND{tzid}:{end}", *more]
    return "\r\n".join(["BEGIN:VEVENT", *lines, "END:VEVENT"])


def feed_text(*components: str, head: Iterable[str] = ("X-WR-CALNAME:Club",)) -> bytes:
    """A calendar file with these components, without VTIMEZONE."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//Club//EN", *head, *components, "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


TRAINING = event_text("training@club.example", "20261201T180000", "20261201T193000", "SUMMARY:Training")
MATCH = event_text("match@club.example", "20261205T140000", "20261205T160000", "SUMMARY:Match")


@pytest.fixture
def feed_server() -> Iterator[FeedServer]:
    """A server with a file of two events, one on the first and one on the fifth of December 2026."""
    server = FeedServer(feed_text(TRAINING, MATCH))
    for served in serve(server):
        server.url = served.url
        yield server
        server.closed.set()
