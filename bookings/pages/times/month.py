"""The month around a day, as the pages that choose a time show it: which of its days have a free time."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import get_format

DAYS_OF_WEEK = 7


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One day. `column` is the place of its weekday, from 1, where weeks begin as the reader's do."""

    date: date
    column: int
    is_open: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Month:
    """All days of a month, and a day of the months before and after; there is no month before the present one."""

    days: list[MonthDay]
    before: date | None
    after: date

    @property
    def week(self) -> list[date]:
        """One day for each column, to name the weekdays."""
        first = self.days[0]
        begin = first.date - timedelta(days=first.column - 1)
        return [begin + timedelta(days=number) for number in range(DAYS_OF_WEEK)]


def first_of_month(day: date) -> date:
    return day.replace(day=1)


def last_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_of(chosen: date, open_days: Collection[date], *, today: date) -> Month:
    """The month of the chosen day."""
    first, last = first_of_month(chosen), last_of_month(chosen)
    days = [first + timedelta(days=number) for number in range(last.day)]
    return Month(
        [MonthDay(day, _column(day), day in open_days, day == chosen) for day in days],
        before=max(first_of_month(first - timedelta(days=1)), today) if first > today else None,
        after=last + timedelta(days=1),
    )


def _column(day: date) -> int:
    begins = int(get_format("FIRST_DAY_OF_WEEK"))  # 0 is Sunday
    return (day.isoweekday() - begins) % DAYS_OF_WEEK + 1
