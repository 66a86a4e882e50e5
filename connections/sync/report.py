"""What one sync did: for the command, for the history, and for whoever goes on with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from connections.models import Calendar, Event, SyncRun
from connections.problems import Problem


@dataclass(slots=True)
class SyncReport:
    """What one sync did. `problems`: the events of the account that are not understood or not read, as it left them.

    `busy`: somebody else is at it. `unfinished`: there is more to read and the row is due. `look_again`: a calendar is
    missing from the home, so the one who goes on lists it again.
    """

    connection: int
    requests: int = 0
    changed: int = 0
    removed: int = 0
    problems: int = 0
    seconds: float = 0.0
    error: Problem | None = None
    busy: bool = False
    unfinished: bool = False
    look_again: bool = False
    retry_after: float | None = None
    answers: Counter[str] = field(default_factory=Counter)

    def count_answers(self, more: Mapping[str, int]) -> None:
        """Add answers of the server, by method and status."""
        self.answers.update(more)

    def plus(self, later: SyncReport) -> SyncReport:
        """Both together, as a sync that took several tries reports it: sums, and the last state."""
        return replace(
            later,
            requests=self.requests + later.requests,
            changed=self.changed + later.changed,
            removed=self.removed + later.removed,
            seconds=self.seconds + later.seconds,
            answers=self.answers + later.answers,
        )

    def as_json(self) -> dict[str, Any]:
        """The public shape."""
        return {
            "connection": self.connection,
            "requests": self.requests,
            "changed": self.changed,
            "removed": self.removed,
            "problems": self.problems,
            "seconds": round(self.seconds, 3),
            "error": self.error.sentence if self.error else None,
        }


def count_problems(report: SyncReport) -> None:
    """Put into the report how many events of the selected calendars have a problem by now."""
    mine = Event.objects.filter(calendar__in=Calendar.objects.conflict_calendars().filter(connection=report.connection))
    # By the two small indexes, so that it costs nothing where thousands of events have none.
    report.problems = mine.troubled().values("pk").union(mine.pending().values("pk")).count()


def record(report: SyncReport, trigger: str, now: datetime, *, error_before: str) -> None:
    """History: a row for a change, a new error (or its end) and a person's request; quiet polls only count."""
    error_after = report.error.code if report.error else ""
    asked = trigger == SyncRun.Trigger.PERSON
    if not (asked or report.changed or report.removed or error_after != error_before):
        return
    SyncRun.objects.create(
        connection_id=report.connection,
        trigger=trigger,
        started_at=now,
        seconds=report.seconds,
        requests=report.requests,
        answers=dict(report.answers),
        changed=report.changed,
        removed=report.removed,
        problems=report.problems,
        error_code=error_after,
        error_params=report.error.params if report.error else {},
    )
