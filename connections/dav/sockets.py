"""TCP connections that can be shut down at a deadline.

A timeout per read does not limit the whole answer: a server that sends a header line a second never exceeds
it, and niquests gives no access to the socket while it waits. Therefore the connections are opened here, and a
duplicate of each socket is kept, with which another thread can shut it down, with or without TLS.
"""

from __future__ import annotations

import math
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from niquests.packages.urllib3.contrib.resolver.system import SystemResolver

from connections.dav.addresses import LOOPBACK, check_address, check_host


class CuttableSockets(SystemResolver):  # type: ignore[misc]
    """Opens the connections of one niquests session and can shut all of them down.

    `private_hosts` may lead to private addresses (see `addresses`).
    """

    def __init__(self, private_hosts: frozenset[str] = LOOPBACK) -> None:
        super().__init__()
        self._private_hosts = private_hosts
        self._duplicates: dict[tuple[str, int], socket.socket] = {}
        self._shut_at = math.inf  # by time.monotonic()

    def create_connection(
        self,
        address: tuple[str, int],
        timeout: Any,
        *_: Any,
        **__: Any,
    ) -> socket.socket:
        """As `open_connection`, and it can be shut down."""
        connection = open_connection(address, float(timeout), self._private_hosts)
        self._keep_duplicate(address, connection)
        return connection

    def _keep_duplicate(self, address: tuple[str, int], connection: socket.socket) -> None:
        # TLS takes over the socket object, so we keep a duplicate of its descriptor. A second connection
        # to the same address means that the first one is no longer used.
        earlier = self._duplicates.pop(address, None)
        if earlier is not None:
            earlier.close()
        self._duplicates[address] = socket.socket(fileno=os.dup(connection.fileno()))
        # The timer may have run out while the connection was being opened.
        if time.monotonic() >= self._shut_at:
            self._shut_down()

    @contextmanager
    def shut_down_at(self, instant: float) -> Iterator[None]:
        """A context in which every connection is shut down when ``time.monotonic()`` reaches ``instant``.

        A connection that is opened in it after that is shut down at once.
        """
        self._shut_at = instant
        timer = threading.Timer(max(instant - time.monotonic(), 0.0), self._shut_down)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            self._shut_at = math.inf

    def _shut_down(self) -> None:
        for duplicate in list(self._duplicates.values()):
            with suppress(OSError):
                duplicate.shutdown(socket.SHUT_RDWR)

    def shut_down_now(self) -> None:
        """Shut all connections down: whatever waits for an answer fails at once."""
        self._shut_down()

    def close_all(self) -> None:
        """Close the duplicates of all connections."""
        while self._duplicates:
            self._duplicates.popitem()[1].close()


def open_connection(
    address: tuple[str, int], timeout: float, private_hosts: frozenset[str] = LOOPBACK
) -> socket.socket:
    """A connected socket. The addresses of the host share ``timeout`` seconds.

    The library gives each address the whole timeout, and an iCloud pod has many addresses. Raises RefusedAddress before
    anything is sent if the host or one of its addresses is not asked.
    """
    until = time.monotonic() + timeout
    addresses = _looked_up(address[0].strip("[]"), address[1], private_hosts)
    for left in range(len(addresses), 0, -1):
        family, kind, protocol, _name, target = addresses[-left]
        seconds = max((until - time.monotonic()) / left, 0.001)
        try:
            connection = _connect(socket.socket(family, kind, protocol), target, seconds)
        except OSError:
            if left == 1:
                raise
        else:
            connection.settimeout(timeout)
            return connection
    raise OSError("the host has no address")


def _looked_up(host: str, port: int, private_hosts: frozenset[str]) -> list[tuple[Any, ...]]:
    """The addresses of a host, as getaddrinfo gives them. One that is refused refuses them all.

    They are connected to without another look-up, so a name server cannot show one address to the check and another
    one to the connection.
    """
    check_host(host, private_hosts)
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_rest, target in addresses:
        check_address(str(target[0]), host, private_hosts)
    return addresses


def _connect(connection: socket.socket, target: Any, seconds: float) -> socket.socket:
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(seconds)
        connection.connect(target)
    except OSError:
        connection.close()
        raise
    return connection
