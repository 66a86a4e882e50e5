from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from operations.readiness.judgement import Found, judge

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
WELL = Found(True, True, NOW, frozenset({"push"}), {"push": NOW}, 10**10)
NAMES = ["database", "migrations", "worker", "schedules", "disk"]


def problems(**changes: Any) -> dict[str, str]:
    return {name: problem for name, problem in judge(replace(WELL, **changes), NOW).items() if problem}


def test_all_checks_are_named_also_where_all_is_well() -> None:
    assert judge(WELL, NOW) == dict.fromkeys(NAMES, "")


@pytest.mark.parametrize(
    ("changes", "name", "sentence"),
    [
        (
            {"heartbeat": None},
            "worker",
            "No worker has run yet. Start one: kalends worker. It reports within a minute.",
        ),
        (
            {"heartbeat": NOW - timedelta(minutes=6)},
            "worker",
            "No worker has run for 6 minutes. Start one, or look at its log.",
        ),
        ({"schedules": {}}, "schedules", "Schedules are missing. Run: kalends setup-schedules."),
        (
            {"schedules": {"push": NOW - timedelta(minutes=6)}},
            "schedules",
            "Schedules are late. Start a worker, or look at its log.",
        ),
        ({"free_bytes": 2**20}, "disk", "Only 1 MiB are free where data is kept. Make room for at least 256 MiB."),
        (
            {"free_bytes": None},
            "disk",
            "The folder “data” in KALENDS_HOME cannot be read. Create it, or give it to the user of Kalends.",
        ),
    ],
)
def test_each_problem_says_what_to_do(changes: dict[str, Any], name: str, sentence: str) -> None:
    assert problems(**changes) == {name: sentence}


def test_five_minutes_are_not_late_yet() -> None:
    before = NOW - timedelta(minutes=5)
    assert problems(heartbeat=before, schedules={"push": before}) == {}


def test_a_schedule_that_nobody_wants_may_be_late() -> None:
    assert problems(schedules={"push": NOW, "old": NOW - timedelta(days=1)}) == {}


def test_before_migrations_the_rest_is_not_known() -> None:
    found = problems(migrated=False)
    assert found["migrations"] == "Migrations are not applied. Run: kalends upgrade."
    assert (list(found), found["worker"]) == (NAMES[1:4], "Not known before the migrations are applied.")


def test_without_the_database_the_rest_is_not_known() -> None:
    found = problems(database=False, migrated=False)
    assert found["database"] == "The database does not answer. Start it, or correct DATABASE_URL."
    assert (list(found), found["migrations"]) == (NAMES[:4], "Not known while the database does not answer.")
