"""Dates, date-times and durations as calendar files write them (RFC 5545 3.3.4 to 3.3.6)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

_DATE_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)?(Z)?)?", re.ASCII)
_DAY = re.compile(r"(?<![0-9])[0-9]{8}(?![0-9])")
_DURATION = re.compile(r"([+-])?P(?=[\dT])(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?", re.ASCII)
NO_TIME = timedelta(0)
DAY = timedelta(days=1)
LONG_AGO = datetime(1000, 1, 1, tzinfo=UTC)  # earlier and later times are clamped, so that no arithmetic overflows
FAR_AWAY = datetime(9000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """A wall-clock time and its zone. If `zone` is None the time floats: the caller supplies the zone."""

    wall: datetime
    zone: tzinfo | None
    is_date: bool = False

    def utc(self, zone: tzinfo) -> datetime:
        """The instant. `zone` is for floating times. A wall time that the clock skips has the earlier offset."""
        if not LONG_AGO.year <= self.wall.year < FAR_AWAY.year:
            return LONG_AGO if self.wall.year < LONG_AGO.year else FAR_AWAY
        return self.wall.replace(tzinfo=self.zone or zone).astimezone(UTC)

    def wall_in(self, zone: tzinfo | None, own: tzinfo) -> datetime:
        """The wall-clock time in `zone` (None: in `own`) at this moment. `own` is the zone for floating times."""
        if self.zone is zone:
            return self.wall
        return self.utc(own).astimezone(zone or own).replace(tzinfo=None)

    def day(self, zone: tzinfo) -> date:
        """The day that is meant if a time stands where a date is expected.

        Programs write such a day as midnight in UTC or in some zone, or as the last second of the day in UTC.
        """
        if self.zone is UTC and self.wall.time().isoformat() not in ("00:00:00", "23:59:59"):
            return self.utc(zone).astimezone(zone).date()
        return self.wall.date()


@dataclass(frozen=True, slots=True)
class Length:
    """A duration: nominal days plus exact seconds (RFC 5545 3.3.6)."""

    days: int
    seconds: int

    @property
    def elapsed(self) -> timedelta:
        """The length if every day has 24 hours."""
        return timedelta(days=self.days, seconds=self.seconds)


def parse_moment(value: str, zone: tzinfo | None, *, as_date: bool = False) -> Moment:
    """The DATE or DATE-TIME in `value`; `as_date` drops its time. Raises ValueError.

    The form decides and not the VALUE parameter: `20261201` is a date even without VALUE=DATE, and a Z overrides a
    TZID. Dashes and colons as in ISO 8601, missing seconds and a leap second are accepted. Years are clamped to 1000
    to 8999, so that no arithmetic overflows.
    """
    match = _DATE_TIME.fullmatch(re.sub("[-:]", "", value.strip()).upper())
    if match is None:
        raise ValueError("neither a date nor a date with time")
    hour, minute, second, zulu = match.groups()[3:]
    year = min(max(int(match[1]), LONG_AGO.year), FAR_AWAY.year - 1)
    day = datetime(year, int(match[2]), int(match[3]))  # noqa: DTZ001 - a wall clock
    if hour is None or as_date:
        return Moment(day, None, is_date=True)
    return Moment(
        day.replace(hour=int(hour), minute=int(minute), second=min(int(second or 0), 59)), UTC if zulu else zone
    )


def find_day(value: str) -> Moment | None:
    """The day that eight digits in `value` name, for a value that is no date as a whole."""
    match = _DAY.search(value)
    try:
        return parse_moment(match[0], None) if match else None
    except ValueError:
        return None


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
    midnight = (end.wall - timedelta(microseconds=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return Moment(midnight, end.zone, end.is_date)


def next_day(day: Moment | None) -> Moment | None:
    """The end of an event if only the day of that end can be read: the midnight after it."""
    return Moment(day.wall + DAY, None, is_date=True) if day else None
