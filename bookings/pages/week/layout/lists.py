"""A calendar as a list: day after day what there is. No tables, no clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bookings.pages.week.layout.columns import Piece
from bookings.pages.week.layout.items import Diary, Item, in_order
from bookings.pages.week.layout.scale import Column, columns_of

MAX_LISTED = 150  # on one page


@dataclass(frozen=True, slots=True)
class ListedDay:
    """A day with what there is on it; all-day items come first."""

    date: date
    is_today: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Agenda:
    """The days that have something. `rest`: the first day that there is no room for."""

    days: tuple[ListedDay, ...]
    rest: date | None


def lay_out_list(diary: Diary, dates: Sequence[date], *, zone: ZoneInfo, now: datetime) -> Agenda:
    """List what there is on consecutive dates, whole days of it, until MAX_LISTED is reached."""
    items = in_order(diary.items)
    days: list[ListedDay] = []
    count = 0
    for column in columns_of(dates, zone):
        pieces = tuple(_pieces(column, items))
        if days and count + len(pieces) > MAX_LISTED:
            return Agenda(tuple(days), column.date)
        if pieces:
            days.append(ListedDay(column.date, column.holds(now), pieces))
        count += len(pieces)
    return Agenda(tuple(days), None)


def _pieces(column: Column, items: Sequence[Item]) -> Iterator[Piece]:
    here = [
        item for item in items if item.start < column.end and (item.end > column.start or item.start >= column.start)
    ]
    for item in sorted(here, key=lambda item: not item.all_day):
        yield Piece(item, (0, 0), goes_on=item.start < column.start, goes_over=item.end > column.end)
