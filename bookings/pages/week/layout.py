"""A week laid out for drawing: days side by side, time downwards. No tables, no clock.

ITEM: a booking, an event or a blocked slot. PIECE: the part of an item that falls on one day. ROW: five minutes.
LANE: a share of a column's width, so that items at the same time stand side by side.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from availability.intervals import Span, merge
from availability.wall_clock import MIDNIGHT, end_of, start_of
from bookings.pages.week.scale import DAY, Column, Scale, columns_of, scale_of
from practice.times import YEARS

MIN_ROWS = 4  # what is shorter is drawn this tall, so that its title can be read
LANES = 12  # two, three, four and six items side by side share the width exactly
MINUTE = timedelta(minutes=1)


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


@dataclass(frozen=True, slots=True)
class Diary:
    """Items, working hours, what is left of them, and the buffers around bookings; all spans half-open, in UTC."""

    items: list[Item]
    hours: list[Span]
    free: list[Span]
    buffers: list[Span]


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
    all_day: tuple[Item, ...]
    open: tuple[tuple[int, int], ...]  # rows that are free
    open_spans: tuple[Span, ...]  # the same as the clock shows them, without what lies on other days
    working: tuple[Span, ...]  # working hours, free or not
    gaps: tuple[tuple[int, int], ...]  # rows that this day does not have
    buffers: tuple[tuple[int, int], ...]  # rows kept free before and after bookings
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
class Week:
    name: str  # ISO, such as 2026-W48
    days: tuple[WeekDay, ...]
    marks: tuple[Mark, ...]
    rows: int
    previous: str
    next: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One day of several people: a column for each, in the order in which they were given."""

    date: date
    columns: tuple[WeekDay, ...]
    marks: tuple[Mark, ...]
    rows: int
    is_today: bool


def first_day(name: str, today: date, first_weekday: int) -> date:
    """The first day of the week `name` (2026-W48), or of the one with `today` if it names none near.

    `first_weekday` is the reader's: 0 Sunday, 1 Monday, 6 Saturday. A week that does not start on Monday is
    named after the ISO week of its Monday.
    """
    try:
        monday = date.fromisoformat(f"{name}-1")
    except ValueError:
        monday = date.min
    if monday.year not in YEARS:
        return today - timedelta(days=(today.isoweekday() - first_weekday) % 7)
    return monday - timedelta(days=(1 - first_weekday) % 7)


def name_of(first: date) -> str:
    """The ISO name of the week that starts at `first`: that of its Monday."""
    year, week, _ = (first + timedelta(days=(1 - first.isoweekday()) % 7)).isocalendar()
    return f"{year}-W{week:02}"


def span_of(first: date, zone: ZoneInfo) -> Span:
    """The seven days from `first` on, as a half-open span in UTC."""
    return start_of(first, MIDNIGHT, zone), end_of(first + 6 * DAY, MIDNIGHT, zone)


def lay_out(
    items: Iterable[Item],
    *,
    hours: Sequence[Span],
    free: Sequence[Span],
    buffers: Sequence[Span] = (),
    first: date,
    zone: ZoneInfo,
    now: datetime,
) -> Week:
    """Lay items out over the seven days from `first` on, in `zone`.

    `hours`, `free` (what is left of the hours) and `buffers` are UTC spans.
    """
    columns = columns_of([first + n * DAY for n in range(7)], zone)
    listed = _listed(items)
    working = merge(hours)
    scale = scale_of(columns, [*working, *((item.start, item.end) for item in listed if not item.all_day)])
    return Week(
        name=name_of(first),
        days=tuple(_day(column, scale, listed, (working, free), buffers, now) for column in columns),
        marks=tuple(_marks(columns[0], scale)),
        rows=scale.height,
        previous=name_of(first - 7 * DAY),
        next=name_of(first + 7 * DAY),
        is_current=any(column.holds(now) for column in columns),
    )


def lay_out_side_by_side(diaries: Sequence[Diary], *, day: date, zone: ZoneInfo, now: datetime) -> SideBySide:
    """Lay the same day of several people out side by side, in `zone`."""
    [column] = columns_of([day], zone)
    spans = [(item.start, item.end) for one in diaries for item in one.items if not item.all_day]
    scale = scale_of([column], [*(span for one in diaries for span in one.hours), *spans])
    return SideBySide(
        date=day,
        columns=tuple(
            _day(column, scale, _listed(one.items), (merge(one.hours), one.free), one.buffers, now) for one in diaries
        ),
        marks=tuple(_marks(column, scale)),
        rows=scale.height,
        is_today=column.holds(now),
    )


def _listed(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.start, -item.end.timestamp(), item.key))


def _day(
    column: Column,
    scale: Scale,
    items: Sequence[Item],
    hours: tuple[Sequence[Span], Sequence[Span]],
    buffers: Sequence[Span],
    now: datetime,
) -> WeekDay:
    working, free = hours
    minute = column.minute(now) if column.holds(now) else -1
    return WeekDay(
        date=column.date,
        is_today=column.holds(now),
        pieces=tuple(_pieces(column, scale, [item for item in items if not item.all_day])),
        all_day=tuple(i for i in items if i.all_day and i.start < column.end and i.end > column.start),
        open=_ranges(column, scale, free),
        open_spans=tuple(part for span in free if (part := column.clip(span))),
        working=tuple(span for span in working if column.clip(span)),
        gaps=tuple(scale.rows(gap) for gap in column.gaps() if gap[0] < scale.bottom and gap[1] > scale.top),
        buffers=_ranges(column, scale, buffers),
        now_row=scale.row(minute) if scale.shows(minute) else None,
        hours=tuple(_hours(column, scale)),
    )


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


def _pieces(column: Column, scale: Scale, items: Iterable[Item]) -> Iterator[Piece]:
    parts = [
        (item, scale.rows(part, MIN_ROWS))
        for item in items
        if (part := column.part((item.start, max(item.end, item.start + MINUTE))))
    ]
    parts.sort(key=lambda drawn: drawn[1])
    for (item, rows), lanes in zip(parts, _lanes([rows for _, rows in parts]), strict=True):
        yield Piece(item, rows, lanes, goes_on=item.start < column.start, goes_over=item.end > column.end)


def _lanes(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Share the width among ranges (sorted) that overlap, each group of them on its own."""
    shared: list[tuple[int, int]] = []
    for group in _groups(ranges):
        ends: list[int] = []  # where each lane is free again
        places = [_place(ends, rows) for rows in group]
        count = min(len(ends), LANES)
        for place in places:
            lane = min(place, count - 1)
            shared.append((lane * LANES // count, (lane + 1) * LANES // count))
    return shared


def _groups(ranges: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    group: list[tuple[int, int]] = []
    until = -1
    for rows in ranges:
        if group and rows[0] >= until:
            yield group
            group = []
        group.append(rows)
        until = max(until, rows[1])
    if group:
        yield group


def _place(ends: list[int], rows: tuple[int, int]) -> int:
    for lane, end in enumerate(ends):
        if end <= rows[0]:
            ends[lane] = rows[1]
            return lane
    ends.append(rows[1])
    return len(ends) - 1


def _marks(column: Column, scale: Scale) -> Iterator[Mark]:
    for hour in range(24):
        minute = column.place(hour * 60)
        if scale.shows(minute):
            yield Mark(scale.row(minute), time(hour), again=False)
    if column.extra and scale.shows(column.seam):
        repeated = column.seam - column.extra
        yield Mark(scale.row(column.seam), time(repeated // 60, repeated % 60), again=True)
