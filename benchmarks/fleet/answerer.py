"""A stand-in for many iClouds at once: every home listing gets the same answer, after so many milliseconds.

The sandbox answers each request from a thread of its own, under one lock, with about two milliseconds of Python: with
thousands of accounts it would take as much of the two cores as what is measured. So its answer is taken once, for one
account, and repeated by one event loop, whatever the user name.

`python -m benchmarks.fleet.answerer SECONDS CERTIFICATE`.
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


def canned() -> bytes:
    """The whole HTTP answer to a home listing of three calendars, as the sandbox gives it, gzipped as iCloud does."""
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
    line = HTTPConnection(urlsplit(pod).netloc)
    credentials = base64.b64encode(f"anna@example.com:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Depth": "1", "Content-Type": "application/xml"}
    line.request("PROPFIND", f"/{dsid}/calendars/", requests.CALENDARS, headers)
    with line.getresponse() as answer:
        return answer.read()


class Answerer:
    """Counts what it answers."""

    def __init__(self, answer: bytes, delay: float) -> None:
        self.answer, self.delay = answer, delay
        self.answered = self.open = self.most = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, with as many requests as the client likes."""
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
        self.open += 1
        self.most = max(self.most, self.open)
        await asyncio.sleep(self.delay)
        writer.write(self.answer)
        await writer.drain()
        self.open -= 1
        self.answered += 1

    def _stats(self) -> bytes:
        usage = resource.getrusage(resource.RUSAGE_SELF)
        stats = {"answered": self.answered, "most": self.most, "cpu": usage.ru_utime + usage.ru_stime}
        body = json.dumps(stats).encode()
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


async def main(delay: float, certificate: str) -> None:
    """Serve until killed; the first line on standard output says where."""
    answerer = Answerer(canned(), delay)
    context: ssl.SSLContext | None = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    servers: list[Any] = [
        await asyncio.start_server(answerer.serve, "127.0.0.1", 0, ssl=tls, backlog=1024) for tls in (context, None)
    ]
    port, plain = (server.sockets[0].getsockname()[1] for server in servers)
    url = f"{'https' if certificate else 'http'}://127.0.0.1:{port}/"
    sys.stdout.write(json.dumps({"url": url, "stats": plain}) + "\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""))
