"""Times as people say them, in the active language and zone."""

from __future__ import annotations

from datetime import datetime, time

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from availability.intervals import Span


def clock(moment: datetime | time) -> str:
    """The time on the clock; an instant is read in the active zone."""
    local = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    return time_format(local, _("H:i"))


def day_name(moment: datetime) -> str:
    """The day of an instant, short."""
    return date_format(timezone.localtime(moment), _("D j M Y"))


def day_and_clock(moment: datetime) -> str:
    """An instant of these weeks, short and without its year."""
    return f"{date_format(timezone.localtime(moment), _('D j M'))}, {clock(moment)}"


def clocks(span: Span) -> str:
    """From when to when; with the names of both times on the night the clocks change."""
    start, end = (timezone.localtime(moment) for moment in span)
    if start.utcoffset() == end.utcoffset():
        return f"{clock(start)}–{clock(end)}"
    return f"{clock(start)} {start:%Z} – {clock(end)} {end:%Z}"


def day_and_clocks(span: Span) -> str:
    """Day and time of a span; the end's day too where it is another."""
    first, last = (timezone.localtime(moment).date() for moment in span)
    if first == last:
        return f"{day_name(span[0])}, {clocks(span)}"
    return f"{day_name(span[0])}, {clock(span[0])} – {day_name(span[1])}, {clock(span[1])}"
