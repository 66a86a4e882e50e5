"""Fetches the resources of a calendar over several connections, in batches that grow; memory stays bounded.

A batch of at most MIN_BATCH is fetched as ``Session.fetch`` does. A larger one is one request: if it fails, or if
resources are missing from its answer, these are fetched again in batches of MIN_BATCH. So what is found does not depend
on the size of the batches.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from connections.dav.batch_size import MIN_BATCH, BatchSize, Limits
from connections.dav.errors import DavError, TimedOut, Unavailable
from connections.dav.multiget import COLLECTION_ERRORS, server_is_busy
from connections.dav.values import Fetched, ReadingSession


@dataclass(frozen=True, slots=True)
class Asked:
    """A batch and its answer, which raises DavError if it ``failed``."""

    hrefs: Sequence[str]
    answer: Callable[[], Fetched]
    failed: bool = False


@dataclass(slots=True)
class _LargeBatch:
    """A batch of ``size`` that did not come as a whole, while its resources are fetched in ``pieces``."""

    size: int
    pieces: int
    complete: bool = True  # so far every piece came as a whole


@dataclass(frozen=True, slots=True)
class _Request:
    """Hrefs to ask for at once; ``part_of`` is the larger batch that did not come as a whole, if there was one."""

    hrefs: Sequence[str]
    part_of: _LargeBatch | None = None


@dataclass(slots=True)
class ParallelFetch:
    """Fetches resources of the calendar at ``path``. Only one thread may use it; those that ask are its own.

    At most one answer for each line is in memory, besides the one that the caller works on. ``limits``: what the
    account answers; what it refuses is noted there. A server that is too busy for several requests at once (429, 503)
    is asked again over one connection when the others have ended, or not at all if it asked for a pause.
    """

    session: ReadingSession
    path: str
    limits: Limits
    size: BatchSize = field(init=False)
    left: deque[str] = field(init=False, default_factory=deque)
    _again: deque[_Request] = field(init=False, default_factory=deque)
    _running: dict[Future[tuple[Fetched, float]], _Request] = field(init=False, default_factory=dict)
    _pause: Asked | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.size = BatchSize(self.limits)

    @property
    def unasked(self) -> bool:
        """Are there resources that were not asked for?"""
        return bool(self.left or self._again)

    def answers(self, hrefs: Sequence[str], may_ask: Callable[[], bool]) -> Generator[Asked]:
        """The answers for all ``hrefs``, as they come.

        Before each further request ``may_ask`` is asked: after its first False no more are sent, and ``unasked`` says
        whether any are missing.
        """
        self.left.extend(hrefs)
        with ThreadPoolExecutor(max_workers=self.limits.lines) as threads:
            self._send(threads)
            while self._running:
                done = self._wait()
                asked = self._taken(self._running.pop(done), done)
                failed = asked is not None and asked.failed
                del done  # it holds the answer
                if not failed:
                    self._go_on(threads, may_ask)
                if asked is not None:
                    yield asked
                del asked
                if failed:  # and the caller goes on in spite of that
                    self._go_on(threads, may_ask)
        if self._pause is not None:
            yield self._pause

    def _wait(self) -> Future[tuple[Fetched, float]]:
        try:
            return next(iter(wait(self._running, return_when=FIRST_COMPLETED).done))
        except (KeyboardInterrupt, SystemExit):
            self.session.interrupt()  # otherwise the process would wait for answers before it ends
            raise

    def _go_on(self, threads: Executor, may_ask: Callable[[], bool]) -> None:
        if self.unasked and self._pause is None and may_ask():
            self._send(threads)

    def _send(self, threads: Executor) -> None:
        while self.unasked and len(self._running) < self.size.lines:
            request = self._again.popleft() if self._again else _Request(self._next())
            self._running[threads.submit(self._ask, request.hrefs)] = request

    def _next(self) -> list[str]:
        return [self.left.popleft() for _ in range(min(self.size.next(len(self.left)), len(self.left)))]

    def _ask(self, hrefs: Sequence[str]) -> tuple[Fetched, float]:
        """The work of a thread: the answer, and how many seconds it took."""
        with self.session.lent() as session:
            began = time.monotonic()
            fetch = session.fetch_at_once if len(hrefs) > MIN_BATCH else session.fetch
            return fetch(self.path, hrefs), time.monotonic() - began

    def _taken(self, request: _Request, done: Future[tuple[Fetched, float]]) -> Asked | None:
        """What the caller gets of this answer; None if all of it is to be asked for again."""
        error = done.exception()
        if isinstance(error, DavError):
            return self._failed(request, error)
        fetched, seconds = done.result()
        self._note(request, complete=not fetched.missing)
        self.size.answered(len(request.hrefs), seconds, sum(len(found.data) for found in fetched.found.values()))
        if len(request.hrefs) > MIN_BATCH and fetched.missing:
            self._ask_in_pieces(request, sorted(fetched.missing))
            fetched = Fetched(fetched.found, frozenset())
        return Asked(request.hrefs, lambda: fetched)

    def _failed(self, request: _Request, error: DavError) -> Asked | None:
        self._note(request, complete=False)
        asked = Asked(request.hrefs, _raising(error), failed=True)
        if isinstance(error, Unavailable) and error.status in (429, 503) and self.size.lines > 1:
            self.limits.refuse_lines()
            if error.retry_after is None:
                self._again.appendleft(request)
            else:
                self._pause = asked  # after what is under way
            return None
        if len(request.hrefs) <= MIN_BATCH or isinstance(error, COLLECTION_ERRORS) or _wants_a_pause(error):
            return asked
        self._ask_in_pieces(request, request.hrefs)
        if isinstance(error, TimedOut):
            self.limits.refuse_batch(len(request.hrefs))
        return None

    def _ask_in_pieces(self, request: _Request, hrefs: Sequence[str]) -> None:
        self.size.shrink(len(request.hrefs))
        pieces = [hrefs[first : first + MIN_BATCH] for first in range(0, len(hrefs), MIN_BATCH)]
        large = _LargeBatch(len(request.hrefs), len(pieces))
        self._again.extend(_Request(piece, large) for piece in pieces)

    def _note(self, request: _Request, *, complete: bool) -> None:
        """If a large batch was refused and all its pieces came as a whole, it was too large."""
        large = request.part_of
        if large is None:
            return
        large.pieces -= 1
        large.complete &= complete
        if large.complete and not large.pieces:
            self.limits.refuse_batch(large.size)


def _raising(error: DavError) -> Callable[[], Fetched]:
    def answer() -> Fetched:
        raise error

    return answer


def _wants_a_pause(error: DavError) -> bool:
    return server_is_busy(error) and not isinstance(error, TimedOut)
