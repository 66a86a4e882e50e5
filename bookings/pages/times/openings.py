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
from practice.models import User


@dataclass(frozen=True, slots=True)
class DayOpenings:
    """The openings of `date`; `later` is the first one on another day if this day has none. Spans in UTC."""

    date: date
    openings: list[Span]
    later: Span | None


def openings_on(
    day: date, user: User, shape: Shape, zone: ZoneInfo, *, now: datetime, moving: Booking | None = None
) -> DayOpenings:
    """Return what of this shape can start on `day` in `zone`. The time of the booking `moving` counts as free."""
    start, end = start_of(day, MIDNIGHT, zone), end_of(day, MIDNIGHT, zone)
    found = openings_of(user, shape, start, max(start, now) + LOOK_AHEAD, now=now, moving=moving)
    on_day = [span for span in found.spans if span[0] < end]
    later = next((span for span in found.spans if span[0] >= end), None)
    return DayOpenings(day, on_day, None if on_day else later)
