"""One check of one calendar, from the refusals to the last clean-up."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import FrameType
from typing import Any

from connections.dav import DavError, Session
from connections.models import Calendar
from operations.account_check.event_texts import EventTexts
from operations.account_check.expectations import Finding, Outcome, compared
from operations.account_check.fitness import require_unshared
from operations.account_check.leftovers import remove_leftovers
from operations.account_check.probe import Probe
from operations.account_check.results import keep_result
from operations.account_check.wire import Wire
from practice.times import iso
from practice.version import version


@dataclass(slots=True)
class CheckResult:
    """What a check found. `removed`: how many events of earlier checks were still there. `is_clean`: is nothing left?

    `complete`: were all questions asked, without an interruption?
    """

    provider: str
    at: datetime
    removed: int = 0
    findings: list[Finding] = field(default_factory=list)
    complete: bool = False
    is_clean: bool = False

    def count(self, outcome: Outcome) -> int:
        return sum(one.outcome is outcome for one in self.findings)

    def as_json(self) -> dict[str, Any]:
        """For programs and for the support bundle; it names nobody."""
        return {
            "at": iso(self.at),
            "kalends": version(),
            "provider": self.provider,
            "complete": self.complete,
            "clean": self.is_clean,
            "removed_before": self.removed,
            "counts": {outcome.value: self.count(outcome) for outcome in Outcome},
            "findings": [one.as_json() for one in self.findings],
        }


def check_calendar(calendar: Calendar, now: datetime) -> CheckResult:
    """Ask an account all questions with one event in the calendar, and remove that event whatever happens.

    Raises Unfit before anything is written, and what the wire raises. The result is kept, also that of a check that was
    interrupted: by an error, by Ctrl-C, or by a signal to end.
    """
    connection = calendar.connection
    result = CheckResult(connection.provider, now)
    with Session(connection.account) as session, Wire(connection.account) as wire:
        home = session.discover().path
        wire.origin = session.origin
        require_unshared(session, wire, home, calendar.path)
        result.removed = remove_leftovers(session, calendar.path)
    with Wire(connection.account) as wire, ending_by_signal():
        probe = Probe(wire, calendar.path, EventTexts.new(now))
        try:
            probe.run()
            result.complete = True
        finally:
            result.findings = compared(probe.found)
            result.is_clean = _cleaned(calendar)
            keep_result(result.as_json())
    return result


def _cleaned(calendar: Calendar) -> bool:
    """Remove what is left, by a session of its own: that of the check may be broken."""
    try:
        with Session(calendar.connection.account) as session:
            remove_leftovers(session, calendar.path)
    except DavError:
        return False
    return True


@contextmanager
def ending_by_signal() -> Iterator[None]:
    """A signal to end is an interruption like Ctrl-C, so that what was written is removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
