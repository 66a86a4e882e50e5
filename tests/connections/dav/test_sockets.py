"""Servers that are slow, silent or break off, and the deadline that holds against all of them."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

import pytest

from connections.dav import Credentials, Session, TooLarge, Unavailable
from connections.dav.errors import LinkLocal, TimedOut
from connections.dav.sockets import CuttableSockets
from tests.servers import NO_CALENDARS, reply

HEAD = b"HTTP/1.1 207 Multi-Status\r\nContent-Type: text/xml\r\nConnection: close\r\n"
BODY = NO_CALENDARS


def slow_body(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n")
    for _ in range(100):
        connection.sendall(b" ")
        time.sleep(0.05)


def slow_head(connection: socket.socket) -> None:
    connection.sendall(HEAD)
    for number in range(100):
        connection.sendall(f"X-{number}: 1\r\n".encode())
        time.sleep(0.05)


def slow_status(connection: socket.socket) -> None:
    for byte in HEAD * 2:
        connection.sendall(bytes([byte]))
        time.sleep(0.05)


def slow_chunks(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(100):
        connection.sendall(b"1\r\n \r\n")
        time.sleep(0.05)


def silence(connection: socket.socket) -> None:
    connection.settimeout(5)
    while connection.recv(65536):
        pass


def stall(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n<multistatus")
    silence(connection)


def endless(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"100000\r\n" + b" " * 0x100000 + b"\r\n")


def short(connection: socket.socket) -> None:
    connection.sendall(HEAD + f"Content-Length: {len(BODY) + 10}\r\n\r\n".encode() + BODY)


def half_a_chunk(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\n" + BODY[:20])


def hang_up(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_RDWR)


def reset(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 100000\r\n\r\n<multi")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def nonsense(connection: socket.socket) -> None:
    connection.sendall(b"220 mail.example.org ESMTP\r\n")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    start = time.monotonic()
    yield
    assert time.monotonic() - start < seconds


@pytest.mark.parametrize("behave", [slow_body, slow_head, slow_status, slow_chunks, silence, stall])
def test_the_deadline_holds_however_slowly_a_server_talks(raw, behave: Callable[..., None]) -> None:
    account = Credentials(raw(behave), "anna", "x")
    with (
        within(4),
        Session(account, timeout=10, deadline=time.monotonic() + 0.3) as session,
        pytest.raises(TimedOut),
    ):
        session.calendars("/1/calendars/")


@pytest.mark.parametrize("behave", [slow_body, slow_head, silence, stall])
def test_without_a_deadline_one_answer_still_has_its_time(raw, behave: Callable[..., None]) -> None:
    account = Credentials(raw(behave), "anna", "x")
    with within(4), Session(account, timeout=0.1) as session, pytest.raises(TimedOut):
        session.calendars("/1/calendars/")


def test_a_connection_that_is_opened_too_late_is_shut_down(raw) -> None:
    url = urlsplit(raw(silence))
    sockets = CuttableSockets()
    with sockets.shut_down_at(time.monotonic()):
        connection = sockets.create_connection((str(url.hostname), url.port or 0), 5)
        assert connection.recv(1) == b""
    connection.close()
    sockets.close_all()


@pytest.mark.parametrize("host", ["169.254.169.254", "0xa9fea9fe", "[fe80::1]", "[64:ff9b::a9fe:a9fe]"])
def test_a_host_that_resolves_to_a_link_local_address_is_refused_before_anything_is_sent(host: str) -> None:
    with pytest.raises(LinkLocal):
        CuttableSockets().create_connection((host, 443), 5)
    with Session(Credentials(f"https://{host}/", "anna", "x"), timeout=5) as session, pytest.raises(LinkLocal):
        session.discover()


def test_past_the_deadline_nothing_is_sent(web) -> None:
    server = web(reply(207, BODY))
    with Session(Credentials(server.url, "anna", "x"), deadline=time.monotonic()) as session:
        with pytest.raises(TimedOut):
            session.calendars("/1/calendars/")
        assert (session.requests, server.requests) == (0, [])


def test_the_deadline_is_one_for_all_requests_together(raw) -> None:
    def slow(connection: socket.socket) -> None:
        time.sleep(0.4)
        connection.sendall(HEAD + f"Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY)

    account = Credentials(raw(slow), "anna", "x")
    with within(4), Session(account, deadline=time.monotonic() + 1) as session:
        assert [session.calendars("/1/calendars/") for _ in range(2)] == [[], []]
        with pytest.raises(TimedOut):
            session.calendars("/1/calendars/")


def test_a_fetch_out_of_time_does_not_go_on_in_halves(raw) -> None:
    account = Credentials(raw(silence), "anna", "x")
    with within(4), Session(account, deadline=time.monotonic() + 0.3) as session:
        with pytest.raises(TimedOut):
            session.fetch("/1/calendars/work/", [f"/1/calendars/work/{n}.ics" for n in range(50)])
        assert session.requests == 1


@pytest.mark.parametrize("behave", [short, half_a_chunk, hang_up, reset, nonsense])
def test_an_answer_that_breaks_off_is_no_answer(raw, behave: Callable[..., None]) -> None:
    with Session(Credentials(raw(behave), "anna", "x"), timeout=5) as session, pytest.raises(Unavailable) as caught:
        session.calendars("/1/calendars/")
    assert (caught.value.status, caught.value.retry_after) == (None, None)


def test_a_flood_is_stopped_at_the_limit(raw) -> None:
    with Session(Credentials(raw(endless), "anna", "x")) as session, pytest.raises(TooLarge):
        session.calendars("/1/calendars/")


@pytest.mark.processes
def test_nobody_at_the_door_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    account = Credentials(f"http://127.0.0.1:{port}/", "anna", "x")
    with Session(account) as session, pytest.raises(Unavailable) as caught:
        session.discover()
    assert not isinstance(caught.value, TimedOut)


def test_a_host_without_a_name_is_unavailable() -> None:
    with Session(Credentials("https://no-such-host.invalid/", "anna", "x")) as session, pytest.raises(Unavailable):
        session.discover()


def test_a_connection_the_server_closed_meanwhile_is_opened_again(raw) -> None:
    def polite(connection: socket.socket) -> None:
        connection.sendall(HEAD + f"Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY)
        connection.settimeout(0.05)
        with suppress(TimeoutError):
            connection.recv(65536)

    with Session(Credentials(raw(polite), "anna", "x"), timeout=5) as session:
        for _ in range(3):
            assert session.calendars("/1/calendars/") == []
            time.sleep(0.15)
    assert session.requests == 3


def test_a_connection_is_used_again_and_let_go_in_the_end(icloud, account, app_password) -> None:
    with Session(Credentials(icloud.entry_url, account.apple_id, app_password)) as session:
        for _ in range(3):
            assert len(session.calendars(f"/{account.dsid}/calendars/")) == 3
        assert len(session._client.sockets._duplicates) == 1
    assert session._client.sockets._duplicates == {}


def test_a_server_that_cannot_speak_tls_is_unavailable(raw) -> None:
    url = raw(nonsense).replace("http://", "https://")
    with within(5), Session(Credentials(url, "anna", "x"), timeout=2) as session, pytest.raises(Unavailable):
        session.discover()


def test_a_tls_handshake_that_never_ends_is_cut_at_the_deadline(raw) -> None:
    url = raw(silence).replace("http://", "https://")
    account = Credentials(url, "anna", "x")
    with (
        within(4),
        Session(account, timeout=10, deadline=time.monotonic() + 0.3) as session,
        pytest.raises(TimedOut),
    ):
        session.discover()
