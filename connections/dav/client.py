"""Sends one request to one server and reads its answer.

What is used of the caldav library: the class DAVClient with its configuration and authentication, the niquests session
below it, its base exception (`errors`), and its list of UID conflict preconditions. The rest is not used because it

- sends the password elsewhere: it looks up the host by the domain of the user name (RFC 6764), and lets niquests follow
  redirects, which drops Authorization for another host and turns PROPFIND into GET;
- has no limit on the size or the total time of an answer;
- logs headers and bodies and, if PYTHON_CALDAV_COMMDUMP is set, writes them to /tmp including the password;
- hides a refused sync-token behind a listing of its own, which looks like a mass deletion if it is cut off;
- raises for the whole answer if one property is refused, and drops getctag and calendar-color from requests;
- parses every event with icalendar, which `connections.ical.parser` explains.

Polls go over connections that accounts of one host share (`kept`), by the same rules (`Exchanges`).

Therefore the requests, the parsing of answers and the methods of a session are written here (`requests`, `multistatus`,
`responses`, `session`).
"""

from __future__ import annotations

import time
import zlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from math import inf
from ssl import SSLCertVerificationError
from typing import Any

import niquests
from caldav.davclient import DAVClient
from caldav.lib.error import UID_CONFLICT_PRECONDITIONS
from niquests.exceptions import Timeout
from niquests.packages.urllib3.exceptions import HTTPError, ReadTimeoutError

from connections.dav.sockets import CuttableSockets
from connections.dav.urls import Credentials, allowed, host_of, is_encrypted, origin_of, path_of, resolved
from practice.telemetry.measurements import ANSWERS
from practice.version import version

from . import errors
from .errors import DavError, ForeignHost, NotCalDav, TimedOut, TooLarge, Unavailable
from .multistatus import MultiStatus, StreamedMultiStatus, parse_multistatus, preconditions

MAX_BODY = 32 * 1024 * 1024  # after decompression
CHUNK = 64 * 1024
MAX_REDIRECTS = 5
MAX_KINDS = 24  # of answers that are counted apart
REDIRECTS = {301, 302, 307, 308}
# The limit for a whole answer, in timeouts: a server that sends one byte a second never exceeds the timeout of a read.
MAX_TIMEOUTS_PER_ANSWER = 4
USER_AGENT = f"Kalends/{version()}"
NO_ANSWER = "none"  # what is counted where a request was interrupted


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request, with its body. ``path`` is the normalised path that was requested, before redirects.

    ``until`` is the ``time.monotonic()`` instant by which it must be parsed.
    """

    path: str
    origin: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    until: float = inf

    def multistatus(self) -> MultiStatus:
        """The body as a multistatus. Raises NotCalDav for anything else, and TimedOut."""
        if self.status != 207:
            raise NotCalDav(f"{self.status} instead of a multistatus", status=self.status, path=self.path)
        found = parse_multistatus(self.body, self.path)
        self.refuse_late()
        return found

    def streamed(self) -> StreamedMultiStatus:
        """As ``multistatus``, with one member at a time in memory: what is wrong is raised while it is read."""
        if self.status != 207:
            raise NotCalDav(f"{self.status} instead of a multistatus", status=self.status, path=self.path)
        return StreamedMultiStatus(self.body, self.path)

    def refuse_late(self) -> None:
        """Raise TimedOut if parsing it took too long."""
        if time.monotonic() > self.until:
            raise TimedOut("the answer took too long to parse", path=self.path)


class Exchanges(ABC):
    """The requests of one account: redirects, hosts that may have the password, and time limits.

    How one request is sent and its answer received is for a subclass to say.
    """

    entry: str
    password: Any
    timeout_seconds: float
    deadline: float | None
    provider: str
    answers: Counter[str]  # by method and status, such as {"PROPFIND 207": 2, "REPORT none": 1}
    requests: int = 0  # sent, including redirects
    status: int | None = None  # of the last answer

    def request(
        self,
        url: str,
        method: str = "GET",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        rate_limit_time_slept: int = 0,
    ) -> Answer:
        """Send one request, follow redirects, and return the answer with any other HTTP status.

        Each redirect keeps method, body and headers, and must lead to a host that may have the password. Raises
        ForeignHost before anything is sent to another host, Unencrypted before a password would cross a network in
        clear, RefusedAddress, NoPassword, Unavailable for network errors, NotCalDav and TooLarge.
        """
        path = path_of(url)
        if not self.password:
            raise errors.NoPassword("there is no password to send", path=path)
        for hop in range(MAX_REDIRECTS + 1):
            self._refuse_foreign(url, path, is_redirect=hop > 0)
            answer = self._counted(method, partial(self._exchange, method, url, path, body, headers or {}))
            self.status = answer.status
            if answer.status not in REDIRECTS:
                return answer
            url = self._next_hop(url, answer)
        raise Unavailable("too many redirects", path=path)

    def _counted(self, method: str, exchange: Callable[[], Answer]) -> Answer:
        """Send a request and count its answer by status, or that none came to what was sent."""
        sent = self.requests
        try:
            answer = exchange()
        except Unavailable:
            if self.requests > sent:
                ANSWERS.count(self.provider, NO_ANSWER)
                self._note(method, NO_ANSWER)
            raise
        ANSWERS.count(self.provider, status_label(answer.status))
        self._note(method, str(answer.status))
        return answer

    def _note(self, method: str, status: str) -> None:
        """Count an answer for the history; a server cannot make the list long."""
        key = f"{method} {status}"
        self.answers[key if key in self.answers or len(self.answers) < MAX_KINDS else f"{method} other"] += 1

    def _refuse_foreign(self, url: str, path: str, *, is_redirect: bool) -> None:
        origin = origin_of(url)
        if origin and not is_encrypted(origin):
            raise (errors.Downgraded if is_redirect else errors.Unencrypted)(host_of(url), path=path)
        if not allowed(self.entry, origin):
            raise ForeignHost(host_of(url), path=path)

    def _next_hop(self, url: str, answer: Answer) -> str:
        target = resolved(url, answer.headers.get("location", ""))
        if not target:
            raise NotCalDav("a redirect without a target", status=answer.status, path=answer.path)
        return target

    @abstractmethod
    def _exchange(self, method: str, url: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one request and receive its answer; `path` is for messages. Raises DavError."""

    @abstractmethod
    def interrupt(self) -> None:
        """Let the request fail that is under way in another thread."""

    @abstractmethod
    def close(self) -> None:
        """Give up what the requests needed."""

    def _time_limit(self, path: str) -> float:
        until = time.monotonic() + self.timeout_seconds * MAX_TIMEOUTS_PER_ANSWER
        if self.deadline is None:
            return until
        if self.deadline <= time.monotonic():
            raise TimedOut("the deadline has passed", path=path)
        return min(until, self.deadline)

    def _time_left(self, until: float) -> float:
        return max(min(self.timeout_seconds, until - time.monotonic()), 0.001)


