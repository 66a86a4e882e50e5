"""The arithmetic of the report about clients."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.clients.cpu import Shares
from benchmarks.clients.report import MONTH, Run, Sample, count_overlaps, goals, is_good, percentile, report

NINE = datetime(2026, 12, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALONE = [Sample(MONTH, seconds, 200) for seconds in (0.1, 0.2, 0.9)]


def run(*seconds: float, status: int = 200, booked: int = 1, overlaps: int = 0, lost: tuple[str, ...] = ()) -> Run:
    return Run(ALONE, [Sample(MONTH, one, status) for one in seconds], booked, overlaps, lost)


@pytest.mark.parametrize(
    ("percent", "value"), [(0, 1), (10, 1), (11, 2), (50, 5), (90, 9), (95, 10), (99, 10), (100, 10)]
)
def test_a_percentile_is_the_smallest_value_that_so_many_percent_do_not_exceed(percent: int, value: int) -> None:
    assert percentile([7, 3, 10, 1, 2, 9, 4, 8, 6, 5], percent) == value


def test_the_percentile_of_one_value_is_that_value() -> None:
    assert [percentile([0.3], percent) for percent in (50, 95)] == [0.3, 0.3]


def test_claims_that_touch_or_belong_to_others_do_not_overlap() -> None:
    assert count_overlaps([(1, NINE, NINE + HOUR), (1, NINE + HOUR, NINE + 2 * HOUR), (2, NINE, NINE + HOUR)]) == 0


def test_each_claim_that_begins_before_the_one_before_has_ended_is_counted() -> None:
    rows = [(1, NINE, NINE + 2 * HOUR), (1, NINE + HOUR, NINE + 3 * HOUR), (1, NINE + 2 * HOUR, NINE + 4 * HOUR)]
    assert count_overlaps(rows) == 2


def test_the_month_is_compared_with_its_median_alone() -> None:
    assert list(goals(run(*[0.1] * 18, 0.8, 2.0)))[-1][1:] == ("4.0", True)
    assert list(goals(run(*[0.1] * 18, 1.1, 2.0)))[-1][1:] == ("5.5", False)


@pytest.mark.parametrize(
    ("missed", "good"),
    [
        (run(0.1), True),
        (run(0.1, status=500), False),
        (run(0.1, status=0), False),
        (run(0.1, overlaps=1), False),
        (run(0.1, booked=0), False),
        (run(0.1, lost=("Booker 1",)), False),
        (run(1.1), False),
    ],
)
def test_every_goal_must_be_reached(missed: Run, good: bool) -> None:
    assert is_good(missed) is good


def test_the_report_says_who_used_the_processor() -> None:
    used = Shares(cores=2, web=0.25, clients=0.125, others=1.5)
    lines = list(report(Run(ALONE, [Sample(MONTH, 0.25, 200)], 1, 0, cpu=used)))
    assert lines[4] == "  CPU, of 2 cores: web server 0.25, clients and iCloud 0.12, other processes 1.50"


def test_the_report_has_a_line_for_each_step_and_each_goal() -> None:
    lines = list(report(Run(ALONE, [Sample(MONTH, 0.25, 200), Sample("book", 1.5, 500)], 0, 0)))
    assert lines[1:4] == [
        "the month's page, alone                     3       0   200 ms   900 ms   900 ms   900 ms",
        "the month's page                            1       0   250 ms   250 ms   250 ms   250 ms",
        "book                                        1       1  1500 ms  1500 ms  1500 ms  1500 ms",
    ]
    assert [line.split()[-1] for line in lines[5:]] == ["MISSED", "PASS", "MISSED", "PASS"]
