"""Requests under everything that may happen to them; afterwards iCloud, the rows and the mails agree.

A Hypothesis state machine: clients ask, move and cancel; staff approve, refuse, book and decide; an iPhone moves,
deletes, reshapes, duplicates and edits the events, and writes another STATUS; iCloud fails, and the process is killed
between any two statements. At every step nothing is confirmed that nobody approved, what waits is asked about once,
and no time is taken twice. When the trouble ends and staff choose what is safe, every booking has one event with its
time and its STATUS (TENTATIVE only while it waits for approval), and every client was told how it stands.

    pytest tests/bookings/state_machine                              some seconds
    HYPOTHESIS_PROFILE=long pytest tests/bookings/state_machine      an hour; MACHINE_EXAMPLES says how many
"""

from __future__ import annotations

import os
from typing import ClassVar

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import run_state_machine_as_test
from pytest_django import Settings

pytest.register_assert_rewrite("tests.bookings.state_machine.world")

from tests.bookings.practice import DEADLINE  # noqa: E402
from tests.bookings.state_machine.everybody import Everybody  # noqa: E402

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "1000" if LONG else "8"))
CALM = hypothesis_settings(
    max_examples=EXAMPLES,
    stateful_step_count=60 if LONG else 30,
    deadline=None,
    derandomize=not LONG,  # the suite is the same everywhere; the long run is for finding what is new
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


class Requests(Everybody):
    """Everything together. `settled` counts the runs after which all agreed."""

    settled: ClassVar[int] = 0

    def settle(self) -> None:
        super().settle()
        Requests.settled += 1


@pytest.mark.django_db(transaction=True)
def test_whatever_happens_to_requests_icloud_the_rows_and_the_mails_agree_afterwards(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    settings.FRESHNESS_DEADLINE_SECONDS = DEADLINE
    settings.BOOKING_RATE = 10_000
    monkeypatch.setattr(Requests, "settled", 0)
    run_state_machine_as_test(Requests, settings=CALM)
    assert Requests.settled >= EXAMPLES  # Hypothesis runs more than it counts as examples