class Client(Exchanges, DAVClient):  # type: ignore[misc] # `request` returns an Answer, not the library's response
    """A client for one account, starting at its entry host.

    ``timeout`` is for each connect and each read, in seconds. ``deadline`` is a ``time.monotonic()``
    instant by which everything must be finished, or None.
    """

    def __init__(self, account: Credentials, *, timeout: float, deadline: float | None) -> None:
        entry = origin_of(account.url)
        if not entry:
            raise ForeignHost(host_of(account.url))
        # A full URL and no RFC 6764, else the library would look up the host by the domain of the user
        # name and send an Apple password to a mail provider.
        super().__init__(
            url=f"{entry}/",
            username=account.username,
            password=account.password,
            auth_type="basic",
            enable_rfc6764=False,
            headers={"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip"},
        )
        del self.headers["Content-Type"]  # each method sets its own
        self.entry = entry
        self.provider = account.provider
        self.timeout_seconds = timeout
        self.deadline = deadline
        self.answers = Counter()
        # No cookies, because requests must not depend on each other. No HTTP/2 and 3, because they are
        # not tested here and lead to 421 and Alt-Svc hosts. No revocation checks, because they contact
        # third parties.
        self.sockets = CuttableSockets(account.private_hosts)
        self.session = niquests.Session(
            resolver=self.sockets,
            disable_http2=True,
            disable_http3=True,
            allow_incoming_cookies=False,
            revocation_configuration=None,
        )
        self.session.trust_env = False

    def interrupt(self) -> None:
        """Let the request fail that is under way in another thread."""
        self.sockets.shut_down_now()

    def close(self) -> None:
        """Close the connections."""
        DAVClient.close(self)
        self.sockets.close_all()

    def _exchange(self, method: str, url: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        # The adapter is called directly because Session.send would read the whole body of a redirect.
        until = self._time_limit(path)
        try:
            with self.sockets.shut_down_at(until):
                response = self._send(method, url, body, headers, until)
                try:
                    encoding = response.headers.get("content-encoding", "")
                    content = unpacked(response.raw.stream(CHUNK, decode_content=False), encoding, path)
                finally:
                    response.close()
        except (OSError, HTTPError) as error:  # the exceptions of niquests are OSErrors
            is_late = _is_late(error) or time.monotonic() >= until
            raise interrupted(error, method, url, path, is_late=is_late) from None
        lowered = {name.lower(): value for name, value in response.headers.items()}
        return Answer(path, origin_of(url), int(response.status_code or 0), lowered, content, until)

    def _send(self, method: str, url: str, body: bytes, headers: Mapping[str, str], until: float) -> Any:
        combined = [*self.headers.items(), *headers.items()]
        request = self.session.prepare_request(
            niquests.Request(method, url, headers=combined, data=body, auth=self.auth)
        )
        self.requests += 1
        return self.session.get_adapter(url).send(
            request, stream=True, timeout=self._time_left(until), verify=self.ssl_verify_cert, proxies={}
        )


def named_origin(entry: str, href: str) -> str:
    """The origin in an href of an answer to an account that starts at origin `entry`; "" for a path, as most are.

    Raises Downgraded and ForeignHost if the password may not be sent there.
    """
    if "://" not in href:
        return ""
    origin = origin_of(href)
    if origin and not is_encrypted(origin):
        raise errors.Downgraded(host_of(href), path=path_of(href))
    if not allowed(entry, origin):
        raise ForeignHost(host_of(href), path=path_of(href))
    return origin


def interrupted(error: Exception, method: str, url: str, path: str, *, is_late: bool) -> Unavailable:
    """What it means that a request failed below HTTP: no answer in time, a certificate that is not trusted, or else."""
    if _is_untrusted(error):
        return errors.Untrusted(host_of(url), path=path)
    return (TimedOut if is_late else Unavailable)(f"{method} was interrupted: {type(error).__name__}", path=path)


def _is_untrusted(error: BaseException | None) -> bool:
    """Was the certificate refused? niquests wraps that error."""
    while error is not None and not isinstance(error, SSLCertVerificationError):
        error = error.__context__
    return error is not None


def unpacked(chunks: Iterable[bytes], encoding: str, path: str) -> bytes:
    """The body of an answer, decompressed. Raises TooLarge beyond the limit, NotCalDav and Unavailable."""
    try:
        return b"".join(_decompressed(chunks, encoding.lower(), path))
    except zlib.error:
        raise Unavailable("the compressed answer is broken", path=path) from None


def _decompressed(chunks: Iterable[bytes], encoding: str, path: str) -> Iterator[bytes]:
    if encoding not in ("gzip", "identity", ""):
        raise NotCalDav("an unexpected content encoding", path=path)
    # The library decompresses whatever has arrived at once, and a chunk may grow a thousandfold.
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16) if encoding == "gzip" else None
    size = 0
    for raw in chunks:
        chunk = unzip.decompress(raw, MAX_BODY + 1 - size) if unzip else raw
        size += len(chunk)
        if size > MAX_BODY:
            raise TooLarge("the answer is larger than 32 MiB", path=path)
        yield chunk
    if unzip and size and not unzip.eof:
        raise Unavailable("the compressed answer was cut off", path=path)


