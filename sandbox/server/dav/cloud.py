"""The CalDAV server: authenticates each request and passes it to the method that answers it."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from werkzeug import Request, Response
from werkzeug.datastructures import Authorization

from sandbox.server.dav import collections, propfind, replies, report, write
from sandbox.server.dav.call import Call
from sandbox.server.dav.paths import locate
from sandbox.server.dav.replies import Refusal
from sandbox.server.flavours import ICLOUD, Flavour
from sandbox.server.hosts import Hosts
from sandbox.server.store.accounts import Account
from sandbox.server.store.scheduling import Recorder
from sandbox.server.store.store import Store
from sandbox.server.switches import Switches

METHODS: dict[str, Callable[[Call], Response]] = {
    "OPTIONS": propfind.options,
    "PROPFIND": propfind.propfind,
    "REPORT": report.report,
    "GET": propfind.get,
    "HEAD": propfind.head,
    "PUT": write.put,
    "DELETE": write.delete,
    "MOVE": write.move,
    "MKCALENDAR": collections.mkcalendar,
    "PROPPATCH": collections.proppatch,
}


HALF_AN_HOUR = timedelta(minutes=30)


@dataclass
class Cloud:
    """The server behind its hosts; `answer` is its application."""

    store: Store
    switches: Switches
    hosts: Hosts
    recorder: Recorder = field(default_factory=Recorder)
    flavour: Flavour = ICLOUD
    _recent: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))
    _wrong: deque[datetime] = field(default_factory=deque)

    def answer(self, request: Request, host: str) -> Response:
        """The answer of the host named `host` to one request."""
        with self.store.lock:
            try:
                response = self._answer(request, host)
            except Refusal as refusal:
                response = refusal.response
            return replies.finish_answer(response, self.flavour, pod=self._pod(request))

    def _answer(self, request: Request, host: str) -> Response:
        layout = self.flavour.layout
        if request.path.rstrip("/") == layout.well_known:
            return replies.empty(301, Location=self.hosts.entry.rstrip("/") + layout.roots[0])
        if not request.path.startswith(layout.prefix.rstrip("/")):
            return replies.empty(self.flavour.outside)
        if host == "entry" and self._is_redirected(request.path):
            location = self.hosts.pod.rstrip("/") + request.path
            return replies.empty(self.switches.redirect_status, Location=location)
        account = self._sign_in(request.authorization)
        self._throttle(account)
        target = locate(request.path, account)
        if target.kind == "foreign":
            return replies.empty(403)
        is_gone = target.kind == "nowhere" and _collection_id(request.path, account) in account.removed
        if is_gone and request.method != "MKCALENDAR":
            return replies.empty(int(self.switches.removed_calendar))
        method = METHODS.get(request.method)
        if method is None:
            return replies.error_page(400)
        return method(Call(request, target, self.store, self.switches, self.hosts, self.recorder, host))

    def _is_redirected(self, path: str) -> bool:
        which = self.switches.entry_redirects
        return which == "always" or (which == "calendars" and "/calendars/" in path)

    def _sign_in(self, given: Authorization | None) -> Account:
        account = self.store.account(given.username or "") if given and given.type == "basic" else None
        self._refuse_guessing()
        if account is None or given is None:
            raise self._unauthorized()
        if not account.accepts(given.password or "", dashes_optional=self.switches.dashes_optional):
            self._wrong.append(self.store.clock.now())
            raise self._unauthorized()
        if account.locked:
            status = self.switches.locked_account
            raise self._unauthorized() if status == "401" else Refusal(replies.empty(int(status)))
        return account

    def _unauthorized(self) -> Refusal:
        return Refusal(replies.unauthorized(self.switches, self.flavour.challenges))

    def _refuse_guessing(self) -> None:
        """End the request if there were too many wrong passwords lately, whatever this one is."""
        while self._wrong and self._wrong[0] <= self.store.clock.now() - HALF_AN_HOUR:
            self._wrong.popleft()
        allowed = self.switches.wrong_passwords
        if allowed is not None and len(self._wrong) > allowed:
            raise Refusal(replies.empty(429))

    def _throttle(self, account: Account) -> None:
        allowed = self.switches.requests_per_minute
        if allowed is None:
            return
        now, recent = self.store.clock.now(), self._recent[account.dsid]
        while recent and recent[0] <= now - timedelta(minutes=1):
            recent.popleft()
        recent.append(now)
        if len(recent) > allowed:
            raise Refusal(replies.empty(503, Retry_After="1"))

    def _pod(self, request: Request) -> int:
        # The front-end server knows the account's partition even when the password is refused.
        given = request.authorization
        account = self.store.account(given.username or "") if given and given.type == "basic" else None
        return account.pod if account else 42


def _collection_id(path: str, account: Account) -> str:
    """The id of the calendar in a path of the account's home, or nothing."""
    return path.removeprefix(account.home_path).split("/")[0] if path.startswith(account.home_path) else ""
