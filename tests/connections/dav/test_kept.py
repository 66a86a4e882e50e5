"""Connections that are kept for other accounts of the same host: nothing but the connection is shared."""

from __future__ import annotations

import base64
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import wassima

from connections.dav import Credentials, DavError, LinkLocal, PrivateAddress, Session, Unavailable, kept
from connections.dav.errors import TimedOut, Untrusted
from tests.servers import NO_CALENDARS, Served, reply, script

HOME = "/1/calendars/"
ANSWER = b"HTTP/1.1 207 Multi-Status\r\nContent-Length: %d\r\n\r\n%s" % (len(NO_CALENDARS), NO_CALENDARS)


@dataclass
class Talks:
    """A server that keeps connections and answers each request with the next of `answers`, the last one for ever.

    `requests` has the heads of the requests of each connection. `hangs_up`: after so many answers on a connection.
    """

    answers: list[bytes]
    hangs_up: int = 1000
    tls: ssl.SSLContext | None = None
    requests: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        scheme = "https" if self.tls else "http"
        self.url = f"{scheme}://127.0.0.1:{self.listener.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                heads: list[str] = []
                self.requests.append(heads)
                threading.Thread(target=self._converse, args=(connection, heads), daemon=True).start()

    def _converse(self, connection: socket.socket, heads: list[str]) -> None:
        with suppress(OSError):
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as stream:
                while len(heads) < self.hangs_up and (line := stream.readline()):
                    lines = [line.decode(), *iter(lambda: stream.readline().decode(), "\r\n")]
                    length = next(int(one[16:]) for one in lines if one.startswith("Content-Length: "))
                    stream.read(length)
                    heads.append("".join(lines))
                    connection.sendall(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])


@pytest.fixture
def talks() -> Iterator[Callable[..., Talks]]:
    started: list[Talks] = []

    def start(*answers: bytes, **how: Any) -> Talks:
        started.append(Talks(list(answers), **how))
        return started[-1]

    yield start
    for one in started:
        one.listener.close()


def look(url: str, username: str = "anna", *, deadline: float | None = None, timeout: float = 5) -> tuple[int, int]:
    """List the home of an account; how many calendars and how many requests."""
    with Session(Credentials(url, username, "x"), timeout=timeout, deadline=deadline, kept=True) as session:
        return len(session.calendars(HOME)), session.requests


def header(head: str, name: str) -> list[str]:
    return [line.partition(": ")[2] for line in head.split("\r\n") if line.startswith(f"{name}: ")]


def test_the_next_account_uses_the_connection_with_its_own_password_and_no_cookie(talks) -> None:
    server = talks(ANSWER.replace(b"\r\n\r\n", b"\r\nSet-Cookie: session=annas\r\n\r\n", 1))
    for name in ("anna", "otto"):
        assert look(server.url, name) == (0, 1)
    [heads] = server.requests
    said = [[base64.b64decode(one[6:]).decode() for one in header(head, "Authorization")] for head in heads]
    assert said == [["anna:x"], ["otto:x"]]
    assert [header(head, "Cookie") for head in heads] == [[], []]


def test_what_is_sent_is_what_the_other_client_sends(web) -> None:
    server = web(reply(207, NO_CALENDARS))
    for is_kept in (False, True):
        with Session(Credentials(server.url, "anná", "pä:ss"), kept=is_kept) as session:
            session.calendars(HOME)
    one, other = server.requests
    assert (one.method, one.path, one.body) == (other.method, other.path, other.body)
    assert {**one.headers, "connection": ""} == {**other.headers, "connection": ""}


@pytest.mark.parametrize("hangs_up", [1, 2])
def test_a_connection_that_the_server_has_closed_is_opened_again(talks, hangs_up: int) -> None:
    server = talks(ANSWER, hangs_up=hangs_up)
    assert [look(server.url) for _ in range(3)] == [(0, 1)] * 3
    assert [len(heads) for heads in server.requests] == ([1, 1, 1] if hangs_up == 1 else [2, 1])


@pytest.mark.parametrize(
    "answer",
    [
        ANSWER.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1),
        ANSWER + b"HTTP/1.1 207 Of somebody else\r\nContent-Length: 0\r\n\r\n",
        ANSWER + b"nonsense",
        ANSWER.replace(b"HTTP/1.1", b"HTTP/1.0"),
    ],
)
def test_a_connection_with_which_something_is_out_of_order_is_not_used_again(talks, answer: bytes) -> None:
    server = talks(answer)
    assert [look(server.url) for _ in range(2)] == [(0, 1)] * 2
    assert [len(heads) for heads in server.requests] == [1, 1]


