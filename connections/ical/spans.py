"""From when to when an instance of a component lasts, in UTC."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from connections.ical.moments import DAY, FAR_AWAY, NO_TIME, Length, Moment
from connections.ical.parser import Component
from connections.ical.types import Span


def plain_span(component: Component, start: Moment, zone: tzinfo, end: Moment | Length | None = None) -> Span:
    """[start, end) of the instance of `component` that starts at `start`, without travel time.

    `zone` is for dates and floating times, `end` the end of a PERIOD. Days of all-day events follow the calendar, so
    they have 23 or 25 hours twice a year; a DTEND gives every instance the same elapsed time, a DURATION the same
    nominal one (RFC 5545 3.8.5.3). What ends before it starts is turned round.
    """
    begin = start.utc(zone)
    try:
        finish = _end(component, start, zone) if end is None else _period_end(start, end, zone)
    except OverflowError:
        finish = FAR_AWAY
    return min(begin, finish), max(begin, finish)


def span(component: Component, start: Moment, zone: tzinfo, end: Moment | Length | None = None) -> Span:
    """As `plain_span`, extended by Apple's travel time on both sides."""
    begin, finish = plain_span(component, start, zone, end)
    try:
        return begin - component.before, finish + component.after
    except OverflowError:
        return begin, FAR_AWAY


def _period_end(start: Moment, end: Moment | Length, zone: tzinfo) -> datetime:
    return _after(start, end, zone) if isinstance(end, Length) else end.utc(zone)


def _end(component: Component, start: Moment, zone: tzinfo) -> datetime:
    if component.until_midnight:
        return Moment(_midnight(start.wall) + DAY, start.zone, start.is_date).utc(zone)
    if component.length is not None:
        return _after(start, component.length, zone)
    if component.end is None:  # RFC 5545 3.6.1: a date lasts a day, a time no time
        return _after(start, Length(0, 0), zone)
    if component.end.is_date:
        return _end_on_date(component.start, component.end, start, zone)
    return start.utc(zone) + (component.end.utc(zone) - component.start.utc(zone))


def _end_on_date(written: Moment, end: Moment, start: Moment, zone: tzinfo) -> datetime:
    """DTEND as a date is exclusive. One that is not after the start is taken for the same day, as some write it."""
    days = (end.wall - _midnight(written.wall)) // DAY
    return Moment(_midnight(start.wall) + max(days, 1) * DAY, start.zone, start.is_date).utc(zone)


def _after(start: Moment, length: Length, zone: tzinfo) -> datetime:
    if start.is_date:  # RFC 5545 3.6.1 allows whole days only, and at least one; PT24H is meant so too
        length = Length(max(1, -(-length.elapsed // DAY)), 0)
    days = Moment(start.wall + timedelta(days=length.days), start.zone, start.is_date)
    return days.utc(zone) + timedelta(seconds=length.seconds)


def _midnight(wall: datetime) -> datetime:
    return wall.replace(hour=0, minute=0, second=0, microsecond=0)


def meets(span: Span, window: Span) -> bool:
    """Do half-open spans overlap? One without length meets the window it starts in."""
    if span[1] - span[0] == NO_TIME:
        return window[0] <= span[0] < window[1]
    return span[0] < window[1] and window[0] < span[1]
