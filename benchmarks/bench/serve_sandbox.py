"""The sandbox's iCloud as a server process: `python -m benchmarks.bench.serve_sandbox [SECONDS [SECONDS_PER_EVENT]]`.

With SECONDS every answer comes so much later, and with SECONDS_PER_EVENT that of a multiget later still for each event
that it was asked for.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from datetime import date

from werkzeug import Request, Response

from benchmarks.bench import corpus
from benchmarks.bench.server_process import CalendarAccess, Host, RecordedRequest, execute_commands
from sandbox.server.server import Sandbox
from sandbox.server.store.calendars import Calendar


class SandboxHost(Host):
    """One account for each calendar size."""

    def __init__(self, icloud: Sandbox, latency: float = 0.0, latency_per_event: float = 0.0) -> None:
        super().__init__()
        self._icloud = icloud
        self._calendars: dict[int, Calendar] = {}
        answer = icloud.cloud.answer

        def record_and_answer(request: Request, host: str) -> Response:
            base = icloud.pod_url if host == "pod" else icloud.entry_url
            url = base.rstrip("/") + request.path
            body = request.get_data()
            self.record(RecordedRequest.of(request.method, url, dict(request.headers), body))
            answered = answer(request, host)
            events = body.count(b"<href>") if b"calendar-multiget" in body else 0
            time.sleep(latency + latency_per_event * events)
            return answered

        icloud.cloud.answer = record_and_answer  # type: ignore[method-assign]

    def fill(self, size: int, today: date) -> CalendarAccess:
        account = self._icloud.add_account(f"anna{size}@example.com", name="Anna Example", reminders=False)
        calendar = self._calendars[size] = account.add_calendar("Work", id="work")
        self.put(size, corpus.resources(size, today))
        return CalendarAccess(self._icloud.entry_url, account.apple_id, account.new_app_password(), calendar.path)

    def put(self, size: int, resources: Iterable[corpus.Resource]) -> None:
        for resource in resources:
            self._calendars[size].put(resource.name, resource.data)


if __name__ == "__main__":
    icloud = Sandbox()
    host = SandboxHost(
        icloud, *map(float, sys.argv[1:])
    )  # before the listeners are bound, so that each of them records
    with icloud:
        execute_commands(host)
