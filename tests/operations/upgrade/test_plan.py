"""What is undone when a step of an upgrade fails."""

from __future__ import annotations

import pytest

from operations.upgrade.plan import STEPS, Situation, Step, undo

MIGRATES = Situation(migrates=True, keeps_old=False)
SIDE_BY_SIDE = Situation(migrates=True, keeps_old=True)
ONLY_CODE = Situation(migrates=False, keeps_old=False)


def test_everything_is_stopped_before_the_backup() -> None:
    assert STEPS == (Step.CHECK, Step.STOP, Step.BACKUP, Step.MIGRATE, Step.START)


@pytest.mark.parametrize("situation", [MIGRATES, SIDE_BY_SIDE, ONLY_CODE])
def test_a_check_that_fails_has_changed_nothing(situation: Situation) -> None:
    assert undo(Step.CHECK, situation) == ()


@pytest.mark.parametrize(
    ("failed", "situation", "steps"),
    [
        (Step.STOP, SIDE_BY_SIDE, (Step.START_OLD,)),
        (Step.STOP, ONLY_CODE, (Step.START_OLD,)),
        (Step.STOP, MIGRATES, ()),  # what is installed does not fit the tables
        (Step.BACKUP, SIDE_BY_SIDE, (Step.START_OLD,)),
        (Step.BACKUP, MIGRATES, ()),
        (Step.MIGRATE, SIDE_BY_SIDE, (Step.RESTORE, Step.START_OLD)),
        (Step.MIGRATE, MIGRATES, (Step.RESTORE,)),
        (Step.START, SIDE_BY_SIDE, (Step.STOP, Step.RESTORE, Step.START_OLD)),
        (Step.START, MIGRATES, (Step.STOP, Step.RESTORE)),
        (Step.START, ONLY_CODE, (Step.STOP,)),
        (Step.START, Situation(migrates=False, keeps_old=True), (Step.STOP, Step.START_OLD)),
        (Step.START, Situation(migrates=True, keeps_old=True, used=True), ()),  # nobody's booking is lost
    ],
)
def test_what_a_failed_step_leads_to(failed: Step, situation: Situation, steps: tuple[Step, ...]) -> None:
    assert undo(failed, situation) == steps
