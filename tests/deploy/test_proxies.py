"""The configurations of reverse proxies, with the real proxies before a server that notes what reaches it."""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest

from practice.profile.pictures import MAX_UPLOAD_BYTES
from soak.deployment import free_port
from tests.connections.dav.conftest import certificate  # noqa: F401 - a fixture
from tests.servers import Served, reply

pytestmark = pytest.mark.processes

DEPLOY = Path(__file__).parents[2] / "deploy"
FORGED = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "ftp",
    "X-Forwarded-Host": "evil.example",
    "X-Real-IP": "203.0.113.7",
    "Forwarded": "for=203.0.113.7",
}
KEPT = "max-age=315360000, public, immutable"


def kalends(environ: WSGIEnvironment, start_response: StartResponse) -> Any:
    """Says of static files how long they may be kept, and of pages nothing."""
    said = {"cache_control": KEPT} if environ["PATH_INFO"].startswith("/static/") else {}
    return reply(200, b"hello", **said)(environ, start_response)


@dataclass(frozen=True)
class Proxy:
    """A proxy that runs: where it answers, and the server behind it."""

    url: str
    behind: Served

    def ask(self, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Mapping[str, str]]:
        context = ssl._create_unverified_context()  # noqa: S323 - the certificate was made for this test
        request = Request(self.url + path, data=body, headers=headers)
        try:
            with urlopen(request, timeout=20, context=context) as answer:
                return answer.status, lower(answer.headers)
        except HTTPError as error:
            return error.code, lower(error.headers)


def lower(headers: Message) -> dict[str, str]:
    """Names of headers mean the same in capitals."""
    return {name.lower(): value for name, value in headers.items()}


@contextmanager
def running(command: list[str], log: Path, url: str) -> Iterator[None]:
    """Start a proxy, and stop it afterwards."""
    with log.open("wb") as output:
        environment = {**os.environ, "HOME": str(log.parent), "XDG_DATA_HOME": str(log.parent)}
        process = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    try:
        wait_for(urlsplit(url).port or 0, process, log)
        yield
    finally:
        process.terminate()
        process.wait(20)


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until somebody listens at the port."""
    for _ in range(200):
        assert process.poll() is None, log.read_text()
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())


def nginx_files(folder: Path, certificate: Path, behind: str, port: int, plain_port: int) -> Path:  # noqa: F811
    """The configuration as it is shipped, with the ports and the certificate of the test, inside what nginx needs."""
    text = (DEPLOY / "nginx" / "kalends.conf").read_text()
    text = re.sub(r"/etc/letsencrypt/\S+\.pem", str(certificate), text)
    text = text.replace("127.0.0.1:8000", urlsplit(behind).netloc)
    text = re.sub(r" *listen \[::\].*\n", "", text)
    text = text.replace("listen 443 ", f"listen 127.0.0.1:{port} ").replace("listen 80;", f"listen {plain_port};")
    (folder / "kalends.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    paths = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)
    main = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # others could not read the folder of the test
    main.write_text(
        f"{user} daemon off; pid {folder / 'nginx.pid'}; error_log stderr; worker_processes 1;\n"
        f"events {{}}\nhttp {{\n{paths}include {folder / 'kalends.conf'};\n}}\n"
    )
    return main


Web = Callable[..., Served]


@pytest.fixture
def nginx(web: Web, certificate: Path, tmp_path: Path) -> Iterator[Proxy]:  # noqa: F811
    behind, port = web(kalends), free_port()
    main = nginx_files(tmp_path, certificate, behind.url, port, free_port())
    command = ["nginx", "-p", str(tmp_path), "-c", str(main), "-e", "stderr"]
    with running(command, tmp_path / "nginx.log", f"https://127.0.0.1:{port}"):
        yield Proxy(f"https://127.0.0.1:{port}", behind)


@pytest.fixture
def caddy(web: Web, tmp_path: Path) -> Iterator[Proxy]:
    behind, port = web(kalends), free_port()
    text = (DEPLOY / "caddy" / "Caddyfile").read_text()
    text = text.replace("{$KALENDS_SITE:book.example.com}", f"http://127.0.0.1:{port}")
    text = text.replace("{$KALENDS_BIND:127.0.0.1:8000}", urlsplit(behind.url).netloc)
    (tmp_path / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text)
    command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")]
    with running(command, tmp_path / "caddy.log", f"http://127.0.0.1:{port}"):
        yield Proxy(f"http://127.0.0.1:{port}", behind)


@pytest.fixture(params=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest) -> Proxy:
    found: Proxy = request.getfixturevalue(request.param)
    return found


def test_nginx_takes_its_configuration(certificate: Path, tmp_path: Path) -> None:  # noqa: F811
    main = nginx_files(tmp_path, certificate, "http://127.0.0.1:8000", free_port(), free_port())
    done = subprocess.run(
        ["nginx", "-t", "-p", tmp_path, "-c", main, "-e", "stderr"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "[warn]" in done.stderr) == (0, False), done.stderr


def test_caddy_takes_its_configuration_as_it_is(tmp_path: Path) -> None:
    file = DEPLOY / "caddy" / "Caddyfile"
    environment = {**os.environ, "HOME": str(tmp_path)}
    command = ["caddy", "validate", "--adapter", "caddyfile", "--config", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    lines = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    assert (done.returncode, [line["msg"] for line in lines if line["level"] != "info"]) == (0, [])


def test_what_a_client_says_of_itself_is_overwritten(proxy: Proxy) -> None:
    assert proxy.ask("/book/", **FORGED)[0] == 200
    reached = proxy.behind.requests[0].headers
    names = ("x-forwarded-for", "x-forwarded-proto", "host", "x-real-ip", "forwarded")
    scheme, host = proxy.url.split("://")
    name = "127.0.0.1" if scheme == "https" else host  # nginx passes the name on without the port
    assert [reached.get(one) for one in names] == ["127.0.0.1", scheme, name, None, None]
    assert reached.get("x-forwarded-host") != "evil.example"


@pytest.mark.parametrize("path", ["/metrics", "/metrics/", "/metrics?a=b", "/%6Detrics"])
def test_metrics_are_not_shown_to_the_outside(proxy: Proxy, path: str) -> None:
    assert (proxy.ask(path)[0], proxy.behind.requests) == (404, [])


def test_a_body_that_is_too_large_is_refused_and_the_largest_logo_is_not(proxy: Proxy) -> None:
    assert proxy.ask("/team/settings/", b"x" * MAX_UPLOAD_BYTES)[0] == 200
    assert proxy.ask("/team/settings/", b"x" * 7_000_000)[0] in (413, 502)
    assert [len(request.body) for request in proxy.behind.requests if len(request.body) > 6_000_000] == []


def test_an_answer_that_does_not_say_how_long_it_may_be_kept_is_not_kept(proxy: Proxy) -> None:
    assert proxy.ask("/week/")[1]["cache-control"] == "no-store"


def test_what_kalends_says_of_keeping_an_answer_stays(proxy: Proxy) -> None:
    assert proxy.ask("/static/x.css")[1]["cache-control"] == KEPT
