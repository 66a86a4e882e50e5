"""What a calendar page draws. No tables, no clock.

ITEM: a booking, an event, a blocked slot or a time that is being booked. DIARY: all items of one person in a span.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from availability.intervals import Span


class ItemKind(StrEnum):
    """What an item is; also the last part of its CSS class."""

    BOOKING = "booking"
    PENDING = "pending"
    UNDECIDED = "undecided"  # a booking about which staff are asked something
    BLOCKED = "blocked"  # by an event of a calendar
    TRAVEL = "travel"  # on the way to such an event, or back
    HERE = "here"  # by hand
    HOLD = "hold"  # by a visitor who is booking it right now
    FREE = "free"  # an event that leaves the time open

    @property
    def is_booking(self) -> bool:
        return self in (ItemKind.BOOKING, ItemKind.PENDING, ItemKind.UNDECIDED)


@dataclass(frozen=True, slots=True)
class Item:
    """A booking, an event or a blocked slot: [start, end) in UTC, with the words for it."""

    start: datetime
    end: datetime
    kind: ItemKind
    title: str
    reason: str = ""  # why it blocks or not, as a sentence
    source: str = ""  # where it comes from
    url: str = ""
    color: str = ""  # of its calendar, #RRGGBB
    key: str = ""  # stays the same while the item does
    all_day: bool = False
    booking: int | None = None  # the key of a booking that the reader may move


@dataclass(frozen=True, slots=True)
class Diary:
    """Items, working hours, what is left of them, and the buffers around bookings; all spans half-open, in UTC."""

    items: list[Item]
    hours: list[Span]
    free: list[Span]
    buffers: list[Span]


def in_order(items: Iterable[Item]) -> list[Item]:
    """The items by start, longer ones first."""
    return sorted(items, key=lambda item: (item.start, -item.end.timestamp(), item.key))
