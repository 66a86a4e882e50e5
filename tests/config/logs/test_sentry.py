"""What reaches a Sentry: one that listens on this machine keeps every byte that it is sent."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.logs import sentry
from config.logs.sentry import reduced, start_sentry

ROOT = Path(__file__).resolve().parents[3]
CRASH = """
import logging
import django
django.setup()
from django.test import Client
import sentry_sdk
from django.urls import path
from config import urls
from practice.language import without_user

@without_user
def crash(request, name):
    patient = "Clara Schumann"
    logging.getLogger("caldav").error("no event of Clara Schumann at clara@example.com")
    raise ValueError(f"no such client: {patient}")

urls.urlpatterns.append(path("crash/<str:name>/", crash, name="crash"))
client = Client(raise_request_exception=False)
answer = client.post("/crash/Clara/?q=Schumann", {"note": "Clara has a cold"}, HTTP_COOKIE="sessionid=clara-session")
print(answer.status_code)
sentry_sdk.flush(10)
"""


@pytest.fixture
def received() -> Iterator[tuple[str, list[bytes]]]:
    """The DSN of a Sentry, and all that it has received."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bodies.append(gzip.decompress(body) if self.headers.get("Content-Encoding") == "gzip" else body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://key@127.0.0.1:{server.server_address[1]}/1", bodies
    server.shutdown()
    server.server_close()


@pytest.mark.processes
def test_an_error_arrives_with_its_place_and_nothing_personal(
    received: tuple[str, list[bytes]], tmp_path: Path
) -> None:
    dsn, bodies = received
    (tmp_path / "data").mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "KALENDS_HOME": str(tmp_path),
        "SENTRY_DSN": dsn,
        "SECRET_KEY": "0123456789abcdef" * 3,
        "FERNET_KEYS": "0123456789abcdef" * 3,
        "ALLOWED_HOSTS": "testserver",
    }
    done = subprocess.run(
        [sys.executable, "-c", CRASH], env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout.strip()) == (0, "500"), done.stderr
    text = b"\n".join(bodies).decode()
    assert [part for part in ("lara", "chumann", "cold", "note", "example.com") if part in text] == []
    assert ('"ValueError"' in text, '"crash"' in text, "logged by caldav" in text) == (True, True, True)


def test_of_an_event_only_what_is_listed_is_left() -> None:
    frame = {"filename": "a.py", "function": "f", "lineno": 3, "vars": {"name": "Clara"}, "context_line": "Clara"}
    event = {
        "level": "error",
        "request": {"url": "https://x/?name=Clara"},
        "user": {"email": "clara@example.com"},
        "breadcrumbs": {"values": [{"message": "Clara"}]},
        "server_name": "clara",
        "exception": {"values": [{"type": "KeyError", "value": "Clara", "stacktrace": {"frames": [frame]}}]},
    }
    kept = {"filename": "a.py", "function": "f", "lineno": 3}
    error = {"type": "KeyError", "module": None, "stacktrace": {"frames": [kept]}}
    assert reduced(event, {}) == {"level": "error", "exception": {"values": [error]}}


def test_without_the_package_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    with pytest.raises(ImproperlyConfigured) as refused:
        start_sentry("http://key@127.0.0.1:1/1", "0")
    assert str(refused.value) == (
        "SENTRY_DSN is set, but the package for it is missing. Install kalends[sentry], or leave it out."
    )


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the SDK renames an option; both names are understood
def test_a_dsn_that_is_none_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        start_sentry("sentry.example.com", "0")
    assert str(refused.value)[:27] == "SENTRY_DSN is not valid. Co"


def test_without_a_dsn_nothing_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentry, "import_module", lambda name: 1 / 0)
    assert start_sentry("", "0") is None
