"""The steps of an upgrade, and what is undone when one of them fails. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Step(StrEnum):
    """What is done. The values are stable: they are in the JSON of the command."""

    CHECK = "check"
    STOP = "stop"
    BACKUP = "backup"
    MIGRATE = "migrate"
    START = "start"
    RESTORE = "restore"
    START_OLD = "start_old"


STEPS: Final = (Step.CHECK, Step.STOP, Step.BACKUP, Step.MIGRATE, Step.START)
"""Everything is stopped before the backup: what is booked after it would be lost if it had to be restored."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides how an upgrade is undone.

    `migrates`: the tables are changed. `keeps_old`: the old version is still installed, in a folder of its own.
    `used`: somebody booked, or staff changed something, since the new version was started.
    """

    migrates: bool
    keeps_old: bool
    used: bool = False


def undo(failed: Step, situation: Situation) -> tuple[Step, ...]:
    """The steps that follow when `failed` failed.

    The backup is restored if tables may have changed, unless that would lose what people did since. The old version is
    started again where it can be: it is installed, or the tables fit what is installed, which is the new one.
    """
    if failed is Step.CHECK:
        return ()
    steps: tuple[Step, ...] = ()
    if failed is Step.START:
        if situation.used:
            return ()
        steps = (Step.STOP,)
    if failed in (Step.MIGRATE, Step.START) and situation.migrates:
        steps += (Step.RESTORE,)
    if can_start_again(failed, situation):
        steps += (Step.START_OLD,)
    return steps


def can_start_again(failed: Step, situation: Situation) -> bool:
    """After undoing, is something installed that fits the tables, and that did not just fail to start?"""
    return situation.keeps_old or (failed is not Step.START and not situation.migrates)
