"""Expands one RRULE with dateutil, inside a window and within a budget.

dateutil steps through all periods from DTSTART and, if nothing matches, on to the year 9999:
`FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30` costs 0.2 s, `FREQ=SECONDLY;BYSETPOS=2` would not end. Therefore a rule without
COUNT starts shortly before the window, and every rule stops once dateutil has looked at all days up to its end.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from dateutil.rrule import YEARLY, rrulestr  # type: ignore[import-untyped] # its stubs are not installed

from connections.ical.moments import DAY, FAR_AWAY, Moment, parse_moment

MAX_STEPS = 500_000
MAX_OCCURRENCES = 20_000
_UNITS = {
    "SECONDLY": timedelta(seconds=1),
    "MINUTELY": timedelta(minutes=1),
    "HOURLY": timedelta(hours=1),
    "DAILY": DAY,
    "WEEKLY": 7 * DAY,
}
_MONTHS = {"MONTHLY": 1, "YEARLY": 12}
_LOOKED_AT = {"MONTHLY": 31, "YEARLY": 366, "WEEKLY": 7}
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MAX_NUMBERS = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53}
_PLAIN = {"FREQ", "INTERVAL", "WKST"}


class TooMany(Exception):
    """The series has more occurrences, or needs more steps to find them, than the budget allows."""


class Budget:
    """The steps and occurrences that the expansion of one resource may cost, shared by all of its rules."""

    def __init__(self) -> None:
        self.steps = MAX_STEPS
        self.occurrences = MAX_OCCURRENCES

    def spend(self, *, steps: int = 0, occurrences: int = 0) -> None:
        """Take from the budget. Raises TooMany if nothing is left."""
        self.steps -= steps
        self.occurrences -= occurrences
        if self.steps < 0 or self.occurrences < 0:
            raise TooMany


class _PastWindow(Exception):
    """dateutil has looked at all days up to the end of the window."""


class _CountingSet(frozenset[int]):
    """A set that raises _PastWindow after `left` membership tests. dateutil makes one for every day it looks at."""

    left = 0

    def __contains__(self, number: object) -> bool:
        self.left -= 1
        if self.left < 0:
            raise _PastWindow
        return super().__contains__(number)


class RecurrenceRule:
    """An RRULE with its DTSTART, in wall-clock time of the zone of DTSTART. Raises ValueError for an invalid rule.

    `until` is inclusive. After `between`, `endless` says whether the rule may continue after the window.
    """

    def __init__(self, text: str, start: Moment, zone: tzinfo, budget: Budget) -> None:
        self.parts = _parts(text)
        self.start = start.wall
        self.budget = budget
        self.interval = int(self.parts.setdefault("INTERVAL", "1"))
        if self.interval < 1:
            raise ValueError("an interval below 1")
        self.skip = self.parts.pop("SKIP", "OMIT")
        self.until = _until(self.parts.pop("UNTIL", ""), start, zone)
        if self.until is not None and self.until < self.start:
            raise ValueError("an end before the start")
        self._count_to_until()
        self.endless = False
        self.found: list[datetime] = []

    def between(self, after: datetime, before: datetime, inc: bool = True) -> list[datetime]:
        """Occurrences in [after, before] as naive wall-clock times. Same interface as dateutil's. Raises TooMany."""
        last = before if self.until is None else min(before, self.until)
        anchor = self._anchor(after)
        needed = self._steps(anchor, last)
        if self.budget.steps < 0 or (self.parts["FREQ"] == "SECONDLY" and needed > MAX_STEPS):
            raise TooMany
        rule = self._rule(anchor)
        counter = _watch(rule)
        counter.left = allowed = min(needed, self.budget.steps)
        try:
            return self._collect(rule, after, before, last)
        except _PastWindow:
            if allowed < needed:
                raise TooMany from None
            self.endless = last == before
            return self.found
        finally:
            self.budget.steps -= allowed - max(0, counter.left)

    def _collect(self, rule: Any, after: datetime, before: datetime, last: datetime) -> list[datetime]:
        self.found = found = []
        for time in rule:
            if time > last:
                self.endless = last == before
                break
            self.budget.spend(steps=1, occurrences=time >= after)
            if time >= after:
                found.append(time)
        return found

    def _steps(self, anchor: datetime, last: datetime) -> int:
        """An upper limit for the days that dateutil looks at before it has passed `last`."""
        periods = max(0, _periods(self.parts["FREQ"], anchor, last)) // self.interval + 3
        return periods * _LOOKED_AT.get(self.parts["FREQ"], 1)

    def _anchor(self, after: datetime) -> datetime:
        """A start shortly before `after` from which the rule gives the same times; with COUNT always DTSTART."""
        freq = self.parts["FREQ"]
        steps = _periods(freq, self.start, after) // self.interval - 2
        if steps < 1 or "COUNT" in self.parts:
            return self.start
        if freq in _UNITS:
            return self.start + steps * self.interval * _UNITS[freq]
        months = self.start.month - 1 + steps * self.interval * _MONTHS[freq]
        month = 1 if freq == "YEARLY" else months % 12 + 1
        return self.start.replace(year=self.start.year + months // 12, month=month, day=1)

    def _rule(self, anchor: datetime) -> Any:
        """dateutil's rule from `anchor`, with the parts that it would otherwise derive from DTSTART written out."""
        parts = self.parts | self._implied()
        return rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=anchor)

    def _implied(self) -> dict[str, str]:
        """The parts that DTSTART implies. Raises ValueError for a SKIP (RFC 7529) that is not supported."""
        if self.skip != "OMIT" and self.parts["FREQ"] in _MONTHS:
            return self._skipping()
        days = {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"}
        if self.parts["FREQ"] == "YEARLY" and days & self.parts.keys() == {"BYWEEKNO"}:
            return {"BYDAY": _WEEKDAYS[self.start.weekday()]}
        if self.parts["FREQ"] not in _MONTHS or not days.isdisjoint(self.parts):
            return {}
        month = {"BYMONTH": str(self.start.month)} if self.parts["FREQ"] == "YEARLY" else {}
        return month | {"BYMONTHDAY": str(self.start.day)} | {k: v for k, v in self.parts.items() if k == "BYMONTH"}

    def _skipping(self) -> dict[str, str]:
        """The day of DTSTART in months that have it, else the last day (BACKWARD), or 1 March for 29 February."""
        day, month = self.start.day, self.start.month
        yearly = self.parts["FREQ"] == "YEARLY"
        if not self.parts.keys() <= _PLAIN | {"COUNT"} or self.skip not in ("BACKWARD", "FORWARD"):
            raise ValueError("SKIP with other parts than the day of DTSTART is not supported")
        if day < 29 or (yearly and (month, day) != (2, 29)):
            return {"BYMONTHDAY": str(day)} | ({"BYMONTH": str(month)} if yearly else {})
        if self.skip == "BACKWARD":
            last = {"BYMONTHDAY": ",".join(map(str, range(28, day + 1))), "BYSETPOS": "-1"}
            return last | ({"BYMONTH": "2"} if yearly else {})
        if yearly:
            return {"BYYEARDAY": "60"}
        raise ValueError("the day after a short month is not in that month")

    def _count_to_until(self) -> None:
        """Turn COUNT into UNTIL if that is mere arithmetic, so that nothing has to be counted from DTSTART."""
        if int(self.parts.get("COUNT", "1")) < 1:  # some files write -1 for "for ever"
            del self.parts["COUNT"]
        freq = self.parts["FREQ"]
        if "COUNT" in self.parts and freq in _UNITS and self.parts.keys() <= _PLAIN | {"COUNT"}:
            count = int(self.parts.pop("COUNT"))
            steps = min((count - 1) * self.interval, _periods(freq, self.start, FAR_AWAY.replace(tzinfo=None)))
            last = self.start + steps * _UNITS[freq]
            self.until = min(last, self.until or last)


def simplified(text: str, start: Moment, zone: tzinfo) -> str:
    """What remains of a rule that makes no sense: its frequency, and its interval and end if they can be read.

    It blocks at the time of the series, more or less often than was meant. Dropping the rule would free all instances
    but the first. "" if not even the frequency can be read.
    """
    parts = dict(item.partition("=")[::2] for item in _bare(text).split(";"))
    if parts.get("FREQ") not in _UNITS.keys() | _MONTHS.keys():
        return ""
    kept = {"FREQ": parts["FREQ"]}
    for name, form in (
        ("INTERVAL", r"0*[1-9][0-9]{0,3}"),
        ("COUNT", r"[0-9]{1,9}"),
        ("UNTIL", r"[0-9]{8}(T[0-9]{6}Z?)?"),
        ("SKIP", r"BACKWARD|FORWARD"),
    ):
        if re.fullmatch(form, parts.get(name, "")):
            kept[name] = parts[name]
    if (kept["FREQ"], kept.get("SKIP")) == ("MONTHLY", "FORWARD") and start.wall.day > 28:
        kept = {name: kept[name] for name in kept if name not in ("SKIP", "COUNT")}
        kept["BYMONTHDAY"] = f"1,{start.wall.day}"
    kept |= _readable_end(kept.pop("UNTIL", ""), start, zone)
    return ";".join(f"{name}={value}" for name, value in kept.items())


def _readable_end(until: str, start: Moment, zone: tzinfo) -> dict[str, str]:
    """No end if it is no date. If it is before the start, only the first instance remains (RFC 5545 3.8.5.3)."""
    try:
        last = _until(until, start, zone)
    except ValueError:
        return {}
    if last is None:
        return {}
    return {"UNTIL": until} if last >= start.wall else {"COUNT": "1"}


def _bare(text: str) -> str:
    return text.upper().replace(" ", "").removeprefix("RRULE:")


def _parts(text: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for item in filter(None, _bare(text).split(";")):
        name, _, value = item.partition("=")
        if not name.startswith("X-") and (name, value) != ("RSCALE", "GREGORIAN"):
            parts.setdefault(name, _possible(name, value.rstrip(",")))
    if parts.get("FREQ") not in _UNITS.keys() | _MONTHS.keys():
        raise ValueError("no frequency")
    if parts["FREQ"] == "YEARLY" and "BYWEEKNO" in parts and re.search(r"\d", parts.get("BYDAY", "")):
        raise ValueError("RFC 5545 3.3.10 forbids numbered days with BYWEEKNO")
    return _unmixed(parts)


def _possible(name: str, value: str) -> str:
    """A list without impossible numbers, which dateutil would treat as an empty list. Raises ValueError."""
    if name not in _MAX_NUMBERS:
        return value
    kept = [number for number in value.split(",") if 0 < abs(int(number)) <= _MAX_NUMBERS[name]]
    if name == "BYMONTH":
        kept = [number for number in kept if int(number) > 0]
    if not kept:
        raise ValueError("no such day")
    return ",".join(kept)


def _unmixed(parts: dict[str, str]) -> dict[str, str]:
    """BYDAY=MO,2TU with every Monday numbered, because dateutil would take only days that match both lists."""
    days = parts.get("BYDAY", "").split(",")
    plain = [day for day in days if day in _WEEKDAYS]
    if not plain or len(plain) == len(days):
        return parts
    most = 53 if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts else 5
    numbered = [f"{number}{day}" for day in plain for number in range(1, most + 1)]
    return parts | {"BYDAY": ",".join([*numbered, *(day for day in days if day not in plain)])}


def _until(text: str, start: Moment, zone: tzinfo) -> datetime | None:
    """The last wall-clock time in the zone of DTSTART that UNTIL allows.

    RFC 5545 3.3.10 demands a date for dates and UTC for zoned times. A date with a timed DTSTART is common and includes
    that whole day. A time without Z is in the zone of DTSTART. A time with a DTSTART that is a date means its day.
    """
    if not text:
        return None
    until = parse_moment(text, start.zone)
    if start.is_date or until.is_date:
        return datetime.combine(until.day(zone), datetime.max.time())
    return until.wall if until.zone is not UTC else until.wall_in(start.zone, zone)


def _periods(freq: str, begin: datetime, end: datetime) -> int:
    """How many whole periods of `freq` lie between two times; negative backwards."""
    if freq in _UNITS:
        return (end - begin) // _UNITS[freq]
    return ((end.year - begin.year) * 12 + end.month - begin.month) // _MONTHS[freq]


def _watch(rule: Any) -> _CountingSet:
    """Give dateutil a counting set for its first test of each day, because it has no public way to be stopped.

    That is the set of months. With numbered days of a year it is the set of weekdays: `20MO` would count in each month.
    """
    if rule._freq == YEARLY and rule._bynweekday and not rule._bymonth:
        rule._byweekday = counter = _CountingSet(rule._byweekday or range(7))
    else:
        rule._bymonth = counter = _CountingSet(rule._bymonth or range(1, 13))
    return counter
