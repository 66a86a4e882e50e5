"""Sends one request over a connection that is kept open for whichever account of the same host comes next.

Most polls are one PROPFIND that finds nothing new, and opening a connection with TLS costs several times what the
request does. So connections are kept here by origin, for all accounts of a process. Nothing else is shared: every
request carries its own Authorization, there are no cookies, and a connection on which anything was out of order is
closed, so that no answer can be taken for that of another account. A connection that may lead into a private network
is only used for accounts that may ask that host.

The niquests session of `client` is not used for this, because each account would need one of its own, and its layers
cost more than the exchange itself. httptools (the parser of Node.js) reads the answers.
"""

from __future__ import annotations

import os
import select
import socket
import ssl
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from functools import lru_cache
from threading import Lock
from urllib.parse import quote, urlsplit

import httptools
import idna
import wassima

from connections.dav.addresses import is_allowed
from connections.dav.sockets import open_connection
from connections.dav.urls import DEFAULT_PORTS, Credentials, host_of, origin_of

from .client import CHUNK, MAX_BODY, USER_AGENT, Answer, Exchanges, interrupted, unpacked
from .errors import ForeignHost, TooLarge

MAX_IDLE_SECONDS = 90.0  # polls come once a minute
MAX_IDLE = 256  # connections of a process that nobody uses
MAX_HEAD = 64 * 1024  # of an answer
# What may stand in the query of a redirect; anything else would end the request line or the header.
QUERY = "/?:@!$&'()*+,;=%~"


Place = tuple[str, bool]
"""An origin, and whether its host is one of the allowed private hosts."""


class _ClosedUnanswered(OSError):
    """The server closed the connection before the first octet of an answer."""


