"""Changes that are asked for beside the home, before a booking: only what is proven to be as new as the home counts."""

from __future__ import annotations

import time
from concurrent.futures import Future

import pytest

from connections import dav
from connections.models import Calendar, Connection
from connections.sync import ahead
from connections.sync.state import lease
from tests.connections.engine import World


def answered(changes: dav.Changes | None) -> ahead.Ahead:
    """What is asked for of the calendar at /work/, with this answer."""
    coming: Future[ahead.EarlyAnswer] = Future()
    coming.set_result(ahead.EarlyAnswer(changes, 1))
    return ahead.Ahead({"/work/": coming}, time.monotonic() + 5)


@pytest.mark.parametrize(("listed", "counts"), [("new", True), ("newer", False), ("", False)])
def test_changes_count_if_their_token_is_the_listed_one(listed: str, counts: bool) -> None:
    changes = dav.Changes({"/work/a.ics": '"1"'}, frozenset(), "new", complete=False)
    asked = answered(changes)
    assert asked.changes(Calendar(path="/work/", listed_token=listed)) == (changes if counts else None)
    assert asked.requests == 1


def test_an_answer_is_used_once() -> None:
    changes = dav.Changes({}, frozenset(), "new", complete=False)
    asked, row = answered(changes), Calendar(path="/work/", listed_token="new")
    assert (asked.changes(row), asked.changes(row)) == (changes, None)


def test_what_failed_or_comes_too_late_is_asked_for_again() -> None:
    row = Calendar(path="/work/", listed_token="new")
    assert answered(None).changes(row) is None
    assert ahead.Ahead({"/work/": Future()}, time.monotonic()).changes(row) is None


def test_a_calendar_that_must_be_listed_completely_is_not_asked_for(world: World) -> None:
    world.sync()
    [leased] = lease(Connection.objects.all(), world.now)
    with ahead.asked([leased], time.monotonic() + 5) as asked:
        assert list(asked[world.pk].answers) == [world.theirs("Work").path]
    for state in leased:
        state.calendar.sync_token = ""
    with ahead.asked([leased], time.monotonic() + 5) as asked:
        assert asked[world.pk].answers == {}
