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


@dataclass
class Cloud:
    """iCloud behind its hosts; `answer` is its application."""

    store: Store
    switches: Switches
    hosts: Hosts
    recorder: Recorder = field(default_factory=Recorder)
    _recent: dict[str, deque[datetime]] = field(default_factory=lambda: defaultdict(deque))

    def answer(self, request: Request, host: str) -> Response:
        """The answer of the host named `host` to one request."""
        with self.store.lock:
            try:
                return replies.add_common_headers(self._answer(request, host), pod=self._pod(request))
            except Refusal as refusal:
                return replies.add_common_headers(refusal.response, pod=self._pod(request))

    def _answer(self, request: Request, host: str) -> Response:
        if request.path.rstrip("/") == "/.well-known/caldav":
            return replies.empty(301, Location=self.hosts.entry)
        if host == "entry" and self._is_redirected(request.path):
            location = self.hosts.pod.rstrip("/") + request.path
            return replies.empty(self.switches.redirect_status, Location=location)
        account = self._sign_in(request.authorization)
        self._throttle(account)
        target = locate(request.path, account)
        if target.kind == "foreign":
            return replies.empty(403)
        is_gone = target.kind == "nowhere" and _collection_id(request.path) in account.removed
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
        if account is None or given is None:
            raise Refusal(replies.unauthorized(self.switches))
        if not account.accepts(given.password or "", dashes_optional=self.switches.dashes_optional):
            raise Refusal(replies.unauthorized(self.switches))
        if account.locked:
            status = self.switches.locked_account
            raise Refusal(replies.unauthorized(self.switches) if status == "401" else replies.empty(int(status)))
        return account

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


def _collection_id(path: str) -> str:
    """The calendar id in `/<dsid>/calendars/<id>/...`."""
    return "".join(path.split("/")[3:4])
