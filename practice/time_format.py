"""Times as people say them, in the active language and zone. What is written how: config/formats."""

from __future__ import annotations

from datetime import datetime, time

from django.utils import timezone
from django.utils.formats import date_format, time_format

Span = tuple[datetime, datetime]


def clock(moment: datetime | time) -> str:
    """The time on the clock; an instant is read in the active zone."""
    return time_format(timezone.localtime(moment) if isinstance(moment, datetime) else moment)


def day_name(moment: datetime) -> str:
    """The day of an instant."""
    return date_format(timezone.localtime(moment))


def day_and_clock(moment: datetime) -> str:
    """An instant with its day."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def clocks(span: Span) -> str:
    """From when to when; with the names of both times on the night the clocks change."""
    start, end = (timezone.localtime(moment) for moment in span)
    if start.utcoffset() == end.utcoffset():
        return f"{clock(start)}–{clock(end)}"
    return f"{clock(start)} {start.tzname()} – {clock(end)} {end.tzname()}"


def day_and_clocks(span: Span) -> str:
    """Day and time of a span; the end's day too where it is another."""
    first, last = (timezone.localtime(moment).date() for moment in span)
    if first == last:
        return f"{day_name(span[0])}, {clocks(span)}"
    return f"{day_and_clock(span[0])} – {day_and_clock(span[1])}"


def spoken(moment: datetime) -> str:
    """The moment as people read it, in the active zone, which is named by its letters."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"
