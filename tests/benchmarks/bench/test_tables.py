"""The tables that people read."""

from __future__ import annotations

from benchmarks.bench.tables import target_table
from benchmarks.bench.targets import Verdict


def test_a_target_that_is_missed_says_so_and_why() -> None:
    met = Verdict("sandbox", "requests", "<= 1", "1")
    missed = Verdict("sandbox", "queries", "<= 4", "13", "13 queries")
    assert [line.split() for line in target_table([met, missed])][1:] == [
        ["requests", "sandbox", "<=", "1", "1", "PASS"],
        ["queries", "sandbox", "<=", "4", "13", "MISSED:", "13", "queries"],
    ]