def test_octets_that_come_later_than_the_answer_are_not_taken_for_the_next_one(talks) -> None:
    server = talks(ANSWER)
    look(server.url)
    [(used_at, connection)] = kept.CONNECTIONS._idle[server.url[:-1], True]
    ours, theirs = socket.socketpair()
    theirs.sendall(ANSWER)
    kept.CONNECTIONS._idle[server.url[:-1], True][:] = [(used_at, ours)]
    assert look(server.url) == (0, 1)
    assert [len(heads) for heads in server.requests] == [1, 1]
    assert ours.fileno() == -1
    connection.close()
    theirs.close()


def test_an_interim_answer_and_chunks_are_understood(talks) -> None:
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(NO_CALENDARS), NO_CALENDARS)
    head = b"HTTP/1.1 207 Multi-Status\r\nTransfer-Encoding: chunked\r\n\r\n"
    server = talks(b"HTTP/1.1 103 Early Hints\r\nContent-Encoding: br\r\n\r\n" + head + chunks)
    assert [look(server.url) for _ in range(2)] == [(0, 1)] * 2
    assert [len(heads) for heads in server.requests] == [2]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 207 Multi-Status\r\nContent-Length: 1\r\nContent-Encoding: br\r\n\r\nx",
        b"HTTP/1.1 207 Multi-Status\r\nContent-Length: 1\r\nContent-Encoding: gzip\r\n\r\nx",
        b"HTTP/1.1 207 Multi-Status\r\nContent-Length: 99\r\n\r\nx",
        b"HTTP/1.1 207 Multi-Status\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nx",
        b"HTTP/1.1 207 Multi",
        b"220 mail.example.com ESMTP\r\n",
        b"",
        b"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 301 Away\r\nLocation: https://example.com/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Nowhere\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>",
        b"HTTP/1.1 207 Multi-Status\r\n\r\n" + NO_CALENDARS,
    ],
)
def test_both_clients_make_the_same_of_an_answer(raw, answer: bytes) -> None:
    url = raw(lambda connection: connection.sendall(answer))
    assert told(url, is_kept=True) == told(url, is_kept=False)


def told(url: str, *, is_kept: bool) -> list[object]:
    """The listing or the error, with its status and pause; the requests and the origin that is gone on with."""
    with Session(Credentials(url, "anna", "x"), timeout=5, kept=is_kept) as session:
        try:
            found: object = session.calendars(HOME)
        except DavError as error:
            found = [type(error), error.status, error.path, getattr(error, "retry_after", None)]
        return [found, session.requests, session.origin]


def test_a_redirect_is_followed_with_method_and_body(web) -> None:
    second = web(reply(207, NO_CALENDARS))
    first = web(script(reply(301, location=f"{second.url}2/calendars/?a=b c")))
    assert look(first.url) == (0, 2)
    [asked] = second.requests
    assert (asked.method, asked.path, asked.headers["depth"]) == ("PROPFIND", "/2/calendars/?a=b%20c", "1")
    assert asked.body == first.requests[0].body


def test_a_head_without_end_is_refused(raw) -> None:
    endless = b"HTTP/1.1 207 Multi-Status\r\n" + b"X-Filler: 1234567890\r\n" * 5000
    with pytest.raises(Unavailable):
        look(raw(lambda connection: connection.sendall(endless)))


@pytest.mark.parametrize("part", [b"HTTP/1.1 207 Multi-Status\r\n", b"HTTP/1.1 207 X\r\nContent-Length: 999\r\n\r\n"])
def test_an_answer_that_comes_one_octet_at_a_time_ends_at_the_deadline(raw, part: bytes) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(part)
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)

    began = time.monotonic()
    with pytest.raises(TimedOut):
        look(raw(drip), deadline=began + 0.3)
    assert time.monotonic() - began < 2


def test_a_silent_server_is_left_after_the_timeout(raw) -> None:
    def say_nothing(connection: socket.socket) -> None:
        time.sleep(1)

    with pytest.raises(TimedOut):
        look(raw(say_nothing), timeout=0.2)


def test_an_account_never_uses_a_connection_that_another_one_was_allowed_to_open(talks) -> None:
    server = talks(ANSWER)
    allowed = Credentials(server.url, "anna", "x")
    refused = replace(allowed, username="otto", private_hosts=frozenset())
    with Session(allowed, kept=True) as session:
        session.calendars(HOME)
    with Session(refused, kept=True) as session, pytest.raises(PrivateAddress):
        session.calendars(HOME)
    assert [len(heads) for heads in server.requests] == [1]


