"""Words on the pages for clients; times are read in the active zone."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from bookings.notifications.mails.appointment import public_name
from bookings.public.times.choice import Day
from practice import time_format

register = template.Library()
register.filter("public_name", public_name)
register.filter("zone_time", time_format.zone_time)
register.filter("day_words", time_format.weekday_and_day)
register.filter("start_words", time_format.weekday_day_and_clock)


@register.filter
def month_words(day: date) -> str:
    """The month of a day: “December 2026”."""
    return time_format.month_and_year(day)


@register.filter
def day_link(day: Day) -> SafeString:
    """A day with the number of its times: “Wednesday 9 December, 5 times”."""
    number = len(day.starts)
    count = ngettext("%(number)s time", "%(number)s times", number) % {"number": number}
    return format_html(
        '<span>{}<span class="visually-hidden">,</span></span> <span>{}</span>',
        time_format.weekday_and_day(day.date),
        count,
    )


@register.filter
def clock_in(start: datetime, day: Day) -> str:
    """A time of the day; with the letters of its zone where the clock shows it twice."""
    return time_format.clock_among(start, day.starts)


@register.filter
def colour_digits(colour: str) -> str:
    """What the address of the style sheet with this colour has."""
    return colour.removeprefix("#").lower()


@register.filter
def phone_link(phone: str) -> str:
    """A phone number as a link dials it."""
    return "".join(one for one in phone if one.isdigit() or one == "+")
