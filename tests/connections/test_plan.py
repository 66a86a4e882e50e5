"""What must change, as plain values: no network, no tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connections.dav import Changes
from connections.plan import Known, back_off, pending_pause, plan, same_etag, window


def known(*names: str, etag: str = '"1"', owed: str = "") -> dict[str, Known]:
    return {name: Known(number, etag, owed) for number, name in enumerate(names)}


def listing(*names: str, etag: str = '"1"') -> Changes:
    return Changes(dict.fromkeys(names, etag), frozenset(), "token", complete=True)


def delta(changed: dict[str, str], *removed: str) -> Changes:
    return Changes(changed, frozenset(removed), "token", complete=False)


def numbered(count: int) -> list[str]:
    return [f"/{number}" for number in range(count)]


def test_what_is_new_or_has_another_etag_is_fetched() -> None:
    todo = plan(delta({"/a": '"1"', "/b": '"2"', "/c": '"1"'}), known("/a", "/b"))
    assert (todo.fetch, todo.remove, todo.suspected) == ({"/b": '"2"', "/c": '"1"'}, frozenset(), 0)


def test_what_is_owed_is_fetched_though_its_etag_is_known() -> None:
    assert plan(delta({"/a": '"1"'}), known("/a", owed='"1"')).fetch == {"/a": '"1"'}


def test_a_delta_removes_what_it_names_and_what_is_known() -> None:
    assert plan(delta({}, "/a", "/x"), known("/a", "/b")).remove == frozenset({"/a"})


def test_a_delta_may_remove_everything() -> None:
    names = numbered(40)
    assert plan(delta({}, *names), known(*names)).remove == frozenset(names)


def test_a_listing_removes_what_it_lacks() -> None:
    names = numbered(9)
    todo = plan(listing(*names[:1]), known(*names))
    assert (todo.remove, todo.fetch) == (frozenset(names[1:]), {})


def test_the_same_plan_comes_from_a_delta_and_from_a_listing() -> None:
    names = numbered(8)
    by_delta = plan(delta({"/0": '"2"', "/new": '"1"'}, "/7"), known(*names))
    changed = dict.fromkeys(names[:7], '"1"') | {"/0": '"2"', "/new": '"1"'}
    by_listing = plan(Changes(changed, frozenset(), "token", complete=True), known(*names))
    assert (by_delta.fetch, by_delta.remove) == (by_listing.fetch, by_listing.remove)


@pytest.mark.parametrize(
    ("there", "listed", "doubted"),
    [(0, 0, 0), (1, 0, 1), (5, 0, 5), (5, 1, 0), (9, 1, 0), (10, 5, 0), (10, 4, 6), (100, 50, 0), (100, 49, 51)],
)
def test_losing_everything_or_more_than_half_of_ten_is_doubted(there: int, listed: int, doubted: int) -> None:
    names = numbered(there)
    todo = plan(listing(*names[:listed]), known(*names))
    assert (todo.suspected, len(todo.remove)) == (doubted, 0 if doubted else there - listed)


def test_only_the_same_removal_seen_again_is_believed() -> None:
    names = numbered(20)
    first = plan(listing(*names[:5]), known(*names))
    same = plan(listing(*names[:5], "/new"), known(*names), believed_digest=first.digest)
    other = plan(listing(*names[:4]), known(*names), believed_digest=first.digest)
    assert (len(same.remove), same.suspected) == (15, 0)
    assert (len(other.remove), other.suspected) == (0, 16)


def test_in_a_file_an_event_that_replaces_another_is_no_loss() -> None:
    names = numbered(20)
    others = [f"{name}-again" for name in names]
    todo = plan(listing(*others), known(*names), is_file=True)
    assert (len(todo.fetch), len(todo.remove), todo.suspected) == (20, 20, 0)


def test_the_second_file_is_believed_whatever_it_has_lost() -> None:
    names = numbered(20)
    first = plan(listing("/a"), known(*names), is_file=True)
    assert (len(first.remove), first.suspected) == (0, 19)
    second = plan(listing("/b"), known(*names, "/a"), believed_digest=first.digest, is_file=True)
    assert (len(second.remove), second.suspected) == (21, 0)


@pytest.mark.parametrize(
    ("one", "other", "same"), [('"a"', '"a"', True), ('W/"a"', '"a"', True), ('"a"', '"b"', False), ("", '"a"', False)]
)
def test_weak_and_strong_etags_name_the_same_version(one: str, other: str, same: bool) -> None:
    assert same_etag(one, other) is same


def test_the_pause_of_an_owed_event_doubles_up_to_an_hour() -> None:
    pauses = [pending_pause(attempts).total_seconds() for attempts in (0, 1, 2, 8, 9, 1000)]
    assert pauses == [10, 20, 40, 2560, 3600, 3600]


@pytest.mark.parametrize(
    ("interval", "failures", "jitter", "seconds"),
    [
        (300, 1, 0, 300),
        (300, 2, 0, 600),
        (300, 4, 0, 2400),
        (300, 5, 0, 3600),
        (300, 5000, 0, 3600),
        (300, 1, 0.5, 337.5),
        (5, 1, 0, 5),
        (7200, 3, 0, 7200),
    ],
)
def test_the_pause_of_a_connection_doubles_up_to_an_hour_and_is_spread(
    interval: int, failures: int, jitter: float, seconds: float
) -> None:
    assert back_off(timedelta(seconds=interval), failures, jitter) == timedelta(seconds=seconds)


def test_the_window_lies_on_midnights_and_covers_the_last_day_of_the_horizon_in_every_zone() -> None:
    now = datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)
    assert window(now, past_days=35, horizon_days=400) == (
        datetime(2026, 10, 26, tzinfo=UTC),
        datetime(2028, 1, 6, tzinfo=UTC),
    )
