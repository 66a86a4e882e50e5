"""May a time be booked with somebody? What every rule is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from availability.intervals import Span
from availability.models import Week
from availability.slots import Shape
from bookings.models import Booking, Hold
from bookings.openings.reasons import ToldTo
from practice import time_format
from practice.limits import BookingLimits
from practice.models import User


@dataclass(frozen=True, slots=True)
class TimeQuestion:
    """May `span` be booked with `user`? `reach` is the span with the buffers of its service.

    `periods` are the working periods around it, `only` the weekly hours in which the user gives the service (None:
    whenever they work), `limits` those of the user. `shape` is None for a bare hour. The time of the booking `moving`
    or of `hold` counts as free; if `running`, the booking has begun and only its end changes.
    `asked` means that the calendars were asked just now, so that no answer counts as not readable, `moved_there` that
    staff moved the event of `moving` there, and the calendar says so.
    """

    user: User
    span: Span
    reach: Span
    periods: list[Span]
    zone: ZoneInfo
    limits: BookingLimits
    now: datetime
    only: Week | None = None
    shape: Shape | None = None
    moving: Booking | None = None
    hold: Hold | None = None
    running: bool = False
    told_to: ToldTo = ToldTo.SHELL
    asked: bool = False
    moved_there: bool = False

    @property
    def titles(self) -> bool:
        """May titles of events, notes and clients be told?"""
        return self.told_to is ToldTo.OWNER

    def when(self, span: Span) -> str:
        """The span as people of the active zone write it; with dates if it leaves the day in question."""
        days = {timezone.localtime(moment).date() for moment in (self.span[0], *span)}
        return time_format.clocks(span) if len(days) == 1 else time_format.day_and_clocks(span)
