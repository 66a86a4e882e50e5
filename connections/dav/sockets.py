"""TCP connections that can be cut.

A timeout per read is no limit on the whole: a server that sends a header line a second never exceeds
it, and niquests offers no hand on the socket while it waits. So connections are opened here, and a
second handle to each is kept, by which it can be shut from another thread, TLS or not.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from niquests.packages.urllib3.contrib.resolver.system import SystemResolver


class Lines(SystemResolver):  # type: ignore[misc]
    """Opens the connections of one niquests session and can cut them all."""

    def __init__(self) -> None:
        super().__init__()
        self._held: dict[tuple[str, int], socket.socket] = {}

    def create_connection(
        self,
        address: tuple[str, int],
        timeout: Any,
        *_: Any,
        **__: Any,
    ) -> socket.socket:
        """A connected socket; ``timeout`` seconds are shared out among the host's addresses.

        The library gives each address the whole timeout, and a pod has many.
        """
        until = time.monotonic() + float(timeout)
        host = address[0].strip("[]")
        places = socket.getaddrinfo(host, address[1], type=socket.SOCK_STREAM)
        for left in range(len(places), 0, -1):
            family, kind, protocol, _name, place = places[-left]
            patience = max((until - time.monotonic()) / left, 0.001)
            try:
                line = _dial(socket.socket(family, kind, protocol), place, patience)
            except OSError:
                if left == 1:
                    raise
            else:
                line.settimeout(float(timeout))
                self._hold(address, line)
                return line
        raise OSError("the host has no address")

    def _hold(self, address: tuple[str, int], line: socket.socket) -> None:
        # TLS takes the socket object over; a duplicate of its descriptor stays ours. A second line to
        # the same place means that the first one is done with.
        earlier = self._held.pop(address, None)
        if earlier is not None:
            earlier.close()
        self._held[address] = socket.socket(fileno=os.dup(line.fileno()))

    @contextmanager
    def cut_at(self, instant: float) -> Iterator[None]:
        """Within this, every connection is shut down once ``time.monotonic()`` reaches ``instant``."""
        clock = threading.Timer(max(instant - time.monotonic(), 0.0), self._cut)
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()

    def _cut(self) -> None:
        for line in list(self._held.values()):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def hang_up(self) -> None:
        """Let go of every connection."""
        while self._held:
            self._held.popitem()[1].close()


def _dial(line: socket.socket, place: Any, patience: float) -> socket.socket:
    try:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(patience)
        line.connect(place)
    except OSError:
        line.close()
        raise
    return line
