"""What nobody can do without: the requests themselves, and reading and expanding every event once."""

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


class Requests:
    """The requests that Kalends sent, again, by the plainest client there is, bodies thrown away."""

    def __init__(self, *, asked: str, times: int) -> None:
        self.times = times
        self.asked = json.loads(Path(asked).read_text())

    def run(self) -> dict[str, Any]:
        lines: dict[str, HTTPConnection] = {}
        size = sum(self._send(one, lines) for one in self.asked)
        for line in lines.values():
            line.close()
        return {"bytes": size}

    def _send(self, one: dict[str, Any], lines: dict[str, HTTPConnection]) -> int:
        place = urlsplit(one["url"])
        line = lines.setdefault(place.netloc, HTTPConnection(place.netloc, timeout=300))
        line.request(one["method"], place.path, base64.b64decode(one["body"]), one["headers"])
        with line.getresponse() as answer:
            if answer.status >= 300:
                raise RuntimeError(f"{one['method']} {place.path}: {answer.status}")
            return len(answer.read())


class Reading:
    """icalendar and recurring-ical-events over every event, VTIMEZONEs of zones that Python knows left out."""

    times = 1

    def __init__(self, *, size: int, today: str) -> None:
        self.resources = [resource.data for resource in corpus.resources(size, date.fromisoformat(today))]

    def run(self) -> dict[str, Any]:
        import icalendar
        import recurring_ical_events

        from benchmarks.bench.library import window

        start, end = window()
        count = 0
        for data in self.resources:
            calendar = icalendar.Calendar.from_ical(_VTIMEZONE.sub(b"", data))
            count += len(recurring_ical_events.of(calendar).between(start, end))
        return {"occurrences": count}
