"""Many resources in few requests, and no batch lost to one bad apple."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from connections.dav.errors import DavError, Forbidden, ForeignHost, NotFound, TimedOut, Unauthorized, Unavailable
from connections.dav.values import Fetched, Resource

# Said about the whole collection or account: asking for half of it changes nothing.
ABOUT_ALL = (Unauthorized, Forbidden, NotFound, ForeignHost)
# After so many single resources failed in a row it is the server that fails, not the resource.
LONE_FAILURES = 3

Ask = Callable[[Sequence[str]], dict[str, Resource]]


class _GiveUp(Exception):
    """Asking on would only add to the server's trouble."""


def fetch_in_batches(ask: Ask, hrefs: Sequence[str], *, size: int) -> Fetched:
    """What ``ask`` finds of ``hrefs`` in batches of ``size``; the rest is ``missing``.

    A failing batch is halved until the culprit stands alone. If nothing at all was answered because
    the server was unavailable, that error is raised; once something was, the rest is missing.
    """
    harvest = _Harvest(ask)
    try:
        for start in range(0, len(hrefs), size):
            harvest.read(hrefs[start : start + size])
    except _GiveUp:
        pass
    if not harvest.answered and harvest.trouble is not None:
        raise harvest.trouble
    return Fetched(harvest.found, frozenset(hrefs) - frozenset(harvest.found))


class _Harvest:
    """What was found so far, and how the asking goes."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.found: dict[str, Resource] = {}
        self.answered = False
        self.trouble: DavError | None = None
        self.failed_alone = 0

    def read(self, hrefs: Sequence[str]) -> None:
        try:
            self.found |= self.ask(hrefs)
        except ABOUT_ALL:
            raise
        except DavError as trouble:
            self._after(trouble, hrefs)
        else:
            self.answered = True
            self.failed_alone = 0

    def _after(self, trouble: DavError, hrefs: Sequence[str]) -> None:
        if isinstance(trouble, Unavailable):
            self.trouble = trouble
        if _server_is_busy(trouble):
            raise _GiveUp
        if len(hrefs) > 1:
            middle = len(hrefs) // 2
            self.read(hrefs[:middle])
            self.read(hrefs[middle:])
            return
        self.failed_alone += 1
        if self.failed_alone >= LONE_FAILURES:
            self.trouble = self.trouble or trouble
            raise _GiveUp


def _server_is_busy(trouble: DavError) -> bool:
    # A pause was asked for, or time ran out: smaller batches would only be more requests.
    return isinstance(trouble, TimedOut) or trouble.status in (408, 421, 429, 503)
