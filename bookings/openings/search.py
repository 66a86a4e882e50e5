"""When can a service be booked, and why not at some other time?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from availability.intervals import Span
from availability.openings import Openings, blocked_slots, openings, working_hours
from availability.slots import Shape
from bookings.limits import farthest_days
from bookings.models import Booking, Service
from bookings.openings.own_time import booked_spans, own_spans
from connections.busy import Busy, busy
from connections.freshness import freshness
from connections.models import CalendarConfiguration
from practice import time_format
from practice.models import User

ANY_MINUTE = timedelta(minutes=1)
LOOK_AHEAD = timedelta(days=14)
OLDEST, FARTHEST_DAYS = timedelta(days=366), 5 * 365  # what staff may insist on


@dataclass(frozen=True, slots=True)
class Opening:
    """A start time at which a service can be booked with a staff member; `end` without buffers. UTC."""

    start: datetime
    end: datetime
    staff: User


@dataclass(frozen=True, slots=True)
class Found:
    """Openings sorted by start, and how fresh the calendars behind them are (the oldest; None where there are none)."""

    openings: list[Opening]
    as_of: datetime | None


def find(service: Service, staff: Iterable[User], start: datetime, end: datetime, *, now: datetime) -> Found:
    """Openings of `service` that start in [start, end), with any of `staff`."""
    found: list[Opening] = []
    moments: list[datetime] = []
    for user in staff:
        mine = openings_of(user, service.shape, start, end, now=now)
        found += [Opening(at, until, user) for at, until in mine.spans]
        moments += [mine.as_of] if mine.as_of else []
    return Found(sorted(found, key=lambda one: (one.start, one.staff.pk)), min(moments, default=None))


def openings_of(
    user: User, shape: Shape, start: datetime, end: datetime, *, now: datetime, moving: Booking | None = None
) -> Openings:
    """Openings of one staff member in [start, end); `moving` is a booking whose own time counts as free."""
    reach = _reach(shape, start, end)
    return openings(
        user,
        shape,
        start,
        end,
        now=now,
        own_spans=own_spans(user, *reach, moving=moving),
        booked_spans=booked_spans(user, *reach, exclude=moving),
    )


def _reach(shape: Shape, start: datetime, end: datetime) -> Span:
    margin = shape.buffer_before + shape.buffer_after + shape.duration
    return start - margin, end + margin


def is_open(user: User, shape: Shape, start: datetime, *, now: datetime, moving: Booking | None = None) -> bool:
    """Can something of this shape start at exactly `start`?"""
    found = openings_of(user, shape, start, start + timedelta(microseconds=1), now=now, moving=moving)
    return any(at == start for at, _until in found.spans)


def fits(user: User, booking: Booking, span: Span, *, now: datetime) -> bool:
    """Would `booking` fit into `span`, which staff chose themselves? Any minute counts, notice and horizon do not.

    One that runs may end sooner or later; nothing else begins in the past.
    """
    shape = _staff_shape(booking, span)
    if _runs(booking, span, now):
        return freshness(user, now=now, asked=True).bookable and not _in_the_way(user, shape, span, booking)
    return span[0] > now and is_open(user, shape, span[0], now=now, moving=booking)


def why_not_there(booking: Booking, span: Span, *, now: datetime) -> str:
    """The sentence that says why `booking` does not fit into `span`."""
    shape = _staff_shape(booking, span)
    blocked = _in_the_way(booking.staff, shape, span, booking) if _runs(booking, span, now) else ""
    return blocked or why_not(booking.staff, shape, span[0], now=now, moving=booking)


def _runs(booking: Booking, span: Span, now: datetime) -> bool:
    """Has it begun, and is it still going on with the end that it is to have?"""
    return booking.start == span[0] <= now < min(booking.end, span[1])


def _staff_shape(booking: Booking, span: Span) -> Shape:
    return replace(
        booking.service.shape,
        duration=span[1] - span[0],
        interval=ANY_MINUTE,
        notice=timedelta(0),
        horizon=_farthest(),
    )


def is_near(start: datetime, *, now: datetime) -> bool:
    """Can staff have meant it? A slip of the year is no time that anybody insists on."""
    return now - OLDEST <= start < now + _farthest()


def _farthest() -> timedelta:
    return timedelta(days=max(FARTHEST_DAYS, farthest_days()))


def collides(user: User, shape: Shape, start: datetime, *, moving: Booking | None = None) -> bool:
    """Would it overlap another live booking, buffers included?"""
    return bool(booked_spans(user, *shape.widened(start), exclude=moving))


def next_openings(
    service: Service, staff: Iterable[User], start: datetime, *, now: datetime, most: int = 3
) -> list[Opening]:
    """The next few openings from `start` on."""
    return find(service, staff, start, start + LOOK_AHEAD, now=now).openings[:most]


def why_not(user: User, shape: Shape, start: datetime, *, now: datetime, moving: Booking | None = None) -> str:
    """The sentence that says why nothing of this shape can start at `start`, which is not open to who just asked."""
    fresh = freshness(user, now=now, asked=True)
    if not fresh.bookable:
        return _UNBOOKABLE[fresh.state]()
    if start < now:
        return _("This time is over.")
    if start < now + shape.notice:
        return _("This is too soon: the service needs %(minutes)s minutes’ notice.") % {
            "minutes": int(shape.notice.total_seconds() // 60)
        }
    if start >= now + shape.horizon:
        return _("This is too far ahead: the service can be booked %(days)s days ahead.") % {"days": shape.horizon.days}
    blocked = _in_the_way(user, shape, (start, start + shape.duration), moving)
    return blocked or _("The service does not start at this minute. Choose one of the offered times.")


def _in_the_way(user: User, shape: Shape, span: Span, moving: Booking | None) -> str:
    """Why something of this shape cannot take `span`, whatever the time is now; "" if it can."""
    return _outside_hours(user, span) or _obstacle(user, shape.widened(span[0]), moving)


def _outside_hours(user: User, span: Span) -> str:
    configuration = CalendarConfiguration.objects.filter(user=user).first()
    if configuration is None:
        return _("%(user)s has no working hours yet.") % {"user": user}
    reach = span[0] - timedelta(days=1), span[1] + timedelta(days=1)
    if _covered(span, working_hours(user, *reach)):
        return ""
    time = time_format.day_and_clock_in(configuration.zone, span[0])
    return _("%(time)s is outside the working hours.") % {"time": time}


def _covered(span: Span, hours: Sequence[Span]) -> bool:
    at = span[0]
    for start, end in sorted(hours):
        if start <= at < end:
            at = end
    return at >= span[1]


def _obstacle(user: User, span: Span, moving: Booking | None) -> str:
    """What stands in the way of `span`, buffers included. Titles are for an event's owner alone, so none is said."""
    if booked_spans(user, *span, exclude=moving):
        return _("Another booking, or the time kept free around it, is already there.")
    for event in busy(user, *span, own_spans=own_spans(user, *span, moving=moving)):
        if any(start < span[1] and end > span[0] for start, end in event.blocking):
            return _blocked_by(event)
    if blocked_slots(user, *span):
        return _("The time is blocked in Kalends.")
    return ""


def _blocked_by(event: Busy) -> str:
    if event.all_day:
        return _("An all-day event of the calendar “%(calendar)s” blocks this day.") % {"calendar": event.calendar_name}
    return _("An event of the calendar “%(calendar)s” is at this time.") % {"calendar": event.calendar_name}


_UNBOOKABLE = {
    "unconfigured": lambda: _("No calendars are chosen yet, so there are no openings."),
    "never_read": lambda: _("The calendars have not been read completely yet, so there are no openings."),
    "stale": lambda: _("The calendars cannot be read just now, so no times are offered."),
}
