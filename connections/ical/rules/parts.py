"""The parts of an RRULE, read strictly by RFC 5545 3.3.10."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo

from connections.ical.moments import DAY, Moment, parse_moment

UNITS = {
    "SECONDLY": timedelta(seconds=1),
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": DAY,
    "WEEKLY": 7 * DAY,
}
MONTHS = {"MONTHLY": 1, "YEARLY": 12}  # of one period
SUBDAILY = frozenset({"HOURLY", "MINUTELY", "SECONDLY"})
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
PLAIN_PARTS = frozenset({"FREQ", "INTERVAL", "WKST"})  # with these alone a series is mere arithmetic
TIME_PARTS = ("BYHOUR", "BYMINUTE", "BYSECOND")
MONTH_PARTS = frozenset({"BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"})
GREGORIAN_SCALES = frozenset({"GREGORIAN", "GREGORY", "ISO8601", "BUDDHIST", "JAPANESE", "ROC"})
LIST_FORMS = {
    "BYDAY": re.compile(r"(?:[-+]?0?[1-9]\d?)?(?:MO|TU|WE|TH|FR|SA|SU)"),
    "BYMONTH": re.compile(r"0?[1-9]|1[0-2]"),
    "BYMONTHDAY": re.compile(r"[-+]?(?:0?[1-9]|[12]\d|3[01])"),
    "BYYEARDAY": re.compile(r"[-+]?0*(?:[1-9]\d?|[12]\d\d|3[0-5]\d|36[0-6])"),
    "BYWEEKNO": re.compile(r"[-+]?(?:0?[1-9]|[1-4]\d|5[0-3])"),
    "BYHOUR": re.compile(r"[01]?\d|2[0-3]"),
    "BYMINUTE": re.compile(r"[0-5]?\d"),
    "BYSECOND": re.compile(r"[0-5]?\d"),
    "BYSETPOS": re.compile(r"[-+]?[1-9]\d{0,2}"),
}
NAMES = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "SKIP", "RSCALE", *LIST_FORMS})


class ForeignScale(ValueError):
    """Months or years of a calendar that is not supported."""


def parse_parts(text: str, start: Moment) -> dict[str, str]:
    """The parts of a rule by name. Raises ValueError for a part that is not known, or stands twice and differs."""
    parts: dict[str, str] = {}
    for item in filter(None, bare(text).split(";")):
        name, _, value = item.partition("=")
        if name.startswith("X-"):
            continue
        value = ",".join(filter(None, value.split(",")))
        if name not in NAMES or parts.setdefault(name, value) != value:
            raise ValueError("an unknown part, or one that stands twice")
    if parts.get("FREQ") not in UNITS.keys() | MONTHS.keys():
        raise ValueError("no frequency")
    if parts["FREQ"] == "YEARLY" and "BYWEEKNO" in parts and re.search(r"\d", parts.get("BYDAY", "")):
        raise ValueError("RFC 5545 3.3.10 forbids numbered days with BYWEEKNO")
    if "BYSETPOS" in parts and LIST_FORMS.keys() & parts.keys() == {"BYSETPOS"}:
        raise ValueError("a position among nothing")
    parts = _without_scale(parts)
    if any(possible_items(name, value, parts) != value.split(",") for name, value in parts.items()):
        raise ValueError("a value that no calendar has")
    return _unmixed(_for_dates(parts) if start.is_date else parts)


def possible_items(name: str, value: str, parts: Mapping[str, str]) -> list[str]:
    """The items of a part that a calendar can have, each as it is written. `parts` are all parts of the rule."""
    items = value.split(",")
    if name not in LIST_FORMS:
        return items
    found = [item for item in items if LIST_FORMS[name].fullmatch(item)]
    if name != "BYDAY" or parts["FREQ"] not in MONTHS:
        return found
    most = 53 if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts else 5
    return [item for item in found if int(re.sub(r"[^0-9]", "", item) or 1) <= most]


def _without_scale(parts: dict[str, str]) -> dict[str, str]:
    """Without RSCALE (RFC 7529), which changes nothing for weeks, days and shorter periods."""
    scale = parts.pop("RSCALE", "GREGORIAN")
    if scale not in GREGORIAN_SCALES and (parts["FREQ"] in MONTHS or not MONTH_PARTS.isdisjoint(parts)):
        raise ForeignScale(scale)
    return parts


def _for_dates(parts: dict[str, str]) -> dict[str, str]:
    """Without the parts that do not apply to a series of dates (RFC 5545 3.3.10)."""
    if parts["FREQ"] in SUBDAILY:
        raise ValueError("dates cannot repeat within a day")
    return {name: value for name, value in parts.items() if name not in TIME_PARTS}


def _unmixed(parts: dict[str, str]) -> dict[str, str]:
    """BYDAY=MO,2TU with every Monday numbered, because dateutil would take only days that match both lists."""
    days = parts.get("BYDAY", "").split(",")
    plain = [day for day in days if day in WEEKDAYS]
    if not plain or len(plain) == len(days):
        return parts
    most = 53 if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts else 5
    numbered = [f"{number}{day}" for day in plain for number in range(1, most + 1)]
    return parts | {"BYDAY": ",".join([*numbered, *(day for day in days if day not in plain)])}


def parse_until(text: str, start: Moment, zone: tzinfo) -> datetime | None:
    """The last wall-clock time in the zone of DTSTART that UNTIL allows.

    RFC 5545 3.3.10 demands a date for dates and UTC for zoned times. A date with a timed DTSTART is common and includes
    that whole day. A time without Z is in the zone of DTSTART. A time with a DTSTART that is a date means its day.
    Raises ValueError for 24:00 too, because some programs mean the day after by it.
    """
    if not text:
        return None
    if "T24" in text:
        raise ValueError("an hour that no day has")
    until = parse_moment(text, start.zone)
    if start.is_date or until.is_date:
        return datetime.combine(until.day(zone), datetime.max.time())
    return until.wall if until.zone is not UTC else until.wall_in(start.zone, zone)


def bare(text: str) -> str:
    """A rule in capitals, without spaces or the name of its property."""
    return text.upper().replace(" ", "").removeprefix("RRULE:")


def joined(parts: Mapping[str, str]) -> str:
    """The rule that has these parts."""
    return ";".join(f"{name}={value}" for name, value in parts.items())
