"""Times as people write and say them, in the active language and zone: the only module that words them.

What is written how: config/formats. Reading times, and ISO 8601 for programs: practice.times.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format, get_format, time_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext, pgettext, pgettext_lazy

Span = tuple[datetime, datetime]

_POSIX_SIGNS = str.maketrans("+-", "-+")
_SAME_WEEK = timedelta(days=6)
"""Within so many days the weekday alone names the day."""

_CITIES = {
    "Athens": pgettext_lazy("city", "Athens"),
    "Brussels": pgettext_lazy("city", "Brussels"),
    "Copenhagen": pgettext_lazy("city", "Copenhagen"),
    "Lisbon": pgettext_lazy("city", "Lisbon"),
    "Luxembourg": pgettext_lazy("city", "Luxembourg"),
    "Prague": pgettext_lazy("city", "Prague"),
    "Rome": pgettext_lazy("city", "Rome"),
    "Vienna": pgettext_lazy("city", "Vienna"),
    "Warsaw": pgettext_lazy("city", "Warsaw"),
    "Zurich": pgettext_lazy("city", "Zurich"),
}
"""Cities in the names of zones that have another name in another language."""

_CITIES_TODAY = {
    "Asmera": "Asmara",
    "Ashkhabad": "Ashgabat",
    "Calcutta": "Kolkata",
    "Chungking": "Chongqing",
    "Dacca": "Dhaka",
    "Enderbury": "Kanton",
    "Faeroe": "Faroe",
    "Godthab": "Nuuk",
    "Katmandu": "Kathmandu",
    "Kiev": "Kyiv",
    "Macao": "Macau",
    "Ponape": "Pohnpei",
    "Rangoon": "Yangon",
    "Saigon": "Ho Chi Minh",
    "Thimbu": "Thimphu",
    "Truk": "Chuuk",
    "Ujung Pandang": "Makassar",
    "Ulan Bator": "Ulaanbaatar",
}
"""Names of places in zones that browsers still give, and the names of today (tzdata, `backward`)."""


def clock(moment: datetime | time) -> str:
    """The time on the clock; an instant is read in the active zone."""
    return time_format(timezone.localtime(moment) if isinstance(moment, datetime) else moment)


def period(start: time, end: time) -> str:
    """From when to when on the clock; midnight as the end is 00:00."""
    return f"{clock(start)}–{clock(end)}"


def day_name(moment: datetime) -> str:
    """The day of an instant."""
    return date_format(timezone.localtime(moment))


def day_and_clock(moment: datetime) -> str:
    """An instant with its day."""
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def short_day_and_clock(moment: datetime) -> str:
    """An instant of these weeks with its day, without the year."""
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def day_clock_and_zone(moment: datetime) -> str:
    """An instant with its day and the letters of the active zone, such as CET."""
    local = timezone.localtime(moment)
    return f"{date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"


def day_and_clock_in(zone: ZoneInfo, moment: datetime) -> str:
    """An instant with its day in that zone, which is named: the reader may be anywhere."""
    return f"{date_format(moment.astimezone(zone), 'DATETIME_FORMAT')} ({zone_time(zone)})"


def zone_time(zone: ZoneInfo) -> str:
    """The zone's time as people call it: “Berlin time”, “New York time”, “UTC”, “UTC-5”."""
    if "/" not in zone.key:
        return zone.key
    if zone.key.startswith("Etc/"):  # `Etc/GMT+5` is five hours behind UTC
        return zone.key.removeprefix("Etc/").translate(_POSIX_SIGNS).replace("GMT", "UTC")
    written = zone.key.rsplit("/", 1)[-1].replace("_", " ")
    place = _CITIES_TODAY.get(written, written)
    return _("%(place)s time") % {"place": _CITIES.get(place, place)}


def weekday_day_and_clock(moment: datetime) -> str:
    """An instant for the subject of an e-mail and for clients: “Tue 8 December, 10:00”."""
    return date_format(timezone.localtime(moment), _on_clock(pgettext("date format", "D j F, H:i")))


