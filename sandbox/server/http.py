"""Threaded HTTP/1.1 servers with keep-alive, which log every request and apply faults."""

from __future__ import annotations

import contextlib
import gzip
import io
import selectors
import socket
import struct
import sys
from collections.abc import Callable
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from werkzeug import Request, Response

from sandbox.server.faults import Fault, Faults
from sandbox.server.log import Log, LoggedRequest
from sandbox.server.store.clock import Clock

App = Callable[[Request, str], Response]
_SMALL = 1024  # not worth compressing


class Listener(ThreadingHTTPServer):
    """One host: an address, an application and a log. It closes its open connections when it ends."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, name: str, address: str, port: int, app: App, log: Log) -> None:
        self.name, self.app, self.log = name, app, log
        self.faults, self.clock = Faults(), Clock()
        self.redirects: Callable[[str], str] = lambda target: target
        self.wants_gzip: Callable[[], bool] = lambda: False
        self.finish: Callable[[Response], Response] = lambda response: response  # what every answer has
        self.closing = Event()
        self.connections = 0  # accepted so far, with or without a request
        self._live: set[socket.socket] = set()
        self._guard = Lock()
        super().__init__((address, port), Handler)

    def server_bind(self) -> None:
        # The base class also looks up the name of the machine, which can take seconds.
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    @property
    def url(self) -> str:
        """Base URL with a slash at its end."""
        return f"http://{self.server_name}:{self.server_port}/"

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        with self._guard:
            self._live.add(connection)
            self.connections += 1
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._live.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore clients that close their connection; report all other errors as usual."""
        if not isinstance(sys.exception(), OSError) and not self.closing.is_set():
            super().handle_error(request, client_address)

    def end(self) -> None:
        """Stop listening and close every connection."""
        self.closing.set()
        self.socket.close()
        with self._guard:
            live, self._live = self._live, set()
        for connection in live:
            _shut(connection)


