"""The sandbox's iCloud as a process under test."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from werkzeug import Request, Response

from benchmarks.bench import corpus
from benchmarks.bench.serving import Asked, Host, Place, obey
from sandbox.server.server import Sandbox
from sandbox.server.store.calendars import Calendar


class SandboxHost(Host):
    """One account for each size."""

    def __init__(self, icloud: Sandbox) -> None:
        super().__init__()
        self._icloud = icloud
        self._calendars: dict[int, Calendar] = {}
        answer = icloud.cloud.answer

        def noting(request: Request, host: str) -> Response:
            base = icloud.pod_url if host == "pod" else icloud.entry_url
            url = base.rstrip("/") + request.path
            self.note(Asked.of(request.method, url, request.headers, request.get_data()))
            return answer(request, host)

        icloud.cloud.answer = noting  # type: ignore[method-assign]

    def fill(self, size: int, today: date) -> Place:
        account = self._icloud.add_account(f"anna{size}@example.com", name="Anna Example", reminders=False)
        calendar = self._calendars[size] = account.add_calendar("Work", id="work")
        self.put(size, corpus.resources(size, today))
        return Place(self._icloud.entry_url, account.apple_id, account.new_app_password(), calendar.path)

    def put(self, size: int, resources: Iterable[corpus.Resource]) -> None:
        for resource in resources:
            self._calendars[size].put(resource.name, resource.data)


if __name__ == "__main__":
    icloud = Sandbox()
    host = SandboxHost(icloud)  # before it binds, so that every listener is given the noting answer
    with icloud:
        obey(host)
