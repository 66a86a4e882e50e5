"""Everything that may happen to a calendar, in any order; afterwards Kalends shows what iCloud says, and nothing else.

A Hypothesis state machine: an Apple device edits (events, series, exceptions, this-and-future both ways, invitations,
moves between calendars), staff change rules, zone and choice, iCloud fails in every way the sandbox knows, and the
process is killed between any two statements. After each step nothing that was read is unblocked, and what is called
fresh is whole; when the trouble ends, four polls of the schedule bring both sides to agreement. What occurrences an
event has is read independently, by the module `reading`.

    pytest tests/connections/state_machine                              some 20 s
    HYPOTHESIS_PROFILE=long pytest tests/connections/state_machine      an hour; MACHINE_EXAMPLES says how many

A failure prints the steps as a program. Names of events are random, so now and then one does not repeat.
"""

from __future__ import annotations

import os
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

pytest.register_assert_rewrite("tests.connections.state_machine.machine")

from connections.dav import batch_size, parallel  # noqa: E402
from connections.dav.batch_size import Limits  # noqa: E402
from connections.models import Connection  # noqa: E402
from connections.sync import apply, calendar  # noqa: E402
from tests.connections.state_machine.staff import Process  # noqa: E402
from tests.connections.state_machine.trouble import Trouble  # noqa: E402

LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
EXAMPLES = int(os.environ.get("MACHINE_EXAMPLES", "2000" if LONG else "8"))
CALM = settings(
    max_examples=EXAMPLES,
    stateful_step_count=60 if LONG else 30,
    deadline=None,
    derandomize=not LONG,  # the suite is the same everywhere; the long run is for finding what is new
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)


class Inwards(Process, Trouble):
    """Everything together. `settled` counts the runs after which both sides agreed."""

    settled: ClassVar[int] = 0

    def settle(self) -> None:
        super().settle()
        Inwards.settled += 1


@pytest.mark.django_db(transaction=True)
def test_after_any_trouble_kalends_shows_exactly_what_icloud_says(monkeypatch: pytest.MonkeyPatch) -> None:
    # Small batches, so that little is enough to need several, and a kill can come between them.
    monkeypatch.setattr(Connection, "limits", lambda row, now: Limits(batch=4))
    monkeypatch.setattr(batch_size, "MIN_BATCH", 2)
    monkeypatch.setattr(parallel, "MIN_BATCH", 2)
    monkeypatch.setattr(calendar, "MAX_HREFS_IN_QUERY", 5)
    monkeypatch.setattr(apply, "MAX_EVENTS", 4)
    monkeypatch.setattr(Inwards, "settled", 0)
    run_state_machine_as_test(Inwards, settings=CALM)
    assert Inwards.settled >= EXAMPLES  # Hypothesis runs more than it counts as examples
