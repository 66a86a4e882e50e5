"""The preview of next week: when each of the calendars that are ticked would block."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from availability.wall_clock import MIDNIGHT, start_of
from bookings.models import LinkedEvent
from connections import accounts
from connections.models import Calendar
from practice import time_format
from practice.models import User

DAYS = 7
MAX_SHOWN = 6  # times of a day


@dataclass(frozen=True, slots=True)
class BlockedTime:
    """A time of a day that a calendar would block, in words."""

    clocks: str
    calendar: Calendar


@dataclass(frozen=True, slots=True)
class PreviewDay:
    """A day with the first of its times; `more` counts the others."""

    date: date
    times: Sequence[BlockedTime]
    more: int


@dataclass(frozen=True, slots=True)
class WeekPreview:
    """Seven days, and the calendars of which nothing could be read. Without calendars there are no days."""

    days: Sequence[PreviewDay]
    unread: Sequence[Calendar]


def next_week(today: date, first_weekday: int) -> date:
    """The first day of the week after the one with `today`; `first_weekday` is the reader's: 0 Sunday, 1 Monday."""
    return today + timedelta(days=DAYS - (today.isoweekday() - first_weekday) % DAYS)


def week_preview(
    user: User, calendars: Sequence[Calendar], *, first: date, zone: ZoneInfo, now: datetime, seconds: float
) -> WeekPreview:
    """What these calendars would block in the week that begins with `first`, by the rules set on them.

    Calendars that were never read are asked for within `seconds`.
    """
    span = _midnight(first, zone), _midnight(first + timedelta(days=DAYS), zone)
    own = LinkedEvent.objects.owned_by(user).filter(booking__end__gt=span[0], booking__start__lt=span[1])
    found = accounts.preview(
        calendars, span, zone=zone, own=set(own.values_list("uid", flat=True)), now=now, seconds=seconds
    )
    with timezone.override(zone):
        days = [_day(first + timedelta(days=number), zone, found) for number in range(DAYS if calendars else 0)]
    return WeekPreview(days, [one.calendar for one in found if one.blocked is None])


def _day(day: date, zone: ZoneInfo, found: Iterable[accounts.Preview]) -> PreviewDay:
    start, end = _midnight(day, zone), _midnight(day + timedelta(days=1), zone)
    spans = {
        (max(one.start, start), min(one.end, end), preview.calendar)
        for preview in found
        for one in preview.blocked or ()
        if one.start < end and one.end > start
    }
    in_order = sorted(spans, key=lambda span: (span[0], span[1], span[2].position, span[2].pk))
    times = [BlockedTime(_clocks((begin, until), (start, end)), calendar) for begin, until, calendar in in_order]
    return PreviewDay(day, times[:MAX_SHOWN], max(len(times) - MAX_SHOWN, 0))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return start_of(day, MIDNIGHT, zone)


def _clocks(span: tuple[datetime, datetime], day: tuple[datetime, datetime]) -> str:
    return _("All day") if span == day else time_format.clocks(span)