class KeptClient(Exchanges):
    """A client for one account over kept connections. As `Client`, with these methods only."""

    def __init__(self, account: Credentials, *, timeout: float, deadline: float | None) -> None:
        self.entry = origin_of(account.url)
        if account.url and not self.entry:
            raise ForeignHost(host_of(account.url))
        self.password = account.password
        self.provider = account.provider
        self.answers = Counter()
        self.timeout_seconds = timeout
        self.deadline = deadline
        self._private_hosts = account.private_hosts
        self._sign_in: dict[str, str] = {}
        if account.username or account.password:
            basic = b64encode(f"{account.username}:{account.password}".encode()).decode()
            self._sign_in["Authorization"] = f"Basic {basic}"

    def interrupt(self) -> None:
        """A single request ends at its time limit; nobody interrupts it."""

    def close(self) -> None:
        """Connections stay open for others."""

    def _exchange(self, method: str, url: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        until = self._time_limit(path)
        self.requests += 1
        request = self._head(method, url, len(body), headers) + body
        try:
            received = self._answered(origin_of(url), request, path, until)
        except (OSError, httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            is_late = isinstance(error, TimeoutError) or time.monotonic() >= until
            raise interrupted(error, method, url, path, is_late=is_late) from None
        content = unpacked(received.chunks, received.headers.get("content-encoding", ""), path)
        return Answer(path, origin_of(url), received.status, received.headers, content, until)

    def _head(self, method: str, url: str, length: int, headers: Mapping[str, str]) -> bytes:
        parts = urlsplit(url)
        query = f"?{quote(parts.query, safe=QUERY)}" if parts.query else ""
        sent = {
            "Host": _host_header(origin_of(url)),
            "User-Agent": USER_AGENT,
            "Accept": "*/*",
            "Accept-Encoding": "gzip",
            **self._sign_in,
            **headers,
            "Content-Length": str(length),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in sent.items())
        return f"{method} {parts.path or '/'}{query} HTTP/1.1\r\n{lines}\r\n".encode("ascii")

    def _answered(self, origin: str, request: bytes, path: str, until: float) -> _Received:
        """Over a kept connection; if the server has given that up meanwhile, over a new one."""
        place = origin, is_allowed(urlsplit(origin).hostname or "", self._private_hosts)
        kept = CONNECTIONS.take(place)
        if kept is not None:
            with suppress(_ClosedUnanswered):
                return self._over(kept, place, request, path, until)
        fresh = _connected(origin, self._time_left(until), self._private_hosts)
        return self._over(fresh, place, request, path, until)

    def _over(self, connection: socket.socket, place: Place, request: bytes, path: str, until: float) -> _Received:
        received = _Received()
        try:
            self._send(connection, request, until)
            self._receive(connection, received, path, until)
        finally:
            if received.reusable:
                CONNECTIONS.keep(place, connection)
            else:
                connection.close()
        return received

    def _send(self, connection: socket.socket, request: bytes, until: float) -> None:
        connection.settimeout(self._time_left(until))
        try:
            connection.sendall(request)
        except (ConnectionError, ssl.SSLError) as error:
            raise _ClosedUnanswered from error

    def _receive(self, connection: socket.socket, received: _Received, path: str, until: float) -> None:
        while not received.complete:
            connection.settimeout(self._time_left(until))
            try:
                data = connection.recv(CHUNK)
            except ConnectionError as error:
                raise error if received.size else _ClosedUnanswered from error
            received.feed(data, path)
            # Where something always comes in no single read is ever late.
            if time.monotonic() >= until and not received.complete:
                raise TimeoutError


class _Received:
    """An answer as it comes in: what the parser calls."""

    def __init__(self) -> None:
        self.size = 0  # octets that came in
        self.status = 0
        self.headers: dict[str, str] = {}
        self.chunks: list[bytes] = []
        self.body_size = 0
        self.has_head = False
        self.complete = False
        self.reusable = False  # may the connection serve another request?
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes, path: str) -> None:
        """Take octets as they came in; none for the end. Raises OSError, HttpParserError, TooLarge."""
        if not data:
            self._end()
        self.size += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.reusable = False
            if not self.complete:
                raise
        if not self.has_head and self.size > MAX_HEAD:
            raise OSError("the head of the answer is too long")
        if self.body_size > MAX_BODY:
            raise TooLarge("the answer is larger than 32 MiB", path=path)

    def _end(self) -> None:
        """The server closed the connection: the end of a body of unknown length (RFC 9112 6.3), else too early."""
        if not self.size:
            raise _ClosedUnanswered("the server closed the connection")
        if not self.has_head or self.headers.keys() & {"content-length", "transfer-encoding"}:
            raise OSError("the answer was cut off")
        self.complete = True

    def on_message_begin(self) -> None:
        """What follows a complete answer belongs to no request, so the connection is of no further use."""
        if self.complete:
            self.reusable = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header line; repeated ones are joined (RFC 9110 5.3)."""
        if not self.complete:
            key, text = name.decode("latin-1").lower(), value.decode("latin-1")
            self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text

    def on_headers_complete(self) -> None:
        """The end of a head."""
        if not self.complete:
            self.status, self.has_head = self._parser.get_status_code(), True

    def on_body(self, chunk: bytes) -> None:
        """A part of the body, without the framing of chunks."""
        if not self.complete:
            self.chunks.append(chunk)
            self.body_size += len(chunk)

    def on_message_complete(self) -> None:
        """The end of the answer, or of an interim one (1xx), after which it is still to come."""
        if self.complete:
            return
        if 100 <= self.status < 200:
            self.headers, self.has_head = {}, False
            return
        self.complete, self.reusable = True, self._parser.should_keep_alive()


class KeptConnections:
    """The connections of this process that nobody uses just now, by place."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._idle: dict[Place, list[tuple[float, socket.socket]]] = {}
        self._count = 0
        self._cleaned_at = time.monotonic()

    def take(self, place: Place) -> socket.socket | None:
        """A connection to `place` for the caller alone, the latest used one that is still good; None if there is none.

        Those that the server has closed are closed, and so is one with octets that nobody asked for.
        """
        while (found := self._pop(place)) is not None:
            used_at, connection = found
            if time.monotonic() - used_at <= MAX_IDLE_SECONDS and _is_silent(connection):
                return connection
            connection.close()
        return None

    def _pop(self, place: Place) -> tuple[float, socket.socket] | None:
        with self._lock:
            idle = self._idle.get(place)
            if not idle:
                return None
            self._count -= 1
            return idle.pop()

    def keep(self, place: Place, connection: socket.socket) -> None:
        """Leave a connection to whoever needs one to `place` next; those that nobody needs are closed in time."""
        now = time.monotonic()
        with self._lock:
            self._idle.setdefault(place, []).append((now, connection))
            self._count += 1
            if self._count <= MAX_IDLE and now - self._cleaned_at < MAX_IDLE_SECONDS:
                return
        self.close_idle(now)

    def close_idle(self, now: float, seconds: float = MAX_IDLE_SECONDS) -> None:
        """Close those that nobody has used for so many seconds before `now` (monotonic), and the oldest of too many."""
        with self._lock:
            every = sorted(
                ((used_at, place, connection) for place, idle in self._idle.items() for used_at, connection in idle),
                key=lambda one: one[0],
            )
            kept = [one for one in every if now - one[0] <= seconds][-MAX_IDLE:]
            self._idle, self._count, self._cleaned_at = {}, len(kept), now
            for used_at, place, connection in kept:
                self._idle.setdefault(place, []).append((used_at, connection))
        for _used_at, _place, connection in every[: len(every) - len(kept)]:
            connection.close()

    def abandon(self) -> None:
        """In a process that was just forked: close its copies, which leaves the connections to the parent."""
        idle = self._idle
        KeptConnections.__init__(self)
        for _used_at, connection in (one for some in idle.values() for one in some):
            connection.close()


CONNECTIONS = KeptConnections()
os.register_at_fork(after_in_child=CONNECTIONS.abandon)


def _is_silent(connection: socket.socket) -> bool:
    """Is the connection still open, with nothing to read on it? What TLS itself sends is read and does not count."""
    poller = select.poll()
    poller.register(connection, select.POLLIN)
    if not poller.poll(0):
        return True
    connection.settimeout(0)
    try:
        connection.recv(1)
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    except OSError:
        return False
    return False


def _connected(origin: str, timeout: float, private_hosts: frozenset[str]) -> socket.socket:
    """A new connection to `origin`, with TLS where its scheme says so. `timeout` for all of it."""
    until = time.monotonic() + timeout
    parts = urlsplit(origin)
    host = _ascii_host(parts.hostname or "")
    connection = open_connection((host, parts.port or DEFAULT_PORTS[parts.scheme]), timeout, private_hosts)
    if parts.scheme != "https":
        return connection
    with ExitStack() as given_up:
        given_up.callback(connection.close)
        connection.settimeout(max(until - time.monotonic(), 0.001))
        secured = _trust(wassima.generate_ca_bundle()).wrap_socket(connection, server_hostname=host)
        given_up.pop_all()
    return secured


@lru_cache(maxsize=1)
def _trust(authorities: str) -> ssl.SSLContext:
    """What every connection needs for TLS: the certificate authorities of the system, as in the niquests session."""
    context = ssl.create_default_context(cadata=authorities)
    context.set_alpn_protocols(["http/1.1"])
    return context


@lru_cache(maxsize=1024)
def _host_header(origin: str) -> str:
    parts = urlsplit(origin)
    host = _ascii_host(parts.hostname or "")
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f"{host}:{parts.port}"


def _ascii_host(host: str) -> str:
    return host if host.isascii() else idna.encode(host, uts46=True).decode()
