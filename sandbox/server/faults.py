"""Faults between iCloud and a client, for the next n requests that match.

icloud.faults.status(503, retry_after="1", method="REPORT")
icloud.faults.redirect("stranger", times=None)      # until they are cleared
icloud.faults.lost(method="PUT")                    # the request has its effect, but no answer arrives
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Literal

How = Literal["", "reset", "cut", "close", "drip"]
_PAGE = b"<!DOCTYPE html><html><head><title>iCloud</title></head><body><h1>Try again later</h1></body></html>"


@dataclass
class Fault:
    """One fault.

    Which requests: those with this `method`, `host` and `user`, with a `path` in which the regular expression is found,
    and with the text `body` in their body. The first `skip` of them are served as usual, the next `times` have the
    fault; None means all.

    What happens: without a status, the request is served and then the answer is changed; with a status, the request
    never reaches the server.
    """

    name: str = ""
    times: int | None = 1
    skip: int = 0
    method: str = ""
    path: str = ""
    host: str = ""
    user: str = ""
    body: str = ""
    # --- the fault itself
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None  # replaces the body
    delay: float = 0  # seconds before the first byte
    how: How = ""  # "reset": RST within the body; "close": no answer; "cut": shorter body with a matching length
    at: float = 0.5  # where in the body, as a share of its length
    pause: float = 0  # "drip": seconds between pieces
    piece: int = 64  # "drip": bytes in a piece
    claims: int = 0  # added to Content-Length

    def matches(self, *, method: str, path: str, host: str, user: str, body: bytes) -> bool:
        """Whether the fault applies to this request."""
        plain = (self.method, method), (self.host, host), (self.user, user)
        if any(wanted and wanted != given for wanted, given in plain):
            return False
        return bool(re.search(self.path, path)) and self.body.encode() in body


class Faults:
    """The faults that wait for their requests, in the order in which they were added."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.pending: list[Fault] = []

    def add(self, name: str = "", **facts: Any) -> Fault:
        """Add a fault with these fields of Fault."""
        fault = Fault(name or str(facts.get("status") or facts.get("how") or "fault"), **facts)
        with self._lock:
            self.pending.append(fault)
        return fault

    def clear(self) -> None:
        """Remove all faults."""
        with self._lock:
            self.pending.clear()

    def remove(self, fault: Fault) -> None:
        """Remove one fault; no error when it has been used up."""
        with self._lock:
            self.pending = [one for one in self.pending if one is not fault]

    def take(self, **request: Any) -> Fault | None:
        """The fault for this request, if any; it counts as used once."""
        with self._lock:
            for fault in self.pending:
                if fault.matches(**request):
                    return self._count(fault)
        return None

    def _count(self, fault: Fault) -> Fault | None:
        if fault.skip:
            fault.skip -= 1
            return None
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.pending.remove(fault)
        return replace(fault)

    # --- common faults; each takes the fields of Fault that say which requests -----------------------------

    def status(self, status: int, *, retry_after: str = "", **where: Any) -> Fault:
        """A status without a body, optionally with Retry-After (seconds or an HTTP date)."""
        headers = {"Retry-After": retry_after} if retry_after else {}
        return self.add(f"{status}", status=status, headers=headers, content=b"", **where)

    def unauthorized(self, **where: Any) -> Fault:
        """401 though the password is right."""
        headers = {"WWW-Authenticate": 'Basic realm="MMCalDav"'}
        return self.add("401", status=401, headers=headers, content=b"", **where)

    def html(self, status: int = 200, **where: Any) -> Fault:
        """A page of HTML, as a captive portal or an overloaded front-end server sends it."""
        headers = {"Content-Type": "text/html;charset=UTF-8"}
        return self.add("html", status=status, headers=headers, content=_PAGE, **where)

    def redirect(self, to: str, status: int = 302, **where: Any) -> Fault:
        """A redirect to `pod`, `entry`, `stranger` (with the same path) or to a URL."""
        return self.add(f"redirect to {to}", status=status, headers={"Location": to}, content=b"", **where)

    def reset(self, at: float = 0.5, **where: Any) -> Fault:
        """The request is served, then the connection is reset in the middle of the body."""
        return self.add("reset", how="reset", at=at, **where)

    def lost(self, **where: Any) -> Fault:
        """The request is served, but the connection closes without an answer."""
        return self.add("lost", how="close", **where)

    def refuse(self, **where: Any) -> Fault:
        """The connection closes before the request is served."""
        return self.add("refuse", status=503, how="close", **where)

    def truncate(self, at: float = 0.5, **where: Any) -> Fault:
        """The body is cut off, and Content-Length agrees with what is left."""
        return self.add("truncate", how="cut", at=at, **where)

    def wrong_length(self, by: int = 100, **where: Any) -> Fault:
        """Content-Length is larger than the body by this many bytes, or smaller when negative."""
        return self.add("wrong length", claims=by, **where)

    def slow(self, seconds: float, **where: Any) -> Fault:
        """The request is served at once, but the answer starts after `seconds`."""
        return self.add("slow", delay=seconds, **where)

    def drip(self, pause: float = 0.05, piece: int = 64, **where: Any) -> Fault:
        """The answer comes in pieces of a few bytes with pauses between them."""
        return self.add("drip", how="drip", pause=pause, piece=piece, **where)

    def body(self, content: bytes, status: int = 207, **where: Any) -> Fault:
        """Any body, as XML."""
        headers = {"Content-Type": "text/xml;charset=UTF-8"}
        return self.add("body", status=status, headers=headers, content=content, **where)
