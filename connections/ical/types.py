"""The plain values that go in and out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

Span = tuple[datetime, datetime]
"""Aware UTC, half-open."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a calendar's owner chose: all-day events `as_marked`, `always` or `never` block; open invitations block."""

    all_day: str = "as_marked"
    invitations_block: bool = True


@dataclass(frozen=True, slots=True)
class Instance:
    """One dated occurrence: [start, end) in UTC with Apple's travel time, and whether it blocks and why.

    `recurrence_id` names the slot of a series: the original start as `2026-12-01T09:00:00Z`, or `2026-12-01` for dates;
    "" outside a series. It is unique within one expansion: further instances of a slot are numbered (`…#2`).
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
    """A resource inside a window. `endless`: there may be more past its end. `problem`: see `expansion`.

    `unread`: no event with a time is in it, or it is cut off, so what an earlier version said is worth more.
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
    """A pushed event as it stands now.

    `shape` is timed, all_day, floating, recurring or unreadable. `start` and `end` are UTC and without travel time;
    None where the file alone does not say them (all-day, floating, unreadable).
    """

    uid: str
    start: datetime | None
    end: datetime | None
    shape: str
    cancelled: bool
    sequence: int


@dataclass(frozen=True, slots=True)
class EventDraft:
    """An event to be written: aware times, the IANA zone they are shown in, and texts."""

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
