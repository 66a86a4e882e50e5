"""The plain values that callers pass in and get back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

Span = tuple[datetime, datetime]
"""[start, end) in aware UTC."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What the owner of a calendar chose.

    `all_day`: all-day events block `as_marked`, `always` or `never`. `invitations_block`: an invitation that is not
    answered yet blocks.
    """

    all_day: str = "as_marked"
    invitations_block: bool = True


@dataclass(frozen=True, slots=True)
class Instance:
    """One dated occurrence: [start, end) in UTC including Apple's travel time, whether it blocks, and why.

    `recurrence_id` identifies the slot of a series by its original start: `2026-12-01T09:00:00Z`, or `2026-12-01` for
    dates, "" outside a series. It is unique within one expansion: a second instance of a slot gets `…#2`.
    """

    start: datetime
    end: datetime
    blocks: bool
    reason: str
    all_day: bool
    summary: str
    recurrence_id: str
    free_marked: bool


@dataclass(frozen=True, slots=True)
class Expansion:
    """A resource inside a window.

    `endless`: it may have more instances after the window. `problem`: a code that `expansion` explains, "" for none.
    `unread`: it has no event with a time, or it is cut off, so the caller should keep its previous version.
    """

    uid: str
    summary: str
    recurring: bool
    endless: bool
    instances: tuple[Instance, ...]
    problem: str
    unread: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class OwnEvent:
    """The current state of an event that we pushed.

    `shape` is timed, all_day, floating, recurring or unreadable. `start` and `end` are UTC and without travel time;
    None if the file alone does not determine them (all-day, floating, unreadable).
    """

    uid: str
    start: datetime | None
    end: datetime | None
    shape: str
    cancelled: bool
    sequence: int


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event to be written: aware times, the IANA zone in which to write them, and texts."""

    uid: str
    start: datetime
    end: datetime
    zone: str
    summary: str
    description: str = ""
    url: str = ""
    location: str = ""
    sequence: int = 0
    alarm_minutes: int | None = None
    tentative: bool = False

    @property
    def status(self) -> str:
        """The value of STATUS."""
        return "TENTATIVE" if self.tentative else "CONFIRMED"
