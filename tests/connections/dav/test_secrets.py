"""What must not leave the process, and what must not reach into it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from connections.dav import Credentials, Session
from sandbox.server.server import Sandbox
from sandbox.server.store import accounts
from tests.ics_text import event
from tests.servers import NO_CALENDARS, reply


def talk(icloud: Sandbox, account: accounts.Account, password: str) -> None:
    path = account.calendar("work").path
    with Session(Credentials(icloud.entry_url, account.apple_id, password)) as session:
        session.calendars(session.discover().path)
        etag = session.put(f"{path}A.ics", event("A", "Very private"))
        session.fetch(path, list(session.listing(path).changed))
        session.delete(f"{path}A.ics", etag=etag)


def test_neither_password_nor_events_are_logged_at_any_level(
    icloud: Sandbox, account: accounts.Account, app_password: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, logger="caldav"):
        talk(icloud, account, app_password)
    written = caplog.text
    assert [word for word in (app_password, "Basic ", "Very private", "multistatus") if word in written] == []


def test_the_surroundings_have_no_say(web, tmp_path: Path) -> None:
    """Proxies, .netrc, the library's debug dump, its own settings: as in a badly kept environment."""
    server = web(reply(207, NO_CALENDARS))
    host = server.url.removeprefix("http://").partition(":")[0]
    (tmp_path / ".netrc").write_text(f"machine {host} login mallory password stolen\n")
    (tmp_path / "netrc.bad").write_text("this is no netrc")
    (tmp_path / "dumps").mkdir()
    (tmp_path / ".config" / "caldav").mkdir(parents=True)
    (tmp_path / ".config" / "caldav" / "calendar.conf").write_text('{"default": {"caldav_url": "http://x/"}}')
    program = f"""
        from connections.dav import Credentials, Session
        with Session(Credentials({server.url!r}, "anna", "secret-words")) as session:
            print(session.calendars("/1/calendars/"), session.requests)
    """
    surroundings = {
        "HOME": str(tmp_path),
        "TMPDIR": str(tmp_path / "dumps"),
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "PYTHON_CALDAV_COMMDUMP": "1",
        "PYTHON_CALDAV_DEBUGMODE": "DEBUG",
        "CALDAV_URL": "http://127.0.0.2:9/",
        "CALDAV_USERNAME": "mallory",
        "CALDAV_PASSWORD": "stolen",
        "http_proxy": "http://127.0.0.2:9/",
        "HTTP_PROXY": "http://127.0.0.2:9/",
        "ALL_PROXY": "http://127.0.0.2:9/",
        "REQUESTS_CA_BUNDLE": "/nowhere",
        "NIQUESTS_DNS_URL": "doh://127.0.0.2:9/",
        "NETRC": str(tmp_path / ".netrc"),
    }
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        env=surroundings,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert (ran.stdout, "secret-words" in ran.stderr, "Basic" in ran.stderr) == ("[] 1\n", False, False)
    assert [asked.headers["authorization"] for asked in server.requests] == ["Basic YW5uYTpzZWNyZXQtd29yZHM="]
    assert list((tmp_path / "dumps").iterdir()) == []


def test_a_password_in_letters_of_the_world_goes_out_as_utf_8(web) -> None:
    server = web(reply(207, NO_CALENDARS))
    with Session(Credentials(server.url, "änna", "pässwörd")) as session:
        session.calendars("/1/calendars/")
    assert server.requests[0].headers["authorization"] == "Basic w6RubmE6cMOkc3N3w7ZyZA=="


def test_cookies_are_not_carried_along(web) -> None:
    server = web(reply(207, NO_CALENDARS, set_cookie="X-APPLE=tracked; Path=/"))
    with Session(Credentials(server.url, "anna", "x")) as session:
        session.calendars("/1/calendars/")
        session.calendars("/1/calendars/")
    assert ["cookie" in asked.headers for asked in server.requests] == [False, False]


def test_every_request_says_who_asks(web) -> None:
    server = web(reply(207, NO_CALENDARS))
    with Session(Credentials(server.url, "anna", "x")) as session:
        session.calendars("/1/calendars/")
    (asked,) = server.requests
    assert asked.headers["user-agent"].partition("/")[0] == "Kalends"
    assert (asked.headers["accept-encoding"], asked.headers["content-type"]) == (
        "gzip",
        "application/xml; charset=utf-8",
    )


def test_credentials_in_the_start_url_are_not_used(web) -> None:
    server = web(reply(207, NO_CALENDARS))
    with Session(Credentials(server.url.replace("//", "//mallory:stolen@"), "anna", "x")) as session:
        session.calendars("/1/calendars/")
    assert [asked.headers["authorization"] for asked in server.requests] == ["Basic YW5uYTp4"]


def test_a_session_shows_no_password(icloud: Sandbox, account: accounts.Account, app_password: str) -> None:
    with Session(Credentials(icloud.entry_url, account.apple_id, app_password)) as session:
        assert app_password not in repr(session) + repr(session._client) + str(session._client)
