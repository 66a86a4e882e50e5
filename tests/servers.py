"""Independent CalDAV servers for the contract suite, and servers that answer what a test says."""

from __future__ import annotations

import base64
import http.client
import io
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import niquests
import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

USERNAME = "anna@example.com"
PASSWORD = "anna-anna-anna-anna"
AUTHORIZATION = "Basic " + base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()

MKCALENDAR = """<?xml version="1.0" encoding="UTF-8"?>
<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:A="http://apple.com/ns/ical/">
<set><prop><displayname>{name}</displayname><A:calendar-color>{color}</A:calendar-color>
<C:supported-calendar-component-set><C:comp name="{component}"/></C:supported-calendar-component-set>
</prop></set></C:mkcalendar>"""

LISTED = b'<?xml version="1.0"?><propfind xmlns="DAV:"><prop><getetag/></prop></propfind>'


@dataclass(frozen=True)
class Asked:
    """One request as it reached a server; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Served:
    """A WSGI application on a port of its own, and what it was asked."""

    url: str
    requests: list[Asked] = field(default_factory=list)


class QuietHandler(WSGIRequestHandler):
    """Serves without a line on the terminal per request."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


def asked_of(environ: WSGIEnvironment) -> Asked:
    """Read a request, and put its body back for the application: some read beyond its end."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    headers = {name[5:].replace("_", "-").lower(): environ[name] for name in environ if name[:5] == "HTTP_"}
    headers |= {"content-type": environ.get("CONTENT_TYPE", "")}
    return Asked(environ["REQUEST_METHOD"], environ["RAW_URI"], headers, body)


def serve(app: WSGIApplication, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Iterator[Served]:
    """Serve ``app`` in a thread on a port the system chooses, noting each request."""
    served = Served("")

    def noting(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        served.requests.append(asked_of(environ))
        return app(environ, start_response)

    server = make_server(host, 0, noting, threaded=True, request_handler=QuietHandler)
    if tls:  # each connection shakes hands in its own thread, so one that never does holds up nothing
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.ssl_context = tls
    served.url = f"{'https' if tls else 'http'}://{host}:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield served
    server.shutdown()
    server.server_close()
    thread.join(5)


def reply(status: int, body: bytes = b"", **headers: str) -> WSGIApplication:
    """An application that always answers this; ``retry_after="5"`` is the header Retry-After."""
    named = [(name.replace("_", "-"), value) for name, value in headers.items()]

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response(f"{status} Said So", [*named, ("Content-Length", str(len(body)))])
        return [body]

    return app


def script(*replies: WSGIApplication) -> WSGIApplication:
    """One reply after the other; the last one for every further request."""
    waiting = list(replies)

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        current = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return current(environ, start_response)

    return app


def by_path(replies: Mapping[str, WSGIApplication]) -> WSGIApplication:
    """The reply for each path, 404 for any other."""

    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        return replies.get(environ["PATH_INFO"], reply(404))(environ, start_response)

    return app


def multistatus(*responses: str, after: str = "") -> bytes:
    """A multistatus of these response elements' contents, in the namespace DAV:."""
    inner = "".join(f"<response>{response}</response>" for response in responses)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><multistatus xmlns="DAV:" '
        'xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:CS="http://calendarserver.org/ns/" '
        f'xmlns:A="http://apple.com/ns/ical/">{inner}{after}</multistatus>'
    ).encode()


def prop(href: str, content: str, status: int = 200, more: str = "") -> str:
    """A response: an href with properties of one status, and whatever stands beside them."""
    return f"<href>{href}</href><propstat><prop>{content}</prop><status>HTTP/1.1 {status} X</status></propstat>{more}"


NO_CALENDARS = multistatus(prop("/1/calendars/", "<resourcetype><collection/></resourcetype>"))


