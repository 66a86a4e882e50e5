"""A run with a few events measures everything."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.bench.runner import (
    BARE_REQUESTS,
    EXPAND,
    FIRST,
    KALENDS,
    LIBRARY,
    MANY,
    ONE,
    POLL,
    Plan,
    empty_database,
    run,
)
from benchmarks.bench.tables import table
from benchmarks.bench.targets import verdicts


@pytest.mark.processes
def test_a_small_run_measures_everything_and_counts_what_is_there(tmp_path: Path) -> None:
    (block,) = run(Plan([20], ["sandbox"], repeats=1), empty_database(tmp_path), tmp_path, lambda text: None)
    details = {key: measured.figures.detail for key, measured in block.measured.items()}
    requests = {work: block.measured[KALENDS, work].requests for work in (FIRST, ONE, POLL, EXPAND)}
    assert requests == {FIRST: 3, ONE: 3, POLL: 1, EXPAND: 0}
    assert block.measured[BARE_REQUESTS, FIRST].requests == 3
    assert (details[KALENDS, FIRST]["changed"], details[KALENDS, ONE]["changed"]) == (20, 1)
    assert details[KALENDS, MANY]["changed"] == details[LIBRARY, MANY]["changed"] == 20
    assert block.counts["occurrences"] == details[LIBRARY, FIRST]["occurrences"]
    assert len(list(verdicts([block]))) == 7
    assert next(table(block)).startswith("sandbox: 20 events, ")
