"""A namespace has a loopback of its own, and reaches of this machine what the relay passes on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from threading import Thread

import pytest

from soak.network import namespaces
from soak.network.relay import relay

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not namespaces.can_make(), reason="needs Linux with iproute2, as root"),
]


@pytest.fixture
def namespace() -> Iterator[str]:
    with namespaces.namespace(f"kalends-test-{os.getpid()}") as name:
        yield name


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server on this machine that answers each connection with what it was sent."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:  # the test is over
                    return
                with connection:
                    while octets := connection.recv(65536):
                        connection.sendall(octets)

        Thread(target=answer, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def said_by(port: int, octets: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(octets)
        connection.shutdown(socket.SHUT_WR)
        found = b""
        while piece := connection.recv(65536):
            found += piece
        return found


def test_a_port_of_this_machine_is_not_reached_from_a_namespace(namespace: str, echo: int) -> None:
    assert said_by(echo, b"hello") == b"hello"
    with pytest.raises(ConnectionRefusedError):
        namespaces.inside(namespace, lambda: said_by(echo, b"hello"))


def test_the_relay_passes_a_port_on_in_both_directions(namespace: str, echo: int) -> None:
    much = os.urandom(60_000)
    with relay(namespace, [echo]):
        assert namespaces.inside(namespace, lambda: said_by(echo, much)) == much


def test_a_process_runs_inside_a_namespace_with_the_process_id_it_was_started_with(namespace: str) -> None:
    prints = "import os, socket; print(os.getpid(), [name for _, name in socket.if_nameindex()])"
    started = subprocess.Popen(
        [sys.executable, "-m", "soak.network.run_inside", namespace, "-c", prints], stdout=subprocess.PIPE, text=True
    )
    assert started.communicate(timeout=60)[0] == f"{started.pid} ['lo']\n"


def test_a_namespace_is_gone_after_its_block() -> None:
    name = f"kalends-gone-{os.getpid()}"
    with namespaces.namespace(name):
        pass
    with pytest.raises(FileNotFoundError):
        namespaces.inside(name, lambda: None)
