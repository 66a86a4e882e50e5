"""Where an instant is on a drawn week: wall-clock minutes on a scale that all days share. No tables.

COLUMN: one day. MINUTE: a place on the scale, counted from its top. ROW: five of them.

In the week in which an hour is shown twice the scale has that hour twice, and the six other days have a gap
there; in the week in which an hour is skipped, the day that skips it has the gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from availability.intervals import Span
from availability.wall_clock import MIDNIGHT, start_of

DAY = timedelta(days=1)
MINUTES = 24 * 60
ROW_MINUTES = 5
FROM_HOUR, TO_HOUR = 8, 18  # shown where nobody has working hours
MIN_FOLDED = 2  # hours; fewer are shown
FOLD_ROWS = 3


@dataclass(frozen=True, slots=True)
class Column:
    """One day's wall-clock time on the week's scale, in minutes from its top."""

    date: date
    zone: ZoneInfo
    start: datetime
    end: datetime
    change: datetime | None  # when the clocks change on this day
    shift: int  # minutes by which they go forward; negative: back
    seam: int = MINUTES  # where the scale has the repeated time
    extra: int = 0  # how many minutes of it

    def minute(self, moment: datetime, *, ends: bool = False) -> int:
        """The minute of `moment` on the scale; with `ends`, as the end of what came before it."""
        if moment >= self.end:
            return MINUTES + self.extra
        wall = moment.astimezone(self.zone)
        minute = wall.hour * 60 + wall.minute
        if self.change is not None and self.shift < 0:
            return minute + self.extra if moment >= self.change else minute
        return self.place(minute, ends=ends)

    def place(self, minute: int, *, ends: bool = False) -> int:
        """The minute on the scale of a wall-clock minute, on a day that has it once."""
        after_seam = minute > self.seam or (minute == self.seam and not ends)
        return minute + self.extra if after_seam else minute

    def clip(self, span: Span) -> Span | None:
        """The part of `span` that lies on this day; None if it does not touch it."""
        start, end = max(span[0], self.start), min(span[1], self.end)
        return (start, end) if start < end else None

    def part(self, span: Span) -> tuple[int, int] | None:
        """The minutes of `span` on this day; None if it does not touch it."""
        clipped = self.clip(span)
        return (self.minute(clipped[0]), self.minute(clipped[1], ends=True)) if clipped else None

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment < self.end

    def gaps(self) -> Iterator[tuple[int, int]]:
        """The minutes of the scale that this day does not have."""
        if self.change is not None and self.shift > 0:
            after = self.minute(self.change)
            yield after - self.shift, after
        elif self.change is None and self.extra:
            yield self.seam, self.seam + self.extra


@dataclass(frozen=True, slots=True)
class Scale:
    """Which minutes are shown, and the row of a minute. `parts` are half-open, in order; between them time is folded.

    What is folded takes FOLD_ROWS.
    """

    parts: tuple[tuple[int, int], ...]

    @property
    def height(self) -> int:
        return self.row(self.parts[-1][1])

    @property
    def folds(self) -> list[int]:
        """The first row of each fold."""
        return [self.row(end) for _, end in self.parts[:-1]]

    def shows(self, minute: int) -> bool:
        return any(top <= minute < bottom for top, bottom in self.parts)

    def row(self, minute: int) -> int:
        """The row of a minute; of one that is not shown, where the next part that is shown begins or the last ends."""
        above = 0
        for top, bottom in self.parts:
            if minute <= bottom:
                return above + (max(minute, top) - top) // ROW_MINUTES
            above += (bottom - top) // ROW_MINUTES + FOLD_ROWS
        return above - FOLD_ROWS

    def rows(self, part: tuple[int, int], shortest: int = 1) -> tuple[int, int]:
        """The rows that minutes touch, as a half-open range of at least `shortest`."""
        first = min(self.row(part[0]), self.height - shortest)
        last = max(self.row(-(-part[1] // ROW_MINUTES) * ROW_MINUTES), first + shortest)
        return first, min(last, self.height)


def scale_of(columns: Sequence[Column], working: Sequence[Span], spans: Sequence[Span]) -> Scale:
    """The whole hours of the working day, from the first to the last of any column, and those that `spans` touch.

    Other hours fold away if there are at least MIN_FOLDED of them. What lasts a day or longer is seen in a working day
    that it fills, and keeps no other hours of that day in sight.
    """
    hours = [part for each in columns for span in working if (part := each.part(span))]
    usual = [(columns[0].place(FROM_HOUR * 60), columns[0].place(TO_HOUR * 60))]
    day = min(start for start, _ in hours or usual), max(end for _, end in hours or usual)
    parts = [day, *(part for span in spans for part in _kept_in_sight(columns, span, day))]
    last = MINUTES + columns[0].extra
    return Scale(tuple(_joined(sorted((start // 60 * 60, min(-(-end // 60) * 60, last)) for start, end in parts))))


def _kept_in_sight(columns: Sequence[Column], span: Span, day: tuple[int, int]) -> list[tuple[int, int]]:
    """The minutes that `span` needs to be seen, where the working day is `day`."""
    parts = [part for each in columns if (part := each.part(span))]
    is_long = span[1] - span[0] >= DAY
    return [part for part in parts if not (is_long and part[0] <= day[0] and day[1] <= part[1])]


def _joined(parts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sorted parts, joined where less than MIN_FOLDED hours lie between them."""
    joined: list[tuple[int, int]] = []
    for start, end in parts:
        if joined and start - joined[-1][1] < MIN_FOLDED * 60:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def columns_of(dates: Sequence[date], zone: ZoneInfo) -> list[Column]:
    """The columns of consecutive dates, all with the same repeated time."""
    bounds = [start_of(day, MIDNIGHT, zone) for day in [*dates, dates[-1] + DAY]]
    changes = [_change(start, end, zone) for start, end in pairwise(bounds)]
    seam, extra = _seam([change for change in changes if change[1] < 0], zone)
    return [
        Column(day, zone, start, end, change, shift, seam, extra)
        for day, (start, end), (change, shift) in zip(dates, pairwise(bounds), changes, strict=True)
    ]


def _change(start: datetime, end: datetime, zone: ZoneInfo) -> tuple[datetime | None, int]:
    """When the clocks change in [start, end), and by how many minutes forward; (None, 0) if they do not."""
    early, late = start, end - timedelta(minutes=1)
    shift = _offset(late, zone) - _offset(early, zone)
    if not shift:
        return None, 0
    while late - early > timedelta(minutes=1):
        middle = early + timedelta(minutes=(late - early) // timedelta(minutes=2))
        if _offset(middle, zone) == _offset(start, zone):
            early = middle
        else:
            late = middle
    return late, shift


def _seam(backward: Sequence[tuple[datetime | None, int]], zone: ZoneInfo) -> tuple[int, int]:
    for change, shift in backward:
        if change is not None:
            wall = change.astimezone(zone)
            return wall.hour * 60 + wall.minute - shift, -shift
    return MINUTES, 0


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return 0 if offset is None else offset // timedelta(minutes=1)
