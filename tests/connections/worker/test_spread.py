"""Instances on one machine take turns."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from connections.worker.spread import offset

MINUTE = timedelta(minutes=1)


def test_an_instance_that_is_alone_does_not_wait() -> None:
    assert offset("", MINUTE) == timedelta()


def test_an_instance_always_has_the_same_turn() -> None:
    assert offset("winter", MINUTE) == timedelta(seconds=11, microseconds=430610)
    assert offset("winter", 2 * MINUTE) == timedelta(seconds=22, microseconds=861219)


def test_a_hundred_instances_are_spread_over_the_whole_minute() -> None:
    seconds = Counter(int(offset(f"practice{number}", MINUTE).total_seconds()) // 10 for number in range(100))
    assert sorted(seconds) == [0, 1, 2, 3, 4, 5]
    assert max(seconds.values()) < 30
