"""Passes ports of a namespace's loopback on to the same ports of this machine's loopback.

The database, the broker, iCloud and the mail server listen on this machine. Workers in a namespace use the same
addresses (`127.0.0.1` and a port) and reach them through `python -m soak.network.relay NAMESPACE PORT …`.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial

from soak.network.namespaces import inside

LOOPBACK = "127.0.0.1"
CHUNK = 65536


@contextmanager
def relay(namespace: str, ports: Iterable[int]) -> Iterator[None]:
    """A process that passes these ports on while the block runs."""
    command = [sys.executable, "-m", "soak.network.relay", namespace, *map(str, ports)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True)  # noqa: S603 - our own command
    try:
        if not process.stdout or process.stdout.readline() != b"ready\n":
            raise RuntimeError(f"the relay of {namespace} did not start")
        yield
    finally:
        process.terminate()
        process.wait()


async def serve(namespace: str, ports: Iterable[int]) -> None:
    """Pass connections on until the process is ended; says "ready" on standard output when it listens."""
    listening = [(port, inside(namespace, partial(_listen, port))) for port in ports]
    servers = [await asyncio.start_server(partial(_pass_on, port), sock=one) for port, one in listening]
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.gather(*(server.serve_forever() for server in servers))


def _listen(port: int) -> socket.socket:
    return socket.create_server((LOOPBACK, port), backlog=512)


async def _pass_on(port: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Open the same port on this machine for one connection of the namespace, and copy in both directions."""
    try:
        there, back = await asyncio.open_connection(LOOPBACK, port)
    except OSError:  # nothing listens on this machine, so the namespace is refused as well
        writer.close()
        return
    await asyncio.gather(_copy(reader, back), _copy(there, writer))
    back.close()
    writer.close()


async def _copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Copy until the source ends, then say so to the target, which may still answer."""
    with suppress(OSError):
        while octets := await source.read(CHUNK):
            target.write(octets)
            await target.drain()
    with suppress(OSError):
        target.write_eof()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(serve(sys.argv[1], list(map(int, sys.argv[2:]))))
