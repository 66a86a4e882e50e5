"""Days laid out for drawing side by side, time downwards. No tables, no clock.

PIECE: the part of an item that falls on one day. ROW: five minutes. FOLD: hours that are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from availability.intervals import Span, merge
from bookings.pages.week.layout.items import Diary, Item, ItemKind, in_order
from bookings.pages.week.layout.lanes import LANES, Crowd, share
from bookings.pages.week.layout.scale import DAY, FOLD_ROWS, Column, Scale, columns_of, scale_of

MIN_ROWS = 4  # what is shorter is drawn this tall, so that its title can be read
MIN_TRAVEL_ROWS = 3  # its event follows at once
MAX_IN_WEEK = 2  # items side by side on a day of a week
MAX_ON_DAY = 6  # on a page with a day, shared by its columns
MAX_ALL_DAY = 4  # of more, one less is shown, and the rest is counted
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Piece:
    """One day's part of an item; rows and lanes as half-open ranges from 0."""

    item: Item
    rows: tuple[int, int]
    lanes: tuple[int, int] = (0, LANES)
    goes_on: bool = False  # began on an earlier day
    goes_over: bool = False  # ends on a later day

    @property
    def is_long(self) -> bool:
        """Does it go over to later days and last a day or longer, so that both clock times alone would mislead?"""
        return self.goes_over and self.item.end - self.item.start >= DAY


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour of a day, shorter where the clocks change within it: when it begins (UTC), and its rows."""

    at: datetime
    rows: tuple[int, int]


@dataclass(frozen=True, slots=True)
class WeekDay:
    date: date
    is_today: bool
    pieces: tuple[Piece, ...]
    crowds: tuple[Crowd, ...]  # what there is no room for
    all_day: tuple[Item, ...]
    more_all_day: int
    open: tuple[tuple[int, int], ...]  # rows that are free
    open_spans: tuple[Span, ...]  # the same as the clock shows them, without what lies on other days
    working: tuple[Span, ...]  # working hours, free or not
    gaps: tuple[tuple[int, int], ...]  # rows that this day does not have
    buffers: tuple[tuple[int, int], ...]  # rows kept free before and after the bookings that are drawn
    now_row: int | None
    hours: tuple[Hour, ...] = ()

    @property
    def asked_at(self) -> datetime | None:
        """The moment to explain for the whole day: when work begins or, on a day without work, the first hour shown."""
        if not self.hours:
            return None
        shown = self.hours[0].at  # working hours may have begun the evening before
        return max(shown, self.working[0][0]) if self.working else shown

    @property
    def empty(self) -> bool:
        return not self.pieces and not self.all_day


@dataclass(frozen=True, slots=True)
class Mark:
    """An hour written beside the columns."""

    row: int
    clock: time
    again: bool  # the hour is shown for the second time


@dataclass(frozen=True, slots=True)
class Board:
    """Columns beside each other: the days of a week, or one day of several people."""

    columns: tuple[WeekDay, ...]
    marks: tuple[Mark, ...]
    folds: tuple[tuple[int, int], ...]  # rows in place of hours that are left out
    rows: int


def lay_out_week(diary: Diary, *, dates: Sequence[date], zone: ZoneInfo, now: datetime) -> Board:
    """Lay the items of a person out over consecutive dates, in `zone`."""
    columns = columns_of(dates, zone)
    scale = _scale(columns, [diary])
    return _board(columns, scale, [_day(column, scale, diary, now, MAX_IN_WEEK) for column in columns])


def lay_out_side_by_side(diaries: Sequence[Diary], *, day: date, zone: ZoneInfo, now: datetime) -> Board:
    """Lay the same day of several people out side by side, in `zone`."""
    [column] = columns_of([day], zone)
    scale = _scale([column], diaries)
    limit = max(MAX_ON_DAY // max(len(diaries), 1), MAX_IN_WEEK)
    return _board([column], scale, [_day(column, scale, one, now, limit) for one in diaries])


def _scale(columns: Sequence[Column], diaries: Sequence[Diary]) -> Scale:
    items = [(item.start, item.end) for one in diaries for item in one.items if not item.all_day]
    return scale_of(columns, [span for one in diaries for span in one.hours], items)


def _board(columns: Sequence[Column], scale: Scale, days: Sequence[WeekDay]) -> Board:
    return Board(
        columns=tuple(days),
        marks=tuple(_marks(columns[0], scale)),
        folds=tuple((row, row + FOLD_ROWS) for row in scale.folds),
        rows=scale.height,
    )


def _day(column: Column, scale: Scale, diary: Diary, now: datetime, limit: int) -> WeekDay:
    working = merge(diary.hours)
    minute = column.minute(now) if column.holds(now) else -1
    here = in_order(item for item in diary.items if _touches(column, item))
    all_day = [item for item in here if item.all_day]
    room = MAX_ALL_DAY if len(all_day) <= MAX_ALL_DAY else MAX_ALL_DAY - 1
    pieces, crowds = _pieces(column, scale, [item for item in here if not item.all_day], limit)
    return WeekDay(
        date=column.date,
        is_today=column.holds(now),
        pieces=tuple(pieces),
        crowds=tuple(crowds),
        all_day=tuple(all_day[:room]),
        more_all_day=len(all_day[room:]),
        open=_ranges(column, scale, diary.free),
        open_spans=tuple(part for span in diary.free if (part := column.clip(span))),
        working=tuple(span for span in working if column.clip(span)),
        gaps=tuple(scale.rows(gap) for gap in column.gaps() if scale.shows(gap[0]) or scale.shows(gap[1] - 1)),
        buffers=_ranges(column, scale, _beside(pieces, diary.buffers)),
        now_row=scale.row(minute) if scale.shows(minute) else None,
        hours=tuple(_hours(column, scale)),
    )


def _touches(column: Column, item: Item) -> bool:
    return item.start < column.end and max(item.end, item.start + MINUTE) > column.start


def _hours(column: Column, scale: Scale) -> Iterator[Hour]:
    """The hours of the day that are shown, one after the other, also on the day on which the clocks change."""
    at = column.start
    while at < column.end:
        after = min(at + timedelta(minutes=60 - at.astimezone(column.zone).minute), column.end)
        part = column.part((at, after))
        if part and scale.shows(part[0]):
            yield Hour(at, scale.rows(part))
        at = after


def _ranges(column: Column, scale: Scale, spans: Sequence[Span]) -> tuple[tuple[int, int], ...]:
    return tuple(scale.rows(part) for span in spans if (part := column.part(span)))


def _beside(pieces: Sequence[Piece], buffers: Sequence[Span]) -> list[Span]:
    """Those of the buffers that begin where a piece ends or end where one begins."""
    starts, ends = {piece.item.start for piece in pieces}, {piece.item.end for piece in pieces}
    return [buffer for buffer in buffers if buffer[0] in ends or buffer[1] in starts]


def _pieces(column: Column, scale: Scale, items: Iterable[Item], limit: int) -> tuple[list[Piece], list[Crowd]]:
    parts = [(item, _rows(column, scale, item)) for item in items]
    parts.sort(key=lambda drawn: drawn[1])
    places, crowds = share([rows for _, rows in parts], [_rank(item) for item, _ in parts], limit)
    pieces = [
        Piece(item, rows, place.lanes, goes_on=item.start < column.start, goes_over=item.end > column.end)
        for (item, rows), place in zip(parts, places, strict=True)
        if place.lanes
    ]
    return pieces, crowds


def _rows(column: Column, scale: Scale, item: Item) -> tuple[int, int]:
    shortest = MIN_TRAVEL_ROWS if item.kind is ItemKind.TRAVEL else MIN_ROWS
    part = column.part((item.start, max(item.end, item.start + MINUTE)))
    return scale.rows(part or (0, 0), shortest)


def _rank(item: Item) -> int:
    """Where there is no room for all: bookings stay before what blocks, and what leaves the time open comes last."""
    if item.kind.is_booking:
        return 0
    return 2 if item.kind is ItemKind.FREE else 1


def _marks(column: Column, scale: Scale) -> Iterator[Mark]:
    for hour in range(24):
        minute = column.place(hour * 60)
        if scale.shows(minute):
            yield Mark(scale.row(minute), time(hour), again=False)
    if column.extra and scale.shows(column.seam):
        repeated = column.seam - column.extra
        yield Mark(scale.row(column.seam), time(repeated // 60, repeated % 60), again=True)