class Acceptor:
    """One thread that accepts connections for any number of listeners."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()
        self._wake, self._waker = socket.socketpair()
        self._selector.register(self._wake, selectors.EVENT_READ)
        self._listeners: list[Listener] = []
        self._lock = Lock()
        self._thread = Thread(target=self._run, name="icloud", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def add(self, listener: Listener) -> None:
        """Serve another listener."""
        with self._lock:
            self._listeners.append(listener)
            self._selector.register(listener.socket, selectors.EVENT_READ, listener)
        self._waker.send(b".")

    def remove(self, listener: Listener) -> None:
        """Stop serving a listener, and close it."""
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)
                self._selector.unregister(listener.socket)
                listener.end()

    def stop(self) -> None:
        """Stop serving all listeners, and end the thread."""
        for listener in list(self._listeners):
            self.remove(listener)
        self._waker.close()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        self._selector.close()
        self._wake.close()

    def _run(self) -> None:
        while True:
            for key, _ in self._selector.select():
                if key.data is None and not self._wake.recv(1):
                    return
                if key.data is not None:
                    self._accept(key.data)

    def _accept(self, listener: Listener) -> None:
        with self._lock:
            if listener not in self._listeners:
                return
            listener.socket.setblocking(False)
            listener.timeout = 0
            listener.handle_request()


class Handler(BaseHTTPRequestHandler):
    """Reads the requests of a connection and answers each, with a fault where one applies."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet for head and body

    @property
    def listener(self) -> Listener:
        """The host that was asked."""
        return cast(Listener, self.server)

    def __getattr__(self, name: str) -> Callable[[], None]:
        # http.server looks up do_PROPFIND and so on.
        if name.startswith("do_"):
            return self.serve
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Write nothing to standard error; requests are in `log`."""

    def version_string(self) -> str:
        return "AppleHttpServer/2f080fc0"

    def serve(self) -> None:
        """Answer one request, or apply its fault, and log it."""
        body = self._body()
        request = Request(self._environ(body))
        user = (request.authorization.username if request.authorization else "") or ""
        fault = self.listener.faults.take(
            method=self.command, path=request.path, host=self.listener.name, user=user, body=body
        )
        response = self._faulty(fault) if fault and fault.status else self._answer(request)
        payload = self._payload(request, response, fault)
        silent = bool(fault and fault.how == "close")
        self.listener.log.append(_entry(self, request, body, response, payload, fault, silent))
        if fault and fault.delay:
            self.listener.closing.wait(fault.delay)
        if not silent:
            self._send(response, payload, fault)
        else:
            self._hang_up()

    def _answer(self, request: Request) -> Response:
        return self.listener.app(request, self.listener.name)

    def _faulty(self, fault: Fault) -> Response:
        headers = dict(fault.headers)
        if "Location" in headers:
            headers["Location"] = self._redirect(headers["Location"])
        response = Response(fault.content or b"", fault.status, headers)
        if "Content-Type" not in headers:
            response.headers.pop("Content-Type", None)
        return self.listener.finish(response)

    def _redirect(self, to: str) -> str:
        base = self.listener.redirects(to)
        return base if base == to else base.rstrip("/") + self.path

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition("?")
        if path.startswith("http"):
            path = urlsplit(path).path
        environ: dict[str, Any] = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path).encode().decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": self.listener.server_name,
            "SERVER_PORT": str(self.listener.server_port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.input_terminated": True,  # chunked or not, the whole body has been read
        }
        for name, value in self.headers.items():
            environ.setdefault(f"HTTP_{name.upper().replace('-', '_')}", value)
        return environ

    def _payload(self, request: Request, response: Response, fault: Fault | None) -> bytes:
        payload: bytes = b"" if self.command == "HEAD" else response.get_data()
        if fault and fault.content is not None and not fault.status:
            payload = fault.content
        return payload if fault else self._pack(request, response, payload)

    def _pack(self, request: Request, response: Response, payload: bytes) -> bytes:
        if len(payload) < _SMALL or not self.listener.wants_gzip() or not request.accept_encodings["gzip"]:
            return payload
        response.headers["Content-Encoding"] = "gzip"
        return gzip.compress(payload, compresslevel=1)

    def _send(self, response: Response, payload: bytes, fault: Fault | None) -> None:
        if fault and fault.how == "cut":
            payload = payload[: int(len(payload) * fault.at)]
        self.send_response_only(response.status_code)
        headers = response.headers.copy()
        headers.setdefault("Date", format_datetime(self.listener.clock.now(), usegmt=True))
        headers["Content-Length"] = str(max(0, len(payload) + (fault.claims if fault else 0)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self._send_body(payload, fault)

    def _send_body(self, payload: bytes, fault: Fault | None) -> None:
        if fault and fault.how == "reset":
            self.wfile.write(payload[: int(len(payload) * fault.at)])
            self.wfile.flush()
            self._hang_up(reset=True)
        elif fault and fault.how == "drip":
            for start in range(0, len(payload), fault.piece):
                self.wfile.write(payload[start : start + fault.piece])
                self.wfile.flush()
                if self.listener.closing.wait(fault.pause):
                    return
        else:
            self.wfile.write(payload)
            self.wfile.flush()
            if fault and fault.claims:
                self._hang_up()

    def _hang_up(self, *, reset: bool = False) -> None:
        self.close_connection = True
        if reset:
            linger = struct.pack("ii", 1, 0)  # close() then sends RST
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()


def _entry(
    handler: Handler,
    request: Request,
    body: bytes,
    response: Response,
    payload: bytes,
    fault: Fault | None,
    silent: bool,
) -> LoggedRequest:
    names = ("If-Match", "If-None-Match")
    return LoggedRequest(
        method=handler.command,
        host=handler.listener.name,
        path=request.path,
        depth=request.headers.get("Depth", ""),
        conditions={name: request.headers[name] for name in names if name in request.headers},
        authorized="Authorization" in request.headers,
        status=0 if silent else response.status_code,
        body_bytes=0 if silent else len(payload),
        report=_report(handler.command, body),
        agent=request.headers.get("User-Agent", ""),
        fault=fault.name if fault else "",
    )


def _report(method: str, body: bytes) -> str:
    names = ("sync-collection", "calendar-multiget", "calendar-query")
    return next((name for name in names if method == "REPORT" and name.encode() in body), "")


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
