"""The sandbox as the servers that it stands in for, handled like the independent ones of `tests.servers`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.server.flavours import FASTMAIL, nextcloud
from sandbox.server.log import LoggedRequest
from sandbox.server.server import Sandbox
from sandbox.server.store.calendars import Calendar


class SandboxServer:
    """A server of the sandbox with one account, and a hand to make and edit calendars in it."""

    def __init__(self, sandbox: Sandbox, username: str = "anna@example.com") -> None:
        self.sandbox = sandbox
        self.name = sandbox.flavour.name
        self.account = sandbox.add_account(username)
        self.username, self.password = username, self.account.new_app_password()
        self.home = self.account.home_path

    @property
    def url(self) -> str:
        """The address that names the principal."""
        return self.sandbox.entry_url.rstrip("/") + self.sandbox.flavour.layout.roots[0]

    @property
    def requests(self) -> list[LoggedRequest]:
        """What was asked; clear it to forget."""
        return self.sandbox.log

    @property
    def sent(self) -> list[tuple[str, bool, str]]:
        """What clients sent: method, with a password?, If-Match."""
        return [(one.method, one.authorized, one.conditions.get("If-Match", "")) for one in self.sandbox.log]

    def add_calendar(self, id: str, name: str = "", *, component: str = "VEVENT") -> str:  # noqa: A002
        """Make a calendar, blue; its path."""
        return self.account.add_calendar(name or id, id=id, components=(component,)).path

    def remove(self, path: str) -> None:
        """Delete a calendar or a resource, as another client would."""
        calendar = self._calendar(path)
        self.account.detach(calendar) if calendar.path == path else calendar.delete(path)

    def write(self, path: str, data: bytes) -> None:
        """Put a resource without a condition, as another client would."""
        self._calendar(path).put(path.rpartition("/")[2], data)

    def read(self, path: str) -> bytes:
        """The bytes of a resource. Raises KeyError."""
        return self._calendar(path).contents.members[path.rpartition("/")[2]].data

    def paths(self, calendar: str) -> list[str]:
        """The paths of the resources of a calendar."""
        return sorted(self._calendar(calendar).resources)

    def _calendar(self, path: str) -> Calendar:
        return self.account.calendar(path.rpartition("/")[0] + "/")


@pytest.fixture
def sandboxed_icloud(icloud: Sandbox) -> SandboxServer:
    """iCloud with one account and no calendar."""
    return SandboxServer(icloud)


@pytest.fixture
def fastmail() -> Iterator[SandboxServer]:
    """A server like Fastmail's, with one account and no calendar."""
    with Sandbox(flavour=FASTMAIL) as sandbox:
        yield SandboxServer(sandbox)


@pytest.fixture
def nextcloud_server() -> Iterator[SandboxServer]:
    """A Nextcloud under /cloud, with one account, whose login is no mail address, and no calendar."""
    with Sandbox(flavour=nextcloud("/cloud")) as sandbox:
        yield SandboxServer(sandbox, "anna")
