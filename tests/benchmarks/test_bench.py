"""The benchmarks run: with a few events they take seconds, and what they count is right."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from benchmarks.bench import corpus
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
    environment,
    run,
)
from benchmarks.bench.tables import table, target_table
from benchmarks.bench.targets import Verdict, verdicts
from connections import ical

TODAY = date(2026, 11, 22)
ROOT = Path(__file__).resolve().parents[2]


def test_the_calendar_is_the_same_each_time_and_a_tenth_of_it_is_series() -> None:
    once, again = (list(corpus.resources(100, TODAY)) for _ in range(2))
    assert once == again
    assert sum(b"RRULE:" in resource.data for resource in once) == 10
    assert all(resource.data.count(b"BEGIN:VTIMEZONE") == 1 for resource in once)


def test_an_edit_moves_the_event_and_keeps_its_name() -> None:
    before, after = corpus.resource(8, 100, TODAY), corpus.edited(8, 100, TODAY, 1)
    assert (before.name, _starts(before)[0] + timedelta(minutes=15)) == (after.name, _starts(after)[0])


def _starts(resource: corpus.Resource) -> list[datetime]:
    years = datetime(2025, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
    zone = ZoneInfo("Europe/Berlin")
    found = ical.expand(resource.data, window=years, zone=zone, rules=ical.Rules(), addresses=frozenset())
    return [instance.start for instance in found.instances]


@pytest.mark.parametrize(("size", "count", "series"), [(10000, 1, 0), (100, 1, 0), (10000, 100, 10), (100, 100, 10)])
def test_as_many_events_are_chosen_as_asked_and_a_tenth_of_many_are_series(size: int, count: int, series: int) -> None:
    chosen = corpus.choose(size, count)
    assert (len(set(chosen)), sum(map(corpus.is_series, chosen))) == (count, series)


def test_a_small_run_measures_everything_and_counts_what_is_there(tmp_path: Path) -> None:
    (block,) = run(Plan([20], ["sandbox"], repeats=1), tmp_path, lambda text: None)
    details = {key: measured.figures.detail for key, measured in block.measured.items()}
    requests = {work: block.measured[KALENDS, work].requests for work in (FIRST, ONE, POLL, EXPAND)}
    assert requests == {FIRST: 3, ONE: 3, POLL: 1, EXPAND: 0}
    assert block.measured[BARE_REQUESTS, FIRST].requests == 3
    assert (details[KALENDS, FIRST]["changed"], details[KALENDS, ONE]["changed"]) == (20, 1)
    assert details[KALENDS, MANY]["changed"] == details[LIBRARY, MANY]["changed"] == 20
    assert block.counts["occurrences"] == details[LIBRARY, FIRST]["occurrences"]
    assert len(list(verdicts([block]))) == 7
    assert next(table(block)).startswith("sandbox: 20 events, ")


def test_a_target_that_is_missed_says_so_and_why() -> None:
    met = Verdict("sandbox", "requests", "<= 1", "1")
    missed = Verdict("sandbox", "queries", "<= 4", "13", "13 queries")
    assert [line.split() for line in target_table([met, missed])][1:] == [
        ["requests", "sandbox", "<=", "1", "1", "PASS"],
        ["queries", "sandbox", "<=", "4", "13", "MISSED:", "13", "queries"],
    ]


def test_a_small_fleet_is_polled_once_each_by_a_real_cluster(tmp_path: Path) -> None:
    size = {"CONNECTIONS": "5", "LATENCY_MS": "10", "WORKERS": "1", "DATABASE_URL": "sqlite:///"}
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.fleet"],
        cwd=ROOT,
        env=os.environ | environment(tmp_path) | size,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    ).stdout
    facts = dict(line.strip().split("  ", 1) for line in said.splitlines()[1:])
    assert facts["polled"].split(" in ")[0].strip() == "5"
    assert facts["requests a poll"].strip() == "1.00"


def test_a_small_run_of_freshness_keeps_what_is_promised(tmp_path: Path) -> None:
    size = {"TRIES": "12", "ROUNDS": "1", "CLIENTS": "3", "DATABASE_URL": "sqlite:///"}
    said = subprocess.run(
        [sys.executable, "-m", "benchmarks.freshness"],
        cwd=ROOT,
        env=os.environ | environment(tmp_path) | size,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    ).stdout
    verdicts = [line.split()[-1] for line in said.splitlines()[1:4]]
    assert verdicts == ["PASS"] * 3, said
    assert "12 of 12" in said
