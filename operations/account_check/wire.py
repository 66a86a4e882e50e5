"""Sends single requests to an account and returns the answers as they are, whatever their status.

`connections.dav.Session` hides what differs between servers; here exactly that is asked about. No Django, no tables.
"""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from connections.dav import Credentials, DavError, Unauthorized, Unavailable
from connections.dav.client import Answer, Client, named_origin
from connections.dav.multistatus import Member, MultiStatus
from connections.dav.urls import path_of

XML: Final = {"Content-Type": "application/xml; charset=utf-8"}
CALENDAR: Final = {"Content-Type": "text/calendar; charset=utf-8"}
BUSY: Final = (429, 503)


class Wire:
    """One account at its server. A context manager. `origin` is the host that is asked.

    Every method raises ForeignHost before anything is sent to a host that may not have the password, Unauthorized for
    a second 401, and Unavailable for network errors, 429 and 503.
    """

    def __init__(self, account: Credentials, *, timeout: float = 30) -> None:
        self._client = Client(account, timeout=timeout, deadline=None)
        self.start = path_of(account.url)
        self.origin = self._client.entry
        self.was_redirected = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> Answer:
        """One request; `If_Match="x"` is the header If-Match."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = CALENDAR if method == "PUT" else XML if body else {}
        answer = self._client.request(f"{self.origin}{path}", method, body, kind | named)
        if answer.status == 401:  # one alone may be a redirect that lost the password
            answer = self._client.request(f"{self.origin}{path}", method, body, kind | named)
        if answer.status == 401:
            raise Unauthorized("the password is not accepted", status=401, path=path)
        if answer.status in BUSY:
            raise Unavailable(f"{method} answered {answer.status}", status=answer.status, path=path)
        self.was_redirected |= answer.origin != self.origin
        return answer

    def propfind(self, path: str, body: bytes, depth: str = "0") -> Answer:
        return self.ask("PROPFIND", path, body, Depth=depth)

    def report(self, path: str, body: bytes, depth: str = "1") -> Answer:
        return self.ask("REPORT", path, body, Depth=depth)

    def follow(self, href: str) -> None:
        """Ask the host of this URL from now on; a path changes nothing."""
        self.origin = named_origin(self._client.entry, href) or self.origin


def members(answer: Answer) -> MultiStatus | None:
    """The multistatus of an answer; None if it is none, or cannot be read."""
    try:
        return answer.multistatus()
    except DavError:
        return None


def only_member(answer: Answer) -> Member | None:
    """The first member of a multistatus, None without any."""
    found = members(answer)
    return found.members[0] if found and found.members else None


def has_port(href: str) -> bool:
    """Is it a URL that names its port?"""
    try:
        return "://" in href and urlsplit(href).port is not None
    except ValueError:
        return False
