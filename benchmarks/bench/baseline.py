"""The minimum that any program needs: the same requests, and reading and expanding every event once."""

from __future__ import annotations

import base64
import json
import re
from datetime import date
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.bench import corpus

_VTIMEZONE = re.compile(rb"BEGIN:VTIMEZONE\r\nTZID:([^\r]+)\r\n.*?END:VTIMEZONE\r\n", re.DOTALL)


class ReplayedRequests:
    """Sends the requests that Kalends sent again, with http.client, and discards the answers."""

    times = 1

    def __init__(self, *, requests_file: str) -> None:
        self.requests = json.loads(Path(requests_file).read_text())

    def run(self) -> dict[str, Any]:
        connections: dict[str, HTTPConnection] = {}
        size = sum(self._send(request, connections) for request in self.requests)
        for connection in connections.values():
            connection.close()
        return {"bytes": size}

    def _send(self, request: dict[str, Any], connections: dict[str, HTTPConnection]) -> int:
        url = urlsplit(request["url"])
        connection = connections.setdefault(url.netloc, HTTPConnection(url.netloc, timeout=300))
        connection.request(request["method"], url.path, base64.b64decode(request["body"]), request["headers"])
        with connection.getresponse() as response:
            if response.status >= 300:
                raise RuntimeError(f"{request['method']} {url.path}: {response.status}")
            return len(response.read())


class ReadAndExpand:
    """Reads and expands every event with icalendar and recurring-ical-events.

    VTIMEZONEs of zones that Python knows are removed first.
    """

    times = 1

    def __init__(self, *, size: int, today: str) -> None:
        self.resources = [resource.data for resource in corpus.resources(size, date.fromisoformat(today))]

    def run(self) -> dict[str, Any]:
        import icalendar
        import recurring_ical_events

        from benchmarks.bench.library_jobs import window

        start, end = window()
        count = 0
        for data in self.resources:
            calendar = icalendar.Calendar.from_ical(_VTIMEZONE.sub(b"", data))
            count += len(recurring_ical_events.of(calendar).between(start, end))
        return {"occurrences": count}
