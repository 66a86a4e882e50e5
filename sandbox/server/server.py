"""The sandbox: a server's entry host and pod on loopback, a stranger's host, and what tests may change about them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Literal

from werkzeug import Request, Response

from sandbox.server.dav import replies, xml
from sandbox.server.dav.cloud import Cloud
from sandbox.server.faults import Fault, Faults
from sandbox.server.flavours import ICLOUD, Flavour
from sandbox.server.hosts import Hosts
from sandbox.server.http import Acceptor, App, Listener
from sandbox.server.log import Log
from sandbox.server.store.accounts import Account
from sandbox.server.store.clock import Clock
from sandbox.server.store.scheduling import Recorder
from sandbox.server.store.store import Store
from sandbox.server.switches import Switches

LOOPBACK, STRANGE = "127.0.0.1", "127.0.0.2"
_PORTS_TRIED = 50


class Sandbox:
    """iCloud without an Apple account, or another server. Use it as a context manager, or call start() and stop().

    `path`: a directory for the data, which the next start continues with; None keeps everything in memory.
    `clock`: returns the current time, aware; `advance` moves it forward. Ports: 0 lets the system choose; where a given
    port is in use, the next free one is taken.
    """

    def __init__(
        self,
        path: Path | str | None = None,
        *,
        flavour: Flavour = ICLOUD,
        clock: Callable[[], datetime] | None = None,
        entry_port: int = 0,
        pod_port: int = 0,
        stranger_port: int = 0,
    ) -> None:
        self.clock = Clock(clock)
        self.flavour = flavour
        self.store = Store(Path(path) if path else None, self.clock, flavour.layout)
        self.switches = Switches(**flavour.switches)
        self.faults = Faults()
        self.log = Log()
        self.stranger_log = Log()
        self.apple_log = Log()
        self.scheduled = Recorder()
        self.hosts = Hosts()
        self.cloud = Cloud(self.store, self.switches, self.hosts, self.scheduled, flavour)
        self._ports = {"entry": entry_port, "pod": pod_port, "stranger": stranger_port}
        self._acceptor = Acceptor()
        self._down: Fault | None = None
        self._pod: Listener | None = None
        self._stranger: Listener | None = None
        self.apple_url = ""

    # --- start and stop ------------------------------------------------------------------------------------------

    def start(self) -> Sandbox:
        """Bind the listeners and serve."""
        self.hosts.entry = self._listen("entry", self.cloud.answer, self.log).url
        self._pod = self._listen("pod", self.cloud.answer, self.log)
        self.hosts.pod = self._pod.url
        self._stranger = self._listen("stranger", _stranger, self.stranger_log, STRANGE)
        self.hosts.stranger = self._stranger.url
        self._acceptor.start()
        return self

    def stop(self) -> None:
        """Close all listeners and the store."""
        self._acceptor.stop()
        self.store.close()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # --- addresses ------------------------------------------------------------------------------------------

    @property
    def entry_url(self) -> str:
        """The URL that clients start with; on iCloud `https://caldav.icloud.com/`."""
        return self.hosts.entry

    @property
    def pod_url(self) -> str:
        """The URL of the host with the calendars; on iCloud `https://p42-caldav.icloud.com/`."""
        return self.hosts.pod

    @property
    def stranger_url(self) -> str:
        """The URL of a host that must never get a request; it records all in `stranger_log`."""
        return self.hosts.stranger

    @property
    def stranger_connections(self) -> int:
        """How many connections to the stranger were opened, with or without a request."""
        return self._stranger.connections if self._stranger else 0

    # --- accounts -------------------------------------------------------------------------------------------

    def add_account(
        self,
        apple_id: str,
        *,
        name: str = "",
        addresses: Sequence[str] = (),
        zone: str = "Europe/Berlin",
        reminders: bool = True,
    ) -> Account:
        """A new Apple Account without a calendar of events. Raises ValueError when the Apple ID is taken.

        `addresses`: the owner's mail addresses, by default the Apple ID; `zone`: the time zone of the phone;
        `reminders`: whether the account has a list of reminders, as most have.
        """
        return self.store.add_account(apple_id, name=name, addresses=addresses, zone=zone, reminders=reminders)

    def account(self, apple_id: str) -> Account:
        """The account with this Apple ID. Raises KeyError."""
        account = self.store.account(apple_id)
        if account is None:
            raise KeyError(apple_id)
        return account

    @property
    def accounts(self) -> list[Account]:
        """All accounts, oldest first."""
        return list(self.store.accounts.values())

    # --- events -------------------------------------------------------------------------------------------

    def advance(self, seconds: float) -> None:
        """Move iCloud's clock forward: for its lag, its throttle, its ETags and its Date header."""
        self.clock.advance(seconds)

    def forget_tokens(self) -> None:
        """Make all sync tokens invalid that were handed out so far."""
        for account in self.accounts:
            account.forget_tokens()

    def down(self, status: int = 503, *, how: Literal["", "close"] = "") -> None:
        """Stop iCloud until `up`: every request gets this status, or with how="close" no answer."""
        self.up()
        headers = dict(self.flavour.down_headers)
        self._down = self.faults.add("down", times=None, status=status, how=how, content=b"", headers=headers)

    def up(self) -> None:
        """End `down`."""
        if self._down:
            self.faults.remove(self._down)
        self._down = None

    @property
    def is_down(self) -> bool:
        """Whether iCloud is down."""
        return any(fault is self._down for fault in self.faults.pending)

    def move_pod(self, old: Literal["closed", "421", "404", "503"] = "closed") -> str:
        """Move all accounts to another pod; returns its URL. `old`: what the old pod does."""
        before = self._pod
        self._ports["pod"] = 0
        self._pod = self._listen("pod", self.cloud.answer, self.log)
        self.hosts.pod = self._pod.url
        for account in self.accounts:
            account.pod += 1
            account.save()
        if before and old == "closed":
            self._acceptor.remove(before)
        elif before:
            before.name = "old pod"
            before.app = lambda request, host: replies.empty(int(old))
        return self.hosts.pod

    def serve_beside(self, answer: App, port: int = 0) -> str:
        """Serve another application, such as Apple's pages, for as long as the sandbox runs; returns its URL."""
        self._ports["apple"] = port
        self.apple_url = self._listen("apple", answer, self.apple_log).url
        return self.apple_url

    # --- listeners ----------------------------------------------------------------------------------------

    def _listen(self, name: str, app: App, log: Log, address: str = LOOPBACK) -> Listener:
        listener = _bind(name, address, self._ports.get(name, 0), app, log)
        listener.clock = self.clock
        if name not in {"stranger", "apple"}:
            listener.faults = self.faults
            listener.redirects = self.hosts.url
            listener.finish = partial(replies.finish_answer, flavour=self.flavour, pod=42)
            listener.wants_gzip = lambda: self.switches.gzip
        self._acceptor.add(listener)
        return listener


def _bind(name: str, address: str, port: int, app: App, log: Log) -> Listener:
    """A listener on `port` or the next free one; 0 is any free port."""
    for attempt in range(_PORTS_TRIED):
        try:
            return Listener(name, address, port and port + attempt, app, log)
        except OSError:
            if attempt == _PORTS_TRIED - 1 or not port:
                raise
    raise OSError(f"no free port from {port} on")


def _stranger(request: Request, host: str) -> Response:
    """Answer as a CalDAV server would, so that a client that should not ask here notices nothing."""
    return Response(xml.multistatus_body([]), 207, content_type="text/xml;charset=UTF-8")