def near_day_and_clock(moment: datetime, seen_from: datetime) -> str:
    """An instant with its weekday, “Tue 10:00”, and with its day only if it is not within a week of `seen_from`."""
    if abs(timezone.localtime(moment).date() - timezone.localtime(seen_from).date()) > _SAME_WEEK:
        return weekday_day_and_clock(moment)
    return weekday_and_clock(moment)


def weekday_and_clock(moment: datetime) -> str:
    """An instant by its weekday alone: “Tue 10:00”."""
    return date_format(timezone.localtime(moment), _on_clock(pgettext("date format", "D H:i")))


def days_and_months(days: Sequence[date]) -> str:
    """Some days in order, each month once: “22 and 29 Dec”, “29 Dec and 5 Jan”."""
    day, with_month = pgettext("date format", "j"), pgettext("date format", "j M")
    following = [*days[1:], None]
    is_last = [other is None or other.month != one.month for one, other in zip(days, following, strict=True)]
    words = [date_format(one, with_month if last else day) for one, last in zip(days, is_last, strict=True)]
    return get_text_list(words, _("and"))


def full_day_and_clocks(span: Span) -> str:
    """Day and time of a span with every word written out: “Tuesday 8 December 2026, 10:00–10:45”."""
    day = date_format(timezone.localtime(span[0]), pgettext("date format", "l j F Y"))
    return _("%(day)s, %(clocks)s") % {"day": day, "clocks": clocks(span)}


def weekday_and_day(day: date) -> str:
    """A day of the coming months: “Wednesday 9 December”."""
    return date_format(day, pgettext("date format", "l j F"))


def days(first: date, last: date) -> str:
    """From which day to which: “7–13 December 2026”."""
    end = date_format(last, pgettext("date format", "j F Y"))
    if (first.year, first.month) == (last.year, last.month):
        return date_format(first, pgettext("date format", "j")) + f"–{end}"
    return date_format(first, pgettext("date format", "j F")) + f" – {end}"


def month_and_year(day: date) -> str:
    """The month of a day: “December 2026”."""
    return date_format(day, "YEAR_MONTH_FORMAT")


def clock_among(moment: datetime, others: Iterable[datetime]) -> str:
    """The time on the clock; with the letters of its zone if it shows the same at another of these moments."""
    words = clock(moment)
    twice = sum(clock(one) == words for one in others) > 1
    return f"{words} {timezone.localtime(moment).tzname()}" if twice else words


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


def relative(moment: datetime, now: datetime) -> str:
    """How far `moment` is from `now` in words, rounded down to one unit: "5 minutes ago", "in 2 hours"."""
    seconds = round((moment - now).total_seconds())
    amount = _amount(abs(seconds))
    if not amount:
        return _("just now") if moment <= now else _("in a moment")
    return (_("%(amount)s ago") if seconds < 0 else _("in %(amount)s")) % {"amount": amount}


def length(span: timedelta) -> str:
    """How long something takes, exactly to the minute, in the largest unit that fits: “24 hours”, “3 days”."""
    minutes = span // timedelta(minutes=1)
    if minutes % 60:
        return ngettext("%d minute", "%d minutes", minutes) % minutes
    if minutes % (24 * 60) or minutes <= 24 * 60:
        return ngettext("%d hour", "%d hours", minutes // 60) % (minutes // 60)
    days = minutes // (24 * 60)
    return npgettext("length", "%d day", "%d days", days) % days


def _on_clock(pattern: str) -> str:
    """The pattern of a date with a time, on the reader's clock."""
    clock = str(get_format("TIME_FORMAT"))
    return pattern if clock == "H:i" else pattern.replace(r" \U\h\r", "").replace("H:i", clock)


def _amount(seconds: int) -> str:
    if seconds < 60:
        return ""
    if seconds < 3600:
        return ngettext("%d minute", "%d minutes", seconds // 60) % (seconds // 60)
    if seconds < 86400:
        return ngettext("%d hour", "%d hours", seconds // 3600) % (seconds // 3600)
    return ngettext("%d day", "%d days", seconds // 86400) % (seconds // 86400)
