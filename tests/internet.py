"""An internet of its own: names lead to public addresses at which servers on loopback answer, with TLS."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import WSGIApplication

import pytest
import wassima

from benchmarks.fleet import certificates
from tests.servers import Served

DOMAINS = ("example.org", "example.net", "example.com")
NAMES = [f"{below}{domain}" for domain in DOMAINS for below in ("", "*.", "a.b.")]


@dataclass
class Internet:
    """`names` has the answers to the look-ups of a name, one after the other, the last one for ever.

    `looked_up` and `connected` say what was asked for. A public address at which nothing was put does not answer.
    """

    start: Callable[..., Served]
    tls: ssl.SSLContext
    names: dict[str, list[list[str]]] = field(default_factory=dict)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    looked_up: list[str] = field(default_factory=list)
    connected: list[str] = field(default_factory=list)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def put(self, name: str, app: WSGIApplication) -> Served:
        """Serve an application at a name, on every port."""
        looked_up = list(self.looked_up)
        served, address = self.start(app, tls=self.tls), f"17.0.0.{next(self._numbers)}"
        self.looked_up[:] = looked_up  # the server looks up its own address
        self.names[name] = [[address]]
        self.places[address] = ("127.0.0.1", urlsplit(served.url).port or 0)
        return served

    def look_up(self, host: str, port: int, *_: Any, **__: Any) -> list[tuple[Any, ...]]:
        """As `socket.getaddrinfo`; what is an address already is one in every spelling that systems take."""
        self.looked_up.append(host)
        answers = self.names.get(host)
        if answers is None:
            return REAL_LOOK_UP(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [one for address in found for one in REAL_LOOK_UP(address, port, type=socket.SOCK_STREAM)]

    def connect(self, connection: socket.socket, target: Any) -> None:
        """As `socket.socket.connect`."""
        address = str(target[0])
        self.connected.append(address)
        if address not in self.places and ip_address(address).is_global:
            raise OSError("nothing is there")
        REAL_CONNECT(connection, self.places.get(address, target))


REAL_LOOK_UP, REAL_CONNECT = socket.getaddrinfo, socket.socket.connect


@pytest.fixture
def internet(web: Callable[..., Served], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Internet:
    """An internet whose servers have certificates that this process takes."""
    with_key, alone = certificates.write(tmp_path, NAMES)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(with_key)
    monkeypatch.setattr(wassima, "_MANUALLY_REGISTERED_CA", list(wassima._MANUALLY_REGISTERED_CA))
    wassima.register_ca(alone.read_text())
    network = Internet(web, context)
    monkeypatch.setattr(socket, "getaddrinfo", network.look_up)
    monkeypatch.setattr(socket.socket, "connect", lambda connection, target: network.connect(connection, target))
    return network
