"""Expands one RRULE with dateutil, within a budget.

dateutil steps through all periods from DTSTART and, if nothing matches, on to the year 9999:
`FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30` costs 0.2 s, `FREQ=SECONDLY;BYSETPOS=2` would not end. Therefore a rule without
COUNT starts shortly before the window, and every rule stops once dateutil has looked at all days up to its end.
"""

from __future__ import annotations

from datetime import datetime, tzinfo
from math import prod
from typing import Any

from dateutil.rrule import rrulestr  # type: ignore[import-untyped] # its stubs are not installed

from connections.ical.moments import DAY, FAR_AWAY, Moment
from connections.ical.rules.budget import MAX_STEPS, Budget, TooMany
from connections.ical.rules.parts import MONTHS, PLAIN_PARTS, UNITS, WEEKDAYS, joined, parse_parts, parse_until
from connections.ical.rules.skip import Skip, can_skip
from connections.ical.rules.step_limit import PastWindow, watch

_LOOKED_AT = {"MONTHLY": 31, "YEARLY": 366, "WEEKLY": 7}
_TESTS = {"HOURLY": 4, "MINUTELY": 6, "SECONDLY": 8}  # at most, of the month, the hour, the minute and the second


class RecurrenceRule:
    """An RRULE with its DTSTART, in wall-clock time of the zone of DTSTART. Raises ValueError for an invalid rule.

    `until` is inclusive. After `between`, `endless` says whether the rule may continue after the window.
    """

    def __init__(self, text: str, start: Moment, zone: tzinfo, budget: Budget) -> None:
        self.parts = parse_parts(text, start)
        self.start = start.wall
        self.budget = budget
        self.interval = int(self.parts.setdefault("INTERVAL", "1"))
        if self.interval < 1:
            raise ValueError("an interval below 1")
        self.skip = Skip(self.parts, self.start, self.interval) if can_skip(self.parts) else None
        self.parts.pop("SKIP", None)
        self.until = parse_until(self.parts.pop("UNTIL", ""), start, zone)
        if self.until is not None and self.until < self.start:
            raise ValueError("an end before the start")
        self._count_to_until()
        self.count = int(self.parts.pop("COUNT", "0"))
        self.endless = False
        self.found: list[datetime] = []
        if self.skip is not None:
            self.interval, self.parts = 1, self.skip.candidates(self.parts)

    def between(self, after: datetime, before: datetime, inc: bool = True) -> list[datetime]:
        """Occurrences in [after, before] as naive wall-clock times. Same interface as dateutil's. Raises TooMany."""
        last = before if self.until is None else min(before, self.until)
        anchor = self._anchor(after)
        needed = self._steps(anchor, last)
        if self.budget.steps < 0 or (self.parts["FREQ"] == "SECONDLY" and needed > MAX_STEPS):
            raise TooMany
        rule = self._rule(anchor)
        counter = watch(rule)
        weight = self._weight()
        counter.left = allowed = min(needed, self.budget.steps // weight)
        try:
            return self._collect(rule, after, before, last)
        except PastWindow:
            if allowed < needed:
                raise TooMany from None
            self.endless = last == before
            return self.found
        finally:
            self.budget.steps -= (allowed - max(0, counter.left)) * weight

    def _collect(self, rule: Any, after: datetime, before: datetime, last: datetime) -> list[datetime]:
        self.found = found = []
        left = self.count
        for time in rule:
            if time < self.start or (self.skip and not self.skip.keeps(time)):
                continue
            if time > last:
                self.endless = last == before
                break
            self.budget.spend(steps=1, occurrences=time >= after)
            if time >= after:
                found.append(time)
            left -= 1
            if left == 0:
                break
        return found

    def _weight(self) -> int:
        """How much more a step costs because dateutil combines the minutes and seconds anew in each hour."""
        if self.parts["FREQ"] not in _TESTS:
            return 1
        sizes = (len(self.parts[name].split(",")) for name in ("BYMINUTE", "BYSECOND") if name in self.parts)
        return max(1, prod(sizes) // 8)

    def check(self) -> None:
        """Raises ValueError if dateutil does not accept the rule."""
        self._rule(self.start)

    def _steps(self, anchor: datetime, last: datetime) -> int:
        """An upper limit for the days that dateutil looks at before it has passed `last`."""
        freq = self.parts["FREQ"]
        periods = max(0, _periods(freq, anchor, last)) // self.interval + 3
        return periods * _LOOKED_AT.get(freq, 1) * _TESTS.get(freq, 1)

    def _anchor(self, after: datetime) -> datetime:
        """A start shortly before `after` from which the rule gives the same times; with COUNT always DTSTART."""
        freq = self.parts["FREQ"]
        steps = _periods(freq, self.start, after) // self.interval - 2
        if steps < 1 or self.count:
            return self._begin_of_period()
        if freq in UNITS:
            return self.start + steps * self.interval * UNITS[freq]
        months = self.start.month - 1 + steps * self.interval * MONTHS[freq]
        month = 1 if freq == "YEARLY" else months % 12 + 1
        return self.start.replace(year=self.start.year + months // 12, month=month, day=1)

    def _begin_of_period(self) -> datetime:
        """DTSTART; in a weekly rule with BYSETPOS the same time on the first day of its week."""
        if self.parts["FREQ"] != "WEEKLY" or "BYSETPOS" not in self.parts:
            return self.start
        first = WEEKDAYS.index(self.parts.get("WKST", "MO"))
        try:
            return self.start - DAY * ((self.start.weekday() - first) % 7)
        except OverflowError:
            return self.start

    def _rule(self, anchor: datetime) -> Any:
        """dateutil's rule from `anchor`, with the parts that it would otherwise derive from DTSTART written out."""
        parts = self.parts | self._implied()
        return rrulestr(joined(parts), dtstart=anchor)

    def _implied(self) -> dict[str, str]:
        """The parts that DTSTART implies."""
        days = {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"}
        if self.parts["FREQ"] == "YEARLY" and days & self.parts.keys() == {"BYWEEKNO"}:
            return {"BYDAY": WEEKDAYS[self.start.weekday()]}
        if self.parts["FREQ"] not in MONTHS or not days.isdisjoint(self.parts):
            return {}
        month = {"BYMONTH": str(self.start.month)} if self.parts["FREQ"] == "YEARLY" else {}
        return month | {"BYMONTHDAY": str(self.start.day)} | {k: v for k, v in self.parts.items() if k == "BYMONTH"}

    def _count_to_until(self) -> None:
        """Turn COUNT into UNTIL if that is mere arithmetic, so that nothing has to be counted from DTSTART."""
        if int(self.parts.get("COUNT", "1")) < 1:  # some files write -1 for "for ever"
            raise ValueError("a series without instances")
        freq = self.parts["FREQ"]
        if "COUNT" in self.parts and freq in UNITS and self.parts.keys() <= PLAIN_PARTS | {"COUNT"}:
            count = int(self.parts.pop("COUNT"))
            steps = min((count - 1) * self.interval, _periods(freq, self.start, FAR_AWAY.replace(tzinfo=None)))
            last = self.start + steps * UNITS[freq]
            self.until = min(last, self.until or last)


def _periods(freq: str, begin: datetime, end: datetime) -> int:
    """How many whole periods of `freq` lie between two times; negative backwards."""
    if freq in UNITS:
        return (end - begin) // UNITS[freq]
    return ((end.year - begin.year) * 12 + end.month - begin.month) // MONTHS[freq]
