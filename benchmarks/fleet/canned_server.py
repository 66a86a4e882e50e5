"""A CalDAV server that gives the same answer to every listing of a home, after a delay.

The sandbox answers each request in a thread of its own, under one lock, and needs about two milliseconds of CPU: with
thousands of accounts it would use as much of the two cores as Kalends. So its answer for one account is taken once, and
an event loop repeats it for every user name.

`python -m benchmarks.fleet.canned_server SECONDS CERTIFICATE`.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import resource
import ssl
import sys
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from connections.dav import requests
from sandbox.server.server import Sandbox

HOME = "/fleet/calendars/"
CALENDARS = ("Home", "Work", "Family")


def canned_response() -> bytes:
    """The HTTP response to the listing of a home with three calendars: the sandbox's, compressed as iCloud does."""
    with Sandbox() as icloud:
        account = icloud.add_account("anna@example.com")
        for name in CALENDARS:
            account.add_calendar(name, id=name.lower())
        body = _listing(icloud.pod_url, account.dsid, account.new_app_password())
    body = gzip.compress(body.replace(f"/{account.dsid}/calendars/".encode(), HOME.encode()))
    head = (
        "HTTP/1.1 207 Multi-Status\r\nContent-Type: text/xml;charset=UTF-8\r\nContent-Encoding: gzip\r\n"
        "Server: AppleHttpServer/2f080fc0\r\nDAV: 1, access-control, calendar-access, calendar-schedule\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _listing(pod: str, dsid: str, password: str) -> bytes:
    connection = HTTPConnection(urlsplit(pod).netloc)
    credentials = base64.b64encode(f"anna@example.com:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Depth": "1", "Content-Type": "application/xml"}
    connection.request("PROPFIND", f"/{dsid}/calendars/", requests.CALENDARS, headers)
    with connection.getresponse() as response:
        return response.read()


class CannedServer:
    """Sends one response again and again, and counts the requests."""

    def __init__(self, response: bytes, delay: float) -> None:
        self.response, self.delay = response, delay
        self.requests = self.concurrent = self.max_concurrent = 0

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer all requests of one connection."""
        try:
            while True:
                await self._answer(reader, writer)
        except (asyncio.IncompleteReadError, OSError):
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        _, found, length = head.partition(b"content-length:")
        if found:
            await reader.readexactly(int(length.split(b"\r\n", 1)[0]))
        if head.startswith(b"get /stats"):
            writer.write(self._stats())
            return
        self.concurrent += 1
        self.max_concurrent = max(self.max_concurrent, self.concurrent)
        await asyncio.sleep(self.delay)
        writer.write(self.response)
        await writer.drain()
        self.concurrent -= 1
        self.requests += 1

    def _stats(self) -> bytes:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        cpu = usage.ru_utime + usage.ru_stime
        stats = {"requests": self.requests, "max_concurrent": self.max_concurrent, "cpu": cpu}
        body = json.dumps(stats).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def serve(delay: float, certificate: str) -> None:
    """Serve until the process is killed; the first line on standard output contains the addresses, as JSON."""
    server = CannedServer(canned_response(), delay)
    context: ssl.SSLContext | None = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    listeners: list[Any] = [
        await asyncio.start_server(server.handle, "127.0.0.1", 0, ssl=tls, backlog=1024) for tls in (context, None)
    ]
    port, stats_port = (listener.sockets[0].getsockname()[1] for listener in listeners)
    url = f"{'https' if certificate else 'http'}://127.0.0.1:{port}/"
    sys.stdout.write(json.dumps({"url": url, "stats": stats_port}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
