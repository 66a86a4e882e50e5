"""One exchange with one server: the caldav library's client, with its manners corrected.

Each override says why. What remains of the library is its client and configuration, the niquests
session underneath, and its error classes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import niquests
from caldav.davclient import DAVClient
from caldav.lib.error import UID_CONFLICT_PRECONDITIONS
from niquests.exceptions import Timeout
from niquests.packages.urllib3.exceptions import HTTPError, ReadTimeoutError

from connections.dav.sockets import Lines
from connections.dav.urls import Account, allowed, host_of, origin_of, path_of, resolved
from practice.version import version

from . import errors
from .errors import DavError, ForeignHost, NotCalDav, TimedOut, TooLarge, Unavailable
from .multistatus import MultiStatus, parse_multistatus, preconditions

MAX_BODY = 64 * 1024 * 1024
MAX_REDIRECTS = 5
REDIRECTS = {301, 302, 307, 308}
# An answer may take its time, but not for ever: a byte a second keeps every read within its timeout.
PATIENCE = 4
USER_AGENT = f"Kalends/{version()}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, body and all. ``path`` is the normalised path that was asked first."""

    path: str
    origin: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    def multistatus(self) -> MultiStatus:
        """The body as a multistatus; raises NotCalDav for anything else."""
        if self.status != 207:
            raise NotCalDav(f"{self.status} where a multistatus was due", status=self.status, path=self.path)
        return parse_multistatus(self.body, self.path)


