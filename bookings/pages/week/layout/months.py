"""A month laid out as weeks of days, each with its first items. No tables, no clock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bookings.pages.week.layout.items import Diary, Item, ItemKind, in_order
from bookings.pages.week.layout.periods import Period
from bookings.pages.week.layout.scale import Column, columns_of

MAX_IN_CELL = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the month: the first items, and how many more there are."""

    date: date
    is_today: bool
    is_outside: bool  # belongs to the month before or after
    items: tuple[Item, ...]
    more: int
    bookings: int  # how many the day has in all


def lay_out_month(diary: Diary, period: Period, *, zone: ZoneInfo, now: datetime) -> list[list[Cell]]:
    """The weeks of the month. Bookings come before events, and travel time is left out."""
    columns = columns_of(period.dates, zone)
    items = [item for item in in_order(diary.items) if item.kind is not ItemKind.TRAVEL]
    cells = [_cell(column, items, period, now) for column in columns]
    return [cells[start : start + 7] for start in range(0, len(cells), 7)]


def _cell(column: Column, items: Sequence[Item], period: Period, now: datetime) -> Cell:
    here = [item for item in items if item.start < column.end and item.end > column.start]
    bookings = [item for item in here if item.kind.is_booking]
    ranked = [*bookings, *(item for item in here if not item.kind.is_booking)]
    room = MAX_IN_CELL if len(ranked) <= MAX_IN_CELL else MAX_IN_CELL - 1
    return Cell(
        date=column.date,
        is_today=column.holds(now),
        is_outside=not period.has(column.date),
        items=tuple(in_order(ranked[:room])),
        more=max(len(ranked) - room, 0),
        bookings=len(bookings),
    )
