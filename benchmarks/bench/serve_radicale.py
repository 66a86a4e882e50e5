"""Radicale as a server process: `python -m benchmarks.bench.serve_radicale FOLDER`."""

from __future__ import annotations

import base64
import io
import json
import logging
import sys
import threading
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

import radicale.app
import radicale.config
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client

from benchmarks.bench import corpus
from benchmarks.bench.server_process import REPLAYED, CalendarAccess, Host, RecordedRequest, execute_commands

PASSWORD = "anna-anna-anna-anna"  # noqa: S105 - an invented account
SYNC_EVERYTHING = (
    b'<sync-collection xmlns="DAV:"><sync-token/><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>'
)


class QuietHandler(WSGIRequestHandler):
    """HTTP/1.1 with keep-alive, without log lines on the terminal."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Log nothing."""


class RadicaleHost(Host):
    """One account for each calendar size, stored in files."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        logging.disable(logging.CRITICAL)  # it warns that anybody may sign in, which is intended here
        configuration = radicale.config.load()
        settings = {
            "auth": {"type": "none"},
            "storage": {"filesystem_folder": str(folder), "_filesystem_fsync": "False"},
            "logging": {"level": "critical"},
        }
        configuration.update(settings, "benchmark", privileged=True)
        self._app = radicale.app.Application(configuration)
        self._server = make_server("127.0.0.1", 0, self._record_and_answer, threaded=True, request_handler=QuietHandler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def fill(self, size: int, today: date) -> CalendarAccess:
        """Write the files as Radicale stores them, and have it read them once, which fills its caches."""
        user = f"anna{size}@example.com"
        home = self._folder / "collection-root" / user
        calendar = home / "work"
        calendar.mkdir(parents=True)
        properties = {"tag": "VCALENDAR", "D:displayname": "Work", "C:supported-calendar-component-set": "VEVENT"}
        (calendar / ".Radicale.props").write_text(json.dumps(properties))
        for resource in corpus.resources(size, today):
            (calendar / resource.name).write_bytes(resource.data)
        self._request("REPORT", size, "", SYNC_EVERYTHING)
        return CalendarAccess(self.url, user, PASSWORD, f"/{user}/work/")

    def put(self, size: int, resources: Iterable[corpus.Resource]) -> None:
        for resource in resources:
            self._request("PUT", size, resource.name, resource.data)

    def _request(self, method: str, size: int, name: str, body: bytes) -> None:
        user = f"anna{size}@example.com"
        credentials = base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
        answer = Client(self._app).open(
            f"/{quote(user)}/work/{name}",
            method=method,
            data=body,
            headers={"Authorization": f"Basic {credentials}"},
            content_type="text/calendar" if method == "PUT" else "application/xml",
        )
        if answer.status_code >= 300:
            raise RuntimeError(f"{method} {name}: {answer.status_code}")

    def _record_and_answer(self, environ: dict[str, Any], start_response: Any) -> Any:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)  # the application may read again
        names = {"HTTP_" + name.upper().replace("-", "_"): name for name in REPLAYED}
        headers = {plain: environ[name] for name, plain in names.items() if name in environ}
        headers |= {"Content-Type": environ.get("CONTENT_TYPE", "")}
        url = self.url.rstrip("/") + environ["RAW_URI"]
        self.record(RecordedRequest.of(environ["REQUEST_METHOD"], url, headers, body))
        return self._app(environ, start_response)


if __name__ == "__main__":
    execute_commands(RadicaleHost(Path(sys.argv[1])))
