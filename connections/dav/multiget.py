"""Fetches many resources in few requests. A resource that makes a request fail costs only itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from connections.dav.errors import (
    DavError,
    Forbidden,
    ForeignHost,
    NotFound,
    RefusedAddress,
    TimedOut,
    Unauthorized,
    Unavailable,
    Unencrypted,
)
from connections.dav.values import Fetched, Resource

# Errors of the whole collection or account: a smaller batch would fail as well.
COLLECTION_ERRORS = (Unauthorized, Forbidden, NotFound, ForeignHost, RefusedAddress, Unencrypted)
# If so many single resources fail one after another, the server fails and not the resource.
MAX_LONE_FAILURES = 3

Ask = Callable[[Sequence[str]], dict[str, Resource]]


class _StopFetching(Exception):
    """Further requests would only burden a server that is busy or down."""


def fetch_in_batches(ask: Ask, hrefs: Sequence[str], *, size: int) -> Fetched:
    """The resources that ``ask`` finds in batches of ``size``. The others are ``missing``.

    A batch that fails is halved until the resource at fault is alone. If the server was unavailable and answered
    nothing at all, its error is raised.
    """
    fetch = _BatchFetch(ask)
    try:
        for start in range(0, len(hrefs), size):
            fetch.read(hrefs[start : start + size])
    except _StopFetching:
        pass
    if not fetch.answered and fetch.error is not None:
        raise fetch.error
    return Fetched(fetch.found, frozenset(hrefs) - frozenset(fetch.found))


class _BatchFetch:
    """The resources found so far, and the errors met."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.found: dict[str, Resource] = {}
        self.answered = False
        self.error: DavError | None = None
        self.failed_alone = 0

    def read(self, hrefs: Sequence[str]) -> None:
        try:
            self.found |= self.ask(hrefs)
        except COLLECTION_ERRORS:
            raise
        except DavError as error:
            self._after(error, hrefs)
        else:
            self.answered = True
            self.failed_alone = 0

    def _after(self, error: DavError, hrefs: Sequence[str]) -> None:
        if isinstance(error, Unavailable):
            self.error = error
        if server_is_busy(error):
            raise _StopFetching
        if len(hrefs) > 1:
            middle = len(hrefs) // 2
            self.read(hrefs[:middle])
            self.read(hrefs[middle:])
            return
        self.failed_alone += 1
        if self.failed_alone >= MAX_LONE_FAILURES:
            self.error = self.error or error
            raise _StopFetching


def server_is_busy(error: DavError) -> bool:
    """Did the server ask for a pause, or did the time run out? Then smaller batches would only be more requests."""
    return isinstance(error, TimedOut) or error.status in (408, 421, 429, 503)