class Client(DAVClient):
    """The library's client, rooted at one account's entry host.

    ``timeout`` is for each connect and each read, in seconds; ``deadline`` a ``time.monotonic()``
    instant by which everything must be over, or None.
    """

    def __init__(self, account: Account, *, timeout: float, deadline: float | None) -> None:
        entry = origin_of(account.url)
        if not entry:
            raise ForeignHost(host_of(account.url))
        # A full URL and no RFC 6764: the library would otherwise look the host up by the domain of
        # the user name and offer an Apple password to a mail provider.
        super().__init__(
            url=f"{entry}/",
            username=account.username,
            password=account.password,
            auth_type="basic",
            enable_rfc6764=False,
            headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip"},
        )
        del self.headers["Content-Type"]  # each verb brings its own
        self.entry = entry
        self.patience = timeout
        self.deadline = deadline
        self.requests = 0
        # Cookies would tie requests together; HTTP/2 and 3 would go untested here and bring 421 and
        # Alt-Svc hosts; revocation checks would ask third parties.
        self.lines = Lines()
        self.session = niquests.Session(
            resolver=self.lines,
            disable_http2=True,
            disable_http3=True,
            allow_incoming_cookies=False,
            revocation_configuration=None,
        )
        self.session.trust_env = False

    def close(self) -> None:
        """Close the connections."""
        super().close()
        self.lines.hang_up()

    def request(  # type: ignore[override]
        self,
        url: str,
        method: str = "GET",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        rate_limit_time_slept: int = 0,
    ) -> Answer:
        """Send one request and read its answer, following redirects by hand.

        The library lets niquests follow them, which drops Authorization when the host changes (and
        then reads like a wrong password) and turns PROPFIND into GET. Here method, body and headers
        stay, and every hop must be to a host that may have the password: else ForeignHost, before
        anything is sent. Raises NoPassword without one, Unavailable for network trouble, NotCalDav and
        TooLarge; any HTTP status is returned.
        """
        path = path_of(url)
        if not self.password:
            raise errors.NoPassword("there is no password to send", path=path)
        for _ in range(MAX_REDIRECTS + 1):
            self._refuse_foreign(url, path)
            answer = self._exchange(method, url, path, body, headers or {})
            if answer.status not in REDIRECTS:
                return answer
            url = self._next_hop(url, answer)
        raise Unavailable("redirected in a circle", path=path)

    def _refuse_foreign(self, url: str, path: str) -> None:
        if not allowed(self.entry, origin_of(url)):
            raise ForeignHost(host_of(url), path=path)

    def _next_hop(self, url: str, answer: Answer) -> str:
        target = resolved(url, answer.headers.get("location", ""))
        if not target:
            raise NotCalDav("a redirect to nowhere", status=answer.status, path=answer.path)
        return target

    def _exchange(self, method: str, url: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        # The library logs headers and bodies and, with PYTHON_CALDAV_COMMDUMP set, writes them to
        # /tmp, the password included; it also has no limit on size or time. So its own exchange is
        # not used. The adapter is asked directly: Session.send would read a redirect's whole body.
        until = self._time_limit(path)
        try:
            with self.lines.cut_at(until):
                response = self._send(method, url, body, headers, until)
                try:
                    content = b"".join(self._chunks(response, path))
                finally:
                    response.close()
        except (OSError, HTTPError) as trouble:  # niquests' own exceptions are OSErrors
            kind = TimedOut if _is_late(trouble) or time.monotonic() >= until else Unavailable
            raise kind(f"{method} broke off: {type(trouble).__name__}", path=path) from None
        lowered = {name.lower(): value for name, value in response.headers.items()}
        return Answer(path, origin_of(url), int(response.status_code or 0), lowered, content)

    def _send(self, method: str, url: str, body: bytes, headers: Mapping[str, str], until: float) -> Any:
        combined = [*self.headers.items(), *headers.items()]
        request = self.session.prepare_request(
            niquests.Request(method, url, headers=combined, data=body, auth=self.auth)
        )
        self.requests += 1
        return self.session.get_adapter(url).send(
            request, stream=True, timeout=self._time_left(until), verify=self.ssl_verify_cert, proxies={}
        )

    def _time_limit(self, path: str) -> float:
        until = time.monotonic() + self.patience * PATIENCE
        if self.deadline is None:
            return until
        if self.deadline <= time.monotonic():
            raise TimedOut("no time left to ask", path=path)
        return min(until, self.deadline)

    def _time_left(self, until: float) -> float:
        return max(min(self.patience, until - time.monotonic()), 0.001)

    def _chunks(self, response: Any, path: str) -> Iterator[bytes]:
        if response.headers.get("content-encoding", "gzip").lower() not in ("gzip", "identity"):
            raise NotCalDav("an encoding that was not asked for", path=path)
        size = 0
        for chunk in response.iter_content(-1):
            size += len(chunk)
            if size > MAX_BODY:
                raise TooLarge("the answer is larger than 64 MiB", path=path)
            yield chunk


def _is_late(trouble: Exception) -> bool:
    # While a body is read, niquests says ConnectionError for a timeout.
    return isinstance(trouble, Timeout) or isinstance(trouble.__context__, ReadTimeoutError)


def raise_for_status(answer: Answer, method: str) -> None:
    """Raise what an error status means; return for 2xx. See ``errors`` for the meanings."""
    status, path = answer.status, answer.path
    if 200 <= status < 300:
        return
    detail = f"{method} answered {status}"
    names, location = preconditions(answer.body)
    location = location or path_of(answer.headers["location"]) if "location" in answer.headers else location
    if status == 401:
        raise errors.Unauthorized(detail, status=status, path=path)
    if UID_CONFLICT_PRECONDITIONS & set(names) or status in (409, 412) or _is_uid_clash(answer, method):
        raise errors.Conflict(detail, status=status, path=path, preconditions=names, location=location)
    if status == 403:
        raise errors.Forbidden(detail, status=status, path=path, preconditions=names)
    if status in (404, 410):
        raise errors.NotFound(detail, status=status, path=path)
    if status == 413:
        raise TooLarge(detail, status=status, path=path)
    if status in (408, 421, 425, 429) or status >= 500:
        raise Unavailable(detail, status=status, path=path, retry_after=_retry_after(answer))
    if status < 400:
        raise NotCalDav(detail, status=status, path=path)
    raise DavError(detail, status=status, path=path, preconditions=names)


def refuse_page(answer: Answer) -> None:
    """Raise NotCalDav if a write was "answered" by a web page: a portal with status 200 stored nothing."""
    if b"<html" in answer.body[:1024].lower():
        raise NotCalDav("a page where a receipt was due", status=answer.status, path=answer.path)


def _is_uid_clash(answer: Answer, method: str) -> bool:
    # iCloud refuses a UID it holds elsewhere in the account with 403, naming the holder in Location.
    return method == "PUT" and answer.status == 403 and bool(answer.headers.get("location"))


def _retry_after(answer: Answer) -> float | None:
    headers = answer.headers
    return errors.retry_after(headers.get("retry-after"), headers.get("date"), now=datetime.now(UTC))
