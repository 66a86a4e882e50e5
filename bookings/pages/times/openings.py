"""The openings of one day, as the pages offer them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from availability.intervals import Span
from availability.slots import Shape
from availability.wall_clock import MIDNIGHT, end_of, start_of
from bookings.models import Booking
from bookings.openings.search import LOOK_AHEAD, openings_of
from bookings.pages.times.month import OpenMonth, first_of_month, last_of_month, month_of
from practice.models import User


@dataclass(frozen=True, slots=True)
class DayOpenings:
    """The openings of `date`, the month around it, and the first opening that is left in it or soon after. In UTC."""

    date: date
    openings: list[Span]
    first: Span | None
    month: OpenMonth

    @property
    def is_first_elsewhere(self) -> bool:
        """Is the first opening on another day?"""
        return self.first is not None and self.first not in self.openings


def openings_on(
    day: date,
    user: User,
    shape: Shape,
    zone: ZoneInfo,
    *,
    first_weekday: int,
    now: datetime,
    moving: Booking | None = None,
) -> DayOpenings:
    """Return what of this shape can start on `day` in `zone`. The time of the booking `moving` counts as free.

    Weeks of the month begin on `first_weekday`: 0 Sunday, 1 Monday.
    """
    today = now.astimezone(zone).date()
    begin = start_of(min(max(first_of_month(day), today), day), MIDNIGHT, zone)
    until = max(end_of(last_of_month(day), MIDNIGHT, zone), max(begin, now) + LOOK_AHEAD)
    spans = openings_of(user, shape, begin, until, now=now, moving=moving).spans
    by_day = {span: span[0].astimezone(zone).date() for span in spans}
    month = month_of(day, set(by_day.values()), today=today, first_weekday=first_weekday)
    return DayOpenings(day, [span for span in spans if by_day[span] == day], next(iter(spans), None), month)


def first_free_day(user: User, shape: Shape, zone: ZoneInfo, *, now: datetime) -> date:
    """The day of the first opening within two weeks; today, if there is none."""
    spans = openings_of(user, shape, now, now + LOOK_AHEAD, now=now).spans
    return (spans[0][0] if spans else now).astimezone(zone).date()
