"""The same over TLS, which is what everybody really uses."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from connections.dav import Credentials, ForeignHost, Session, Untrusted
from connections.dav.errors import TimedOut
from tests.servers import NO_CALENDARS, reply


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@contextmanager
def trusting(certificate: Path, url: str, deadline: float | None = None) -> Iterator[Session]:
    """A session that takes the certificate for good."""
    with Session(Credentials(url, "anna", "x"), timeout=5, deadline=deadline) as session:
        session._client.ssl_verify_cert = str(certificate)
        yield session


def test_a_certificate_nobody_vouches_for_gets_no_request(web, tls: ssl.SSLContext) -> None:
    server = web(reply(207, NO_CALENDARS), tls=tls)
    with Session(Credentials(server.url, "anna", "x"), timeout=5) as session, pytest.raises(Untrusted) as caught:
        session.calendars("/1/calendars/")
    assert (caught.value.host, session.answers, server.requests) == ("127.0.0.1", {"PROPFIND none": 1}, [])


def test_a_trusted_server_is_asked(web, tls: ssl.SSLContext, certificate: Path) -> None:
    server = web(reply(207, NO_CALENDARS), tls=tls)
    with trusting(certificate, server.url) as session:
        assert session.calendars("/1/calendars/") == []
    assert (session.requests, len(server.requests)) == (1, 1)


def test_the_deadline_cuts_a_slow_answer_over_tls(web, tls: ssl.SSLContext, certificate: Path) -> None:
    def slow(environ, start_response):
        start_response("207 Multi-Status", [("Content-Length", "100")])
        for _ in range(100):
            time.sleep(0.05)
            yield b" "

    server = web(slow, tls=tls)
    start = time.monotonic()
    with trusting(certificate, server.url, start + 0.5) as session, pytest.raises(TimedOut):
        session.calendars("/1/calendars/")
    assert time.monotonic() - start < 4


def test_a_redirect_away_from_tls_is_refused(web, tls: ssl.SSLContext, certificate: Path) -> None:
    plain = web(reply(207, NO_CALENDARS))
    server = web(reply(302, location=f"{plain.url}1/calendars/"), tls=tls)
    with trusting(certificate, server.url) as session, pytest.raises(ForeignHost):
        session.calendars("/1/calendars/")
    assert plain.requests == []