def test_a_link_local_host_is_never_connected_to() -> None:
    with pytest.raises(LinkLocal):
        look("https://169.254.169.254/")


def test_a_host_name_in_another_script_is_sent_in_ascii() -> None:
    assert kept._host_header("https://kalender.büro.example:443") == "kalender.xn--bro-hoa.example"
    assert kept._host_header("https://[::1]:8443") == "[::1]:8443"


class TestTheStore:
    """`KeptConnections` by itself, with sockets that lead nowhere."""

    @pytest.fixture
    def store(self) -> kept.KeptConnections:
        return kept.KeptConnections()

    @pytest.fixture
    def pairs(self) -> Iterator[list[tuple[socket.socket, socket.socket]]]:
        pairs = [socket.socketpair() for _ in range(3)]
        yield pairs
        for pair in pairs:
            for one in pair:
                one.close()

    def test_each_is_given_out_once_the_latest_first(self, store, pairs) -> None:
        for ours, _ in pairs:
            store.keep("a", ours)
        assert [store.take("b"), *(store.take("a") for _ in range(4))] == [
            None, pairs[2][0], pairs[1][0], pairs[0][0], None,
        ]  # fmt: skip

    def test_one_that_was_idle_for_too_long_is_closed(self, store, pairs, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kept, "MAX_IDLE_SECONDS", -1.0)
        store._cleaned_at += 60
        store._idle["a"] = [(time.monotonic(), pairs[0][0])]
        store._count = 1
        assert (store.take("a"), pairs[0][0].fileno()) == (None, -1)

    def test_those_that_nobody_needs_are_closed_in_time(self, store, pairs) -> None:
        for ours, _ in pairs:
            store.keep("a", ours)
        store.close_idle(time.monotonic() + kept.MAX_IDLE_SECONDS + 1)
        assert (store.take("a"), [ours.fileno() for ours, _ in pairs]) == (None, [-1, -1, -1])

    def test_of_too_many_the_oldest_are_closed(self, store, pairs, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(kept, "MAX_IDLE", 2)
        for ours, _ in pairs:
            store.keep("a", ours)
        assert [ours.fileno() == -1 for ours, _ in pairs] == [True, False, False]

    @pytest.mark.processes
    def test_a_forked_process_leaves_them_to_its_parent(self, pairs) -> None:
        kept.CONNECTIONS.keep("forked", pairs[0][0])
        child = os.fork()
        if child == 0:
            os._exit(0 if kept.CONNECTIONS.take("forked") is None else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert kept.CONNECTIONS.take("forked") is pairs[0][0]
        pairs[0][0].sendall(b"still open")
        assert pairs[0][1].recv(99) == b"still open"


@pytest.fixture
def trusted(certificate: Path) -> Iterator[ssl.SSLContext]:
    """The context of a server whose certificate this process takes for good."""
    before = list(wassima._MANUALLY_REGISTERED_CA)
    pem = certificate.read_text()
    wassima.register_ca(pem[pem.index("-----BEGIN CERTIFICATE") :])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    yield context
    wassima._MANUALLY_REGISTERED_CA[:] = before


def test_with_tls_a_connection_is_kept_too(talks, trusted: ssl.SSLContext) -> None:
    server = talks(ANSWER, tls=trusted)
    assert [look(server.url, name) for name in ("anna", "otto")] == [(0, 1)] * 2
    assert [len(heads) for heads in server.requests] == [2]


def test_with_tls_a_connection_that_the_server_has_closed_is_opened_again(talks, trusted: ssl.SSLContext) -> None:
    server = talks(ANSWER, tls=trusted, hangs_up=1)
    assert [look(server.url) for _ in range(3)] == [(0, 1)] * 3


def test_a_certificate_nobody_vouches_for_gets_no_request(web, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server: Served = web(reply(207, NO_CALENDARS), tls=context)
    with pytest.raises(Untrusted) as caught:
        look(server.url)
    assert (caught.value.host, server.requests) == ("127.0.0.1", [])


def test_a_server_that_hangs_in_the_handshake_is_left_at_the_deadline(raw, trusted: ssl.SSLContext) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    began = time.monotonic()
    with listener, pytest.raises(TimedOut):
        look(f"https://127.0.0.1:{listener.getsockname()[1]}/", deadline=began + 0.3)
    assert time.monotonic() - began < 2
