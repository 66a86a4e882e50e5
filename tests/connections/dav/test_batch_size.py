"""How many resources are asked for at once."""

from __future__ import annotations

import pytest

from connections.dav.batch_size import (
    LARGE_OCTETS,
    MAX_BATCH,
    QUICK_SECONDS,
    SLOW_SECONDS,
    SMALL_OCTETS,
    BatchSize,
    Limits,
)

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("seconds", "octets", "batches"),
    [
        (0.3, 1000, [50, 200, 400, 400, 400]),
        (QUICK_SECONDS / 2, SMALL_OCTETS // 2, [50, 200, 400, 400, 400]),
        (QUICK_SECONDS, 1000, [50, 100, 200, 400, 400]),
        (0.3, SMALL_OCTETS, [50, 100, 200, 400, 400]),
        (QUICK_SECONDS + 0.1, 1000, [50, 50, 50, 50, 50]),
    ],
)
def test_batches_grow_while_answers_are_quick_and_small(seconds: float, octets: int, batches: list[int]) -> None:
    size, asked = BatchSize(Limits()), []
    for _ in range(5):
        asked.append(size.next(10_000))
        size.answered(asked[-1], seconds, octets)
    assert asked == batches


def test_only_one_is_under_way_until_one_was_answered() -> None:
    size = BatchSize(Limits())
    before = size.lines
    size.answered(50, 0.3, 1000)
    assert (before, size.lines) == (1, 3)


@pytest.mark.parametrize(
    ("seconds", "octets", "then"),
    [
        (QUICK_SECONDS + 1, 0, 200),
        (0, LARGE_OCTETS, 200),
        (SLOW_SECONDS + 1, 0, 100),
        (0, LARGE_OCTETS + 1, 100),
        (0, 0, 400),
    ],
)
def test_a_slow_or_large_answer_holds_them_back(seconds: float, octets: int, then: int) -> None:
    size = BatchSize(Limits(), current=200)
    size.answered(200, seconds, octets)
    assert size.current == then


def test_events_that_cost_much_to_read_are_asked_for_in_smaller_batches() -> None:
    size = BatchSize(Limits(), current=400)
    size.was_read(400, 0.2)
    assert size.current == 400
    size.was_read(400, 3.0)
    assert size.current == 200


@pytest.mark.parametrize(("left", "count"), [(3000, 400), (2000, 334), (900, 300), (120, 50), (30, 50)])
def test_the_last_ones_are_shared_out_evenly_in_batches_that_are_worth_a_request(left: int, count: int) -> None:
    assert BatchSize(Limits(), current=400, proven=True).next(left) == count


def test_all_lines_are_busy_to_the_end_with_as_few_requests_as_that_takes() -> None:
    size, left, asked = BatchSize(Limits(), current=400, proven=True), 3150, []
    while left > 0:
        asked.append(min(size.next(left), left))
        left -= asked[-1]
    assert asked == [400, 400, 392, 392, 392, 392, 392, 390]


def test_what_an_account_refused_is_not_asked_for_again() -> None:
    limits = Limits()
    limits.refuse_batch(400)
    size = BatchSize(limits, current=MAX_BATCH)
    assert (limits.batch, limits.changed, size.next(10_000)) == (200, True, 200)
    for _ in range(9):
        limits.refuse_batch(limits.batch)
    assert limits.batch == 50


def test_what_was_known_is_no_change() -> None:
    limits = Limits(50, 1)
    limits.refuse_batch(100)
    limits.refuse_lines()
    assert limits == Limits(50, 1, changed=False)
