"""Many resources over several connections: what is found is what one connection with small batches finds."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from connections import dav
from connections.dav import Fetched, Limits, ParallelFetch, Resource
from connections.dav.batch_size import MAX_LINES, MIN_BATCH
from connections.dav.errors import TimedOut
from connections.dav.multiget import fetch_in_batches

pytestmark = pytest.mark.fast
HREFS = [f"/work/{number:04}.ics" for number in range(2000)]


class Server:
    """A session whose answers come from `fails`: it gets the hrefs of a request and returns an error, or None."""

    def __init__(self, fails: Callable[[Sequence[str]], Exception | None] = lambda hrefs: None) -> None:
        self.fails, self.sizes, self.lock = fails, [], threading.Lock()
        self.running = self.most = 0
        self.gone: set[str] = set()
        self.largest_answer = 10_000

    @contextmanager
    def lent(self) -> Iterator[Server]:
        yield self

    def fetch(self, path: str, hrefs: Sequence[str]) -> Fetched:
        """As Session.fetch: halves what fails, and raises only if nothing came."""
        return fetch_in_batches(lambda batch: self.fetch_at_once(path, batch).found, list(hrefs), size=MIN_BATCH)

    def fetch_at_once(self, path: str, hrefs: Sequence[str]) -> Fetched:
        with self.lock:
            self.sizes.append(len(hrefs))
            self.running += 1
            self.most = max(self.most, self.running)
            error = self.fails(hrefs)
        try:
            if error is not None:
                raise error
            found = {href: Resource(href, '"1"', b"x") for href in hrefs if href not in self.gone}
            found = dict(list(found.items())[: self.largest_answer])
            return Fetched(found, frozenset(hrefs) - found.keys())
        finally:
            with self.lock:
                self.running -= 1


def fetch(server: Server, limits: Limits | None = None, hrefs: Sequence[str] = HREFS) -> tuple[set[str], set[str]]:
    """What is found, and what is missing."""
    found: set[str] = set()
    missing: set[str] = set()
    fetching = ParallelFetch(server, "/work/", limits or Limits())  # type: ignore[arg-type]
    for asked in fetching.answers(hrefs, lambda: True):
        fetched = asked.answer()
        found |= fetched.found.keys()
        missing |= fetched.missing
    return found, missing


def test_everything_is_found_in_few_requests() -> None:
    server = Server()
    assert fetch(server) == (set(HREFS), set())
    assert (len(server.sizes) < 20, max(server.sizes) > 200, server.sizes[0]) == (True, True, 50)


def test_not_more_answers_than_lines_are_under_way_or_wait_to_be_taken() -> None:
    server, ahead = Server(), []
    fetching = ParallelFetch(server, "/work/", Limits())  # type: ignore[arg-type]
    for taken, _ in enumerate(fetching.answers(HREFS, lambda: True), start=1):
        time.sleep(0.005)  # so that every request that is under way is answered
        ahead.append(len(server.sizes) - taken)
    assert max(ahead) <= MAX_LINES
    assert server.most <= MAX_LINES


def test_one_line_and_small_batches_where_the_account_refused_more() -> None:
    server = Server()
    assert fetch(server, Limits(50, 1)) == (set(HREFS), set())
    assert (server.sizes, server.most) == ([50] * 40, 1)


@pytest.mark.parametrize("error", [dav.TooLarge("413", status=413), dav.Unavailable("500", status=500), TimedOut("")])
def test_a_server_that_answers_no_large_batch_is_remembered(error: Exception) -> None:
    server, limits = Server(lambda hrefs: error if len(hrefs) > 100 else None), Limits()
    assert fetch(server, limits) == (set(HREFS), set())
    assert (limits.batch, limits.changed, limits.lines) == (100, True, 3)


def test_what_a_large_answer_leaves_out_is_asked_for_again() -> None:
    server, limits = Server(), Limits()
    server.largest_answer = 60
    assert fetch(server, limits) == (set(HREFS), set())
    assert limits.batch == 50


def test_what_is_not_there_is_missing_and_says_nothing_about_batches() -> None:
    server, limits = Server(), Limits()
    server.gone = {HREFS[700], HREFS[1500]}
    assert fetch(server, limits) == (set(HREFS) - server.gone, server.gone)
    assert limits == Limits()


def test_an_event_that_makes_requests_fail_costs_only_itself_and_says_nothing_about_batches() -> None:
    bad = HREFS[1234]
    server, limits = Server(lambda hrefs: dav.Unavailable("500", status=500) if bad in hrefs else None), Limits()
    assert fetch(server, limits) == (set(HREFS) - {bad}, {bad})
    assert limits.changed is False


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_is_busy_with_several_requests_is_asked_one_at_a_time(status: int) -> None:
    server, limits = Server(), Limits()
    server.fails = lambda hrefs: dav.Unavailable("busy", status=status) if server.running > 1 else None
    original = server.fetch_at_once

    def slowly(path: str, hrefs: Sequence[str]) -> Fetched:
        time.sleep(0.002)
        return original(path, hrefs)

    server.fetch_at_once = slowly  # type: ignore[method-assign]
    assert fetch(server, limits) == (set(HREFS), set())
    assert limits.lines in (1, 3)  # three, if no two of them ever met


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_that_is_asked_for_ends_it_after_what_was_under_way(status: int) -> None:
    server, limits = Server(), Limits()
    server.fails = lambda hrefs: (
        dav.Unavailable("busy", status=status, retry_after=9) if HREFS[60] in hrefs and len(server.sizes) > 1 else None
    )
    fetching = ParallelFetch(server, "/work/", limits)  # type: ignore[arg-type]
    *before, last = fetching.answers(HREFS, lambda: True)
    with pytest.raises(dav.Unavailable) as caught:
        last.answer()
    assert (caught.value.retry_after, limits.lines, fetching.unasked) == (9, 1, True)
    assert HREFS[60] not in {href for asked in before for href in asked.answer().found}


@pytest.mark.parametrize("error", [dav.Unauthorized("401"), dav.Forbidden("403"), dav.NotFound("404")])
def test_an_error_of_the_whole_account_is_raised_and_not_asked_again(error: dav.DavError) -> None:
    server = Server(lambda hrefs: error if len(server.sizes) > 1 else None)
    with pytest.raises(type(error)):
        fetch(server)
    assert len(server.sizes) <= 1 + MAX_LINES


def test_nothing_more_is_asked_for_when_the_time_is_up() -> None:
    server = Server()
    fetching = ParallelFetch(server, "/work/", Limits())  # type: ignore[arg-type]
    answers = list(fetching.answers(HREFS, lambda: False))
    assert (len(answers), server.sizes, fetching.unasked) == (1, [50], True)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_fails_the_same_is_found_as_over_one_line_in_small_batches(seed: int) -> None:
    chance = random.Random(seed)
    bad = set(chance.sample(HREFS, chance.choice([0, 1, 5])))
    gone = set(chance.sample(HREFS, chance.choice([0, 3])))
    limit = chance.choice([50, 80, 150, 400])
    status = chance.choice([500, 507, 413])

    def fails(hrefs: Sequence[str]) -> Exception | None:
        error = dav.TooLarge if status == 413 else dav.Unavailable
        return error("failed", status=status) if len(hrefs) > limit or bad & set(hrefs) else None

    results = []
    for limits in (Limits(50, 1), Limits()):
        server = Server(fails)
        server.gone, server.largest_answer = gone, chance.choice([60, 10_000])
        results.append(fetch(server, limits))
    assert results[0] == results[1] == (set(HREFS) - bad - gone, bad | gone)
