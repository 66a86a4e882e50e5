"""Dates, date-times and durations as calendar files write them (RFC 5545 3.3.4 to 3.3.6)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime

_DATE_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?", re.ASCII)
_READABLE = re.compile(
    r"(\d{4})(?:(\d\d)(\d\d)|([-/.])(\d\d?)\4(\d\d?))"
    r"(?:(?:\s*+T)?\s*+(\d\d|\d(?=[:.]))[:.]?(\d\d)(?:[:.]?(\d\d)(?:[.,]\d+)?)?\s*(Z|UTC|GMT|[-+]\d\d(?::?\d\d)?)?)?",
    re.ASCII,
)
_DAY_FIRST = re.compile(r"(\d\d?)\.\s*+(\d\d?)\.\s*+(\d{4})(?=\D|$)", re.ASCII)
_MAIL_DATE = re.compile(
    r"(?:[A-Z]{3}, *+)?\d\d? [A-Z]{3} [0-8]\d{3} \d\d?:\d\d(?::\d\d)?(?: (?:[-+]\d{4}|[A-Z]{1,4}))?", re.ASCII
)
_DAY = re.compile(r"(?<!\d)(?:\d{4}([-/.]?)\d\d\1\d\d|\d\d?\.\d\d?\.\d{4})(?!\d)", re.ASCII)
_NAMED_DAY = re.compile(  # `7 December 2026`, `07-Dec-2026`, `Dec 7, 2026` and JavaScript's `Mon Dec 07 2026`
    r"(?<!\d)(?P<day>\d\d?)[ -](?P<month>[A-Z]{3})[A-Z]{0,6}[ -](?P<year>\d{4})(?!\d)"
    r"|(?<![A-Z])(?P<month_first>[A-Z]{3})[A-Z]{0,6} (?P<day_next>\d\d?),? (?P<year_last>\d{4})(?!\d)",
    re.ASCII,
)
_MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]
_DURATION = re.compile(r"([+-])?P(?=T?\d)(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
NO_TIME = timedelta(0)
DAY = timedelta(days=1)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
FAR_AWAY = datetime(9000, 1, 1, tzinfo=UTC)  # later times are clamped, so that no arithmetic overflows


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall-clock time and its zone. If `zone` is None the time floats: the caller supplies the zone."""

    wall: datetime
    zone: tzinfo | None
    is_date: bool = False

    def utc(self, zone: tzinfo) -> datetime:
        """The instant. `zone` is for floating times. A wall time that the clock skips has the earlier offset."""
        if self.wall.year >= FAR_AWAY.year:
            return FAR_AWAY
        try:
            return self.wall.replace(tzinfo=self.zone or zone).astimezone(UTC)
        except OverflowError:
            return LONG_AGO

    def wall_in(self, zone: tzinfo | None, own: tzinfo) -> datetime:
        """The wall-clock time in `zone` (None: in `own`) at this moment. `own` is the zone for floating times."""
        if self.zone is zone:
            return self.wall
        return self.utc(own).astimezone(zone or own).replace(tzinfo=None)

    def day(self, zone: tzinfo) -> date:
        """The day that is meant if a time stands where a date is expected."""
        return self._wall_of_day(zone).date()

    def midnight_after(self, zone: tzinfo) -> Moment:
        """The date on which an all-day event is over if its end is written as a time."""
        wall = self._wall_of_day(zone)
        midnight = wall.replace(hour=0, minute=0, second=0, microsecond=0)
        return Moment(midnight if midnight == wall else midnight + DAY, None, is_date=True)

    def _wall_of_day(self, zone: tzinfo) -> datetime:
        """Programs write a day as midnight in UTC or in some zone, or as the last second of the day in UTC."""
        if self.zone is UTC and self.wall.time().isoformat() not in ("00:00:00", "23:59:59"):
            return self.utc(zone).astimezone(zone).replace(tzinfo=None)
        return self.wall


@dataclass(frozen=True, slots=True)
class Length:
    """A duration: nominal days plus exact seconds (RFC 5545 3.3.6)."""

    days: int
    seconds: int

    @property
    def elapsed(self) -> timedelta:
        """The length if every day has 24 hours."""
        return timedelta(days=self.days, seconds=self.seconds)