@pytest.fixture
def web() -> Iterator[Callable[..., Served]]:
    """Serve WSGI applications for the length of a test: ``web(app)``, ``web(app, host="127.0.0.2")``."""
    running: list[Iterator[Served]] = []

    def start(app: WSGIApplication, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> Served:
        running.append(serve(app, host, tls))
        return next(running[-1])

    yield start
    for server in running:
        next(server, None)


@pytest.fixture
def raw() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """Serve by writing to the socket oneself: ``raw(behave)`` gives a URL.

    ``behave`` is called with the connection after one request was read; then the connection is closed. An
    answer that a test expects to arrive says ``Connection: close``, so that the client does not use it again.
    """
    listeners: list[socket.socket] = []

    def accept(listener: socket.socket, behave: Callable[[socket.socket], None]) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=converse, args=(connection, behave), daemon=True).start()

    def start(behave: Callable[[socket.socket], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=accept, args=(listener, behave), daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/"

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def converse(connection: socket.socket, behave: Callable[[socket.socket], None]) -> None:
    """Read one request and behave; a client that hangs up meanwhile is no error."""
    with connection:
        try:
            read_request(connection)
            behave(connection)
        except OSError:
            return


def read_request(connection: socket.socket) -> None:
    """Read one request to its end. A socket that is closed with unread data resets the connection."""
    with connection.makefile("rb") as stream:
        stream.readline()
        headers = http.client.parse_headers(stream)
        stream.read(int(headers.get("Content-Length", 0)))


def behind_basic_auth(app: WSGIApplication) -> WSGIApplication:
    """The application for those who know the password; 401 for others. Xandikos checks nothing itself."""

    def guarded(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        if environ.get("HTTP_AUTHORIZATION") == AUTHORIZATION:
            return app(environ, start_response)
        headers = [("WWW-Authenticate", 'Basic realm="test"'), ("Content-Length", "0")]
        start_response("401 Unauthorized", headers)
        return [b""]

    return guarded


def below(path: str, app: WSGIApplication) -> WSGIApplication:
    """The application below a path, as a web server mounts it; 404 elsewhere."""

    def mounted(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
        if not environ["PATH_INFO"].startswith(f"{path}/"):
            return reply(404)(environ, start_response)
        environ |= {"SCRIPT_NAME": path, "PATH_INFO": environ["PATH_INFO"].removeprefix(path)}
        return app(environ, start_response)

    return mounted


@dataclass
class CalendarServer:
    """A foreign server with one account, and a hand to make and edit calendars in it."""

    name: str
    url: str
    home: str
    requests: list[Asked]
    app: WSGIApplication
    username: str = USERNAME
    password: str = PASSWORD

    def add_calendar(self, id: str, name: str = "", *, component: str = "VEVENT") -> str:  # noqa: A002
        """Make a calendar, blue; its path."""
        body = MKCALENDAR.format(name=escape(name or id), color="#1BADF8FF", component=component)
        self._request("MKCALENDAR", f"{self.home}{id}/", body.encode())
        return f"{self.home}{id}/"

    @property
    def sent(self) -> list[tuple[str, bool, str]]:
        """What clients sent since the last change made here: method, with a password?, If-Match."""
        return [
            (asked.method, "authorization" in asked.headers, asked.headers.get("if-match", ""))
            for asked in self.requests
        ]

    def remove(self, path: str) -> None:
        """Delete a calendar or a resource, as another client would."""
        self._request("DELETE", path)

    def write(self, path: str, data: bytes) -> None:
        """Put a resource without a condition, as another client would."""
        self._request("PUT", path, data)

    def read(self, path: str) -> bytes:
        """The bytes of a resource."""
        return self._request("GET", path)

    def paths(self, calendar: str) -> list[str]:
        """The paths of the resources of a calendar."""
        root = ElementTree.fromstring(self._request("PROPFIND", calendar, LISTED, Depth="1"))
        hrefs = [unquote(one.text or "") for one in root.iter("{DAV:}href")]
        return sorted({href for href in hrefs if href.startswith(calendar) and not href.endswith("/")})

    def _request(self, method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
        answer = niquests.request(
            method,
            self.url.rstrip("/") + path,
            data=body,
            headers={"Content-Type": "text/calendar" if method == "PUT" else "application/xml", **headers},
            auth=(self.username, self.password),
            timeout=10,
        )
        assert answer.ok, (method, path, answer.status_code, answer.text)
        self.requests.clear()
        return answer.content or b""


def _radicale_app(folder: Path) -> WSGIApplication:
    import radicale.app
    import radicale.config

    users = folder / "users"
    users.write_text(f"{USERNAME}:{PASSWORD}\n")
    configuration = radicale.config.load()
    configuration.update(
        {
            "auth": {
                "type": "htpasswd",
                "htpasswd_filename": str(users),
                "htpasswd_encryption": "plain",
                "delay": "0",
            },
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
        yield CalendarServer(name, served.url, home, served.requests, app)


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[CalendarServer]:
    """Radicale with one account and no calendar."""
    yield from _running("radicale", _radicale_app(tmp_path), f"/{USERNAME}/")


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[CalendarServer]:
    """Radicale where a Nextcloud in a directory has its calendars, with one account and no calendar."""
    path = "/nextcloud/remote.php/dav"
    yield from _running("cloud", below(path, _radicale_app(tmp_path)), f"{path}/{USERNAME}/")


@pytest.fixture
def xandikos(tmp_path: Path) -> Iterator[CalendarServer]:
    """Xandikos with one account and no calendar, behind Basic auth."""
    yield from _running("xandikos", _xandikos_app(tmp_path), "/user/calendars/")
