"""One day's openings, as the pages offer them."""

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
    """The openings of `date`; `later` is the first on another day, where this one has none. Spans in UTC."""

    date: date
    openings: list[Span]
    later: Span | None


def openings_on(
    day: date, user: User, shape: Shape, zone: ZoneInfo, *, now: datetime, moving: Booking | None = None
) -> DayOpenings:
    """What of this shape can start on `day` in `zone`; `moving` is a booking whose own time counts as free."""
    start, end = start_of(day, MIDNIGHT, zone), end_of(day, MIDNIGHT, zone)
    found = openings_of(user, shape, start, max(start, now) + LOOK_AHEAD, now=now, moving=moving)
    here = [span for span in found.spans if span[0] < end]
    later = next((span for span in found.spans if span[0] >= end), None)
    return DayOpenings(day, here, None if here else later)