def parse_moment(value: str, zone: tzinfo | None) -> Moment:
    """The DATE or DATE-TIME in `value`. Raises ValueError.

    The form decides and not the VALUE parameter: `20261201` is a date even without VALUE=DATE, and a Z or an offset
    overrides a TZID. What a person can read is accepted: ISO 8601 with dashes, milliseconds or an offset, a blank
    instead of T, missing seconds, a leap second, 24:00, digits of any width, `01.12.2026 10:00` and the form of mails
    (`Tue, 01 Dec 2026 10:00:00 +0100`). Years are clamped to 8999, so that no arithmetic overflows.
    """
    value = value.strip().upper()
    match = _DATE_TIME.fullmatch(value)
    if match is None:
        return _parse_readable(value, zone)
    hour, minute, second, zulu = match.groups()[3:]
    day = _day(match[1], match[2], match[3])
    if hour is None:
        return Moment(day, None, is_date=True)
    return Moment(_at(day, hour, minute, second), UTC if zulu else zone)


def _parse_readable(value: str, zone: tzinfo | None) -> Moment:
    value = unicodedata.normalize("NFKC", value)
    if _MAIL_DATE.fullmatch(value):
        return _of_mail(parsedate_to_datetime(value), zone)
    match = _READABLE.fullmatch(_DAY_FIRST.sub(_year_first, value, count=1))
    if match is None:
        raise ValueError("neither a date nor a date with time")
    year, month, date, _, other_month, other_date, hour, minute, second, suffix = match.groups()
    day = _day(year, month or other_month, date or other_date)
    if hour is None:
        return Moment(day, None, is_date=True)
    wall = _at(day, hour, minute, second)
    return Moment(wall - _offset(suffix), UTC) if suffix else Moment(wall, zone)


def _of_mail(found: datetime, zone: tzinfo | None) -> Moment:
    """A time in a mail has an offset, or floats."""
    return Moment(found, zone) if found.tzinfo is None else Moment(found.astimezone(UTC).replace(tzinfo=None), UTC)


def _year_first(written: re.Match[str]) -> str:
    return f"{written[3]}.{written[2]}.{written[1]}"


def _day(year: str, month: str, day: str) -> datetime:
    return datetime(min(max(int(year), 1), FAR_AWAY.year - 1), int(month), int(day))  # noqa: DTZ001 - a wall clock


def _at(day: datetime, hour: str, minute: str, second: str | None) -> datetime:
    if hour == "24" and not int(minute + (second or "0")):
        return day + DAY
    return day.replace(hour=int(hour), minute=int(minute), second=min(int(second or 0), 59))


def _offset(suffix: str) -> timedelta:
    """The offset from UTC in `+0100`, `-05:30` or `Z`."""
    digits = suffix[1:].replace(":", "") if suffix[0] in "+-" else ""
    size = timedelta(hours=int(digits[:2] or 0), minutes=int(digits[2:] or 0))
    return -size if suffix[0] == "-" else size


def find_day(value: str) -> Moment | None:
    """The day that `value` names somewhere, for a value that is no date as a whole."""
    value = unicodedata.normalize("NFKC", value)
    match = _DAY.search(value)
    try:
        return parse_moment(match[0], None) if match else _find_named_day(value)
    except ValueError:
        return None


def _find_named_day(value: str) -> Moment | None:
    match = _NAMED_DAY.search(value.upper())
    if match is None:
        return None
    month = match["month"] or match["month_first"]
    number = _MONTHS.index(month) + 1
    day = _day(match["year"] or match["year_last"], str(number), match["day"] or match["day_next"])
    return Moment(day, None, is_date=True)


def parse_length(value: str) -> Length:
    """The DURATION in `value`. Raises ValueError or OverflowError."""
    match = _DURATION.fullmatch(value.strip().upper())
    if match is None:
        raise ValueError("not a duration")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:])
    sign = -1 if match[1] == "-" else 1
    result = Length(sign * (7 * weeks + days), sign * (3600 * hours + 60 * minutes + seconds))
    _ = result.elapsed  # raises OverflowError now rather than later
    return result


def utc_text(instant: datetime) -> str:
    """A UTC instant as `2026-12-01T09:00:00Z`."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def midnight_before(end: Moment | None) -> Moment | None:
    """A start for an event whose end alone can be read: the midnight before it."""
    if end is None:
        return None
    before = end.wall - timedelta(microseconds=1) if end.wall > datetime.min else end.wall  # noqa: DTZ901
    return Moment(before.replace(hour=0, minute=0, second=0, microsecond=0), end.zone, end.is_date)


def next_day(day: Moment | None) -> Moment | None:
    """The end of an event if only the day of that end can be read: the midnight after it."""
    return Moment(day.wall + DAY, None, is_date=True) if day else None
