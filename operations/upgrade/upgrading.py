"""Carrying out an upgrade step by step, and undoing it when a step fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from operations.upgrade import database
from operations.upgrade.errors import StepFailed
from operations.upgrade.plan import STEPS, Situation, Step, undo
from operations.upgrade.services import ByHand, Services
from operations.upgrade.versions import Link, record_version, upgrades_folder


@dataclass
class Upgrade:
    """An upgrade. `backup` is the file to write, `old` and `new` are versions (`old` is empty if it is not known)."""

    services: Services
    backup: Path
    old: str
    new: str
    migrations: list[str]
    now: datetime
    link: Link | None = None
    done: list[Step] = field(default_factory=list)
    failure: str = ""
    _activity: tuple[int, int, int] | None = None
    _used: bool = False

    def run(self) -> bool:
        """Do all steps after the check; if one fails, undo what must be. Returns whether the new version is there.

        Whatever interrupts it, Ctrl-C too, it is undone before it ends.
        """
        for step in STEPS[1:]:
            try:
                self._do(step)
            except StepFailed as error:
                self.failure = str(error)
                self._undo(step)
                return False
            except BaseException:
                self.failure = _("It was interrupted.")
                self._undo(step)
                raise
        self._delete_older_backups()
        return True

    def _do(self, step: Step) -> None:
        works: dict[Step, Callable[[], None]] = {
            Step.STOP: self._stop,
            Step.BACKUP: lambda: database.back_up(self.backup, self.now),
            Step.MIGRATE: self._migrate,
            Step.START: self._start,
            Step.RESTORE: lambda: database.restore(self.backup, self.now),
            Step.START_OLD: self._start_old,
        }
        works[step]()
        self.done.append(step)

    def _stop(self) -> None:
        self.services.stop()
        database.wait_until_unused()

    def _migrate(self) -> None:
        if self.migrations:
            database.migrate()

    def _start(self) -> None:
        self._activity = database.activity()
        if self.link:
            self.link.to_new()
        self.services.start()
        record_version(self.new)

    def _start_old(self) -> None:
        if self.link:
            self.link.to_old()
        self.services.start()

    def _undo(self, failed: Step) -> None:
        """Undo in order; where one of these steps fails, those after it are not tried."""
        self._used = failed is Step.START and self._activity not in (None, database.activity())
        keeps_old = self.link is not None and self.link.keeps_old
        situation = Situation(migrates=bool(self.migrations), keeps_old=keeps_old, used=self._used)
        for step in undo(failed, situation):
            try:
                self._do(step)
            except StepFailed as error:
                self.failure = f"{self.failure} {error}"
                return
        if self._used:
            self.failure += " " + _("People have used the new version since, so the backup was not restored.")

    def outcome(self) -> str:
        """After a failure: how things stand, and what to do, in sentences."""
        parts = [self.failure]
        if Step.RESTORE in self.done:
            parts.append(_("The tables are as they were before."))
        elif Step.MIGRATE in self.done or Step.BACKUP in self.done:
            parts.append(_("The backup is %(file)s.") % {"file": self.backup})
        if Step.START_OLD in self.done:
            by_hand = isinstance(self.services, ByHand)
            parts.append(_("Start Kalends again.") if by_hand else _("Kalends was started again."))
        if not self._runs_old:
            known = _("Install Kalends %(version)s again and start it.") % {"version": self.old}
            parts.append(known if self.old else _("Install the version of Kalends from before and start it."))
        return " ".join(parts)

    @property
    def _runs_old(self) -> bool:
        """Is nothing to be installed, because the old version is there, or the tables fit the new one?"""
        keeps_old = self.link is not None and self.link.keeps_old
        return keeps_old or not self.migrations or Step.STOP not in self.done

    def _delete_older_backups(self) -> None:
        """Of the upgrades before: they have people in them who may be erased since."""
        for path in upgrades_folder().glob("before-*.backup"):
            if path != self.backup:
                path.unlink(missing_ok=True)
