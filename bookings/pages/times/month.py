"""The month around a day, as the pages that choose a time show it: which of its days have a free time."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

DAYS_OF_WEEK = 7


@dataclass(frozen=True, slots=True)
class MonthDay:
    """One day. `column` is the place of its weekday, from 1, where weeks begin as the reader's do."""

    date: date
    column: int
    is_open: bool
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class OpenMonth:
    """All days of a month, each with whether it has a free time, and a day of the months before and after.

    There is no month before the present one.
    """

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


def month_of(chosen: date, open_days: Collection[date], *, today: date, first_weekday: int) -> OpenMonth:
    """The month of the chosen day; `first_weekday` is the reader's: 0 Sunday, 1 Monday."""
    first, last = first_of_month(chosen), last_of_month(chosen)
    days = [first + timedelta(days=number) for number in range(last.day)]
    return OpenMonth(
        [MonthDay(day, _column(day, first_weekday), day in open_days, day == chosen) for day in days],
        before=max(first_of_month(first - timedelta(days=1)), today) if first > today else None,
        after=last + timedelta(days=1),
    )


def _column(day: date, first_weekday: int) -> int:
    return (day.isoweekday() - first_weekday) % DAYS_OF_WEEK + 1
