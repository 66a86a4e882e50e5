"""Which days a calendar page shows, and which it shows before and after. No tables, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from availability.intervals import Span
from availability.wall_clock import MIDNIGHT, end_of, start_of
from bookings.pages.week.layout.scale import DAY

LISTED_DAYS = 28


class View(StrEnum):
    """How a calendar is shown; in addresses, and stored for each user."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Period:
    """The days of a page: `count` of them from `first` on. `day`: the one that was asked for."""

    view: View
    day: date
    first: date
    count: int
    previous: date
    next: date

    @property
    def last(self) -> date:
        return self.first + (self.count - 1) * DAY

    @property
    def dates(self) -> list[date]:
        return [self.first + number * DAY for number in range(self.count)]

    def span(self, zone: ZoneInfo) -> Span:
        """The days as a half-open span in UTC."""
        return start_of(self.first, MIDNIGHT, zone), end_of(self.last, MIDNIGHT, zone)

    def has(self, day: date) -> bool:
        """Is the day among those that the page is about? Of a month: without the days around it."""
        if self.view is View.MONTH:
            return (day.year, day.month) == (self.day.year, self.day.month)
        return self.first <= day <= self.last


def period_of(view: View, day: date, first_weekday: int) -> Period:
    """The period that shows the day. `first_weekday` is the reader's: 0 Sunday, 1 Monday, 6 Saturday."""
    if view is View.MONTH:
        return _month_of(day, first_weekday)
    if view is View.WEEK:
        first = week_start(day, first_weekday)
        return Period(view, day, first, 7, day - 7 * DAY, day + 7 * DAY)
    count = 1 if view is View.DAY else LISTED_DAYS
    return Period(view, day, day, count, day - count * DAY, day + count * DAY)


def _month_of(day: date, first_weekday: int) -> Period:
    """The weeks that touch the month."""
    begin = day.replace(day=1)
    following = (begin + 31 * DAY).replace(day=1)
    first = week_start(begin, first_weekday)
    end = week_start(following - DAY, first_weekday) + 7 * DAY
    return Period(View.MONTH, day, first, (end - first).days, (begin - DAY).replace(day=1), following)


def week_start(day: date, first_weekday: int) -> date:
    """The first day of the week that has the day."""
    return day - timedelta(days=(day.isoweekday() - first_weekday) % 7)
