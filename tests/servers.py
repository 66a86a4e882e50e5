"""Independent CalDAV servers for the contract suite, started on loopback."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import niquests
import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

USERNAME = "anna@example.com"
PASSWORD = "anna-anna-anna-anna"

MKCALENDAR = """<?xml version="1.0" encoding="UTF-8"?>
<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://apple.com/ns/ical/">
<set><prop><displayname>{name}</displayname><A:calendar-color>{color}</A:calendar-color>
<C:supported-calendar-component-set><C:comp name="{component}"/></C:supported-calendar-component-set>
</prop></set></C:mkcalendar>"""


class QuietHandler(WSGIRequestHandler):
    """Serves without a line on the terminal per request."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@dataclass
class Served:
    """A WSGI application on a port of its own, and what it was asked."""

    url: str
    requests: list[WSGIEnvironment] = field(default_factory=list)


def serve(app: WSGIApplication, host: str = "127.0.0.1") -> Iterator[Served]:
    """Serve ``app`` in a thread on a port the system chooses, noting each request's environ."""
    served = Served("")

    def noting(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        served.requests.append(environ)
        return app(environ, start_response)

    server = make_server(host, 0, noting, threaded=True, request_handler=QuietHandler)
    served.url = f"http://{host}:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield served
    server.shutdown()
    server.server_close()
    thread.join(5)


def behind_basic_auth(app: WSGIApplication) -> WSGIApplication:
    """The application for those who know the password; 401 for others. Xandikos checks nothing itself."""
    token = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        if environ.get("HTTP_AUTHORIZATION") == f"Basic {token}":
            # Xandikos reads its input to the end, which a kept-open connection does not have.
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            return app(environ, start_response)
        start_response(
            "401 Unauthorized", [("WWW-Authenticate", 'Basic realm="test"'), ("Content-Length", "0")]
        )
        return [b""]

    return guarded


@dataclass
class CalendarServer:
    """A foreign server with one account, and a hand to make calendars in it."""

    name: str
    url: str
    home: str
    requests: list[WSGIEnvironment]
    username: str = USERNAME
    password: str = PASSWORD

    def add_calendar(
        self,
        id: str,
        name: str = "",
        *,
        color: str = "#1BADF8FF",
        component: str = "VEVENT",  # noqa: A002
    ) -> str:
        """Make a calendar; its path."""
        path = f"{self.home}{id}/"
        body = MKCALENDAR.format(name=name or id, color=color, component=component)
        self._request("MKCALENDAR", path, body, 201)
        return path

    def remove(self, path: str) -> None:
        """Delete a calendar or a resource, as another client would."""
        self._request("DELETE", path, "", 200, 204)

    def write(self, path: str, data: bytes) -> None:
        """Put a resource without a condition, as another client would."""
        self._request("PUT", path, data, 200, 201, 204)

    def _request(self, method: str, path: str, body: str | bytes, *expected: int) -> None:
        answer = niquests.request(
            method,
            self.url.rstrip("/") + path,
            data=body.encode() if isinstance(body, str) else body,
            headers={"Content-Type": "text/calendar" if method == "PUT" else "application/xml"},
            auth=(self.username, self.password),
            timeout=10,
        )
        assert answer.status_code in expected, (method, path, answer.status_code, answer.text)
        self.requests.clear()


def _radicale_app(folder: Path) -> WSGIApplication:
    import radicale.app
    import radicale.config

    users = folder / "users"
    users.write_text(f"{USERNAME}:{PASSWORD}\n")
    configuration = radicale.config.load()
    configuration.update(
        {
            "auth": {"type": "htpasswd", "htpasswd_filename": str(users), "htpasswd_encryption": "plain"},
            "storage": {"filesystem_folder": str(folder / "collections")},
            "logging": {"level": "critical"},
        },
        "tests",
        privileged=True,
    )
    return radicale.app.Application(configuration)


def _xandikos_app(folder: Path) -> WSGIApplication:
    from xandikos.web import SingleUserFilesystemBackend, XandikosApp

    backend = SingleUserFilesystemBackend(str(folder))
    backend.create_principal("/user/", create_defaults=False)
    backend._mark_as_principal("/user/")
    return behind_basic_auth(XandikosApp(backend, "/user/"))


def _running(name: str, app: WSGIApplication, home: str) -> Iterator[CalendarServer]:
    for served in serve(app):
        yield CalendarServer(name, served.url, home, served.requests)


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[CalendarServer]:
    """Radicale with one account and no calendar."""
    yield from _running("radicale", _radicale_app(tmp_path), f"/{USERNAME}/")


@pytest.fixture
def xandikos(tmp_path: Path) -> Iterator[CalendarServer]:
    """Xandikos with one account and no calendar, behind Basic auth."""
    yield from _running("xandikos", _xandikos_app(tmp_path), "/user/calendars/")


@pytest.fixture
def web() -> Iterator[Callable[..., Served]]:
    """Serve WSGI applications for the length of a test: ``web(app)``, ``web(app, host="127.0.0.2")``."""
    running: list[Iterator[Served]] = []

    def start(app: WSGIApplication, host: str = "127.0.0.1") -> Served:
        running.append(serve(app, host))
        return next(running[-1])

    yield start
    for server in running:
        next(server, None)