def status_label(status: int) -> str:
    """The HTTP status as it is counted: "other" for one that no standard knows, so that no server invents labels."""
    return str(status) if status in set(HTTPStatus) else "other"


def _is_late(error: Exception) -> bool:
    # While a body is read, niquests raises ConnectionError for a timeout.
    return isinstance(error, (Timeout, ReadTimeoutError)) or isinstance(error.__context__, ReadTimeoutError)


def raise_for_status(answer: Answer, method: str) -> None:
    """Raise the error that the status means (see ``errors``). Return for 2xx."""
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
    """Raise NotCalDav if a web page with status 200 answered a write: a captive portal has stored nothing."""
    if b"<html" in answer.body[:1024].lower():
        raise NotCalDav("a web page in answer to a write", status=answer.status, path=answer.path)


def _is_uid_clash(answer: Answer, method: str) -> bool:
    """Was a PUT refused because another resource has its UID?

    iCloud answers 403 and names the resource in Location. Nextcloud answers 400 and says it in words alone, which it
    does not translate (CalDavBackend.php, createCalendarObject).
    """
    if method != "PUT":
        return False
    named = answer.status == 403 and bool(answer.headers.get("location"))
    return named or (answer.status == 400 and b"uid already exists" in answer.body)


def _retry_after(answer: Answer) -> float | None:
    headers = answer.headers
    return errors.retry_after(headers.get("retry-after"), headers.get("date"), now=datetime.now(UTC))
