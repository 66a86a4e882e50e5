"""Expands one RRULE with dateutil, inside a window and within a budget.

dateutil steps through all periods from DTSTART and, if nothing matches, on to the year 9999:
`FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30` costs 0.2 s, `FREQ=SECONDLY;BYSETPOS=2` would not end. Therefore a rule without
COUNT starts shortly before the window, and every rule stops once dateutil has looked at all days up to its end.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import product
from math import prod
from typing import Any

from dateutil.rrule import HOURLY, YEARLY, rrulestr  # type: ignore[import-untyped] # its stubs are not installed

from connections.ical.moments import DAY, FAR_AWAY, Moment, parse_moment

MAX_STEPS = 100_000
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
_TESTS = {"HOURLY": 4, "MINUTELY": 6, "SECONDLY": 8}  # at most, of the month, the hour, the minute and the second
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_PLAIN = {"FREQ", "INTERVAL", "WKST"}
_TIME_PARTS = ("BYHOUR", "BYMINUTE", "BYSECOND")
_MONTH_PARTS = frozenset({"BYMONTH", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO"})
_GREGORIAN_SCALES = frozenset({"GREGORIAN", "GREGORY", "ISO8601", "BUDDHIST", "JAPANESE", "ROC"})
_LIST_FORMS = {
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
_NAMES = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "SKIP", "RSCALE", *_LIST_FORMS})
_PART_BEGIN = re.compile(rf"(?:^|[\s,;]++)({'|'.join(sorted(_NAMES, key=len, reverse=True))})\s*+[=:]")
_WRITTEN_DAY = re.compile(
    r"([-+]?[1-9]\d?|)(MO|TU|WE|TH|FR|SA|SU)(?:(?<=MO|SU)N(?:DAY)?|(?<=TU)E(?:SDAY)?"
    r"|(?<=WE)D(?:NESDAY)?|(?<=TH)U(?:RSDAY)?|(?<=FR)I(?:DAY)?|(?<=SA)T(?:URDAY|(?![UH])))?"
)
MAX_RULE_LENGTH = 10_000
MAX_MEANINGS = 100  # of a rule whose parts contradict each other
_SKIPS = frozenset({"BACKWARD", "FORWARD", "OMIT"})
_SHORTEST = {month: monthrange(2026, month)[1] for month in range(1, 13)}  # the days of each month, in most years
_LOST_PART = "LOST=1"  # stands for the parts that are left out of a rule, as a part that is not known


class ForeignScale(ValueError):
    """Months or years of a calendar that is not supported."""


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


class _Counter:
    """Counts down the steps of one rule."""

    left = 0


class _CountingSet(frozenset[int]):
    """A set that raises _PastWindow after so many membership tests. dateutil makes one or more in each of its steps."""

    counter: _Counter

    def __contains__(self, number: object) -> bool:
        self.counter.left -= 1
        if self.counter.left < 0:
            raise _PastWindow
        return super().__contains__(number)


class RecurrenceRule:
    """An RRULE with its DTSTART, in wall-clock time of the zone of DTSTART. Raises ValueError for an invalid rule.

    `until` is inclusive. After `between`, `endless` says whether the rule may continue after the window.
    """

    def __init__(self, text: str, start: Moment, zone: tzinfo, budget: Budget) -> None:
        self.parts = _parse_parts(text, start)
        self.start = start.wall
        self.budget = budget
        self.interval = int(self.parts.setdefault("INTERVAL", "1"))
        if self.interval < 1:
            raise ValueError("an interval below 1")
        self.skip = _Skip(self.parts, self.start, self.interval) if _can_skip(self.parts) else None
        self.parts.pop("SKIP", None)
        self.until = _until(self.parts.pop("UNTIL", ""), start, zone)
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
        counter = _watch(rule)
        weight = self._weight()
        counter.left = allowed = min(needed, self.budget.steps // weight)
        try:
            return self._collect(rule, after, before, last)
        except _PastWindow:
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
        if freq in _UNITS:
            return self.start + steps * self.interval * _UNITS[freq]
        months = self.start.month - 1 + steps * self.interval * _MONTHS[freq]
        month = 1 if freq == "YEARLY" else months % 12 + 1
        return self.start.replace(year=self.start.year + months // 12, month=month, day=1)

    def _begin_of_period(self) -> datetime:
        """DTSTART; in a weekly rule with BYSETPOS the same time on the first day of its week."""
        if self.parts["FREQ"] != "WEEKLY" or "BYSETPOS" not in self.parts:
            return self.start
        first = _WEEKDAYS.index(self.parts.get("WKST", "MO"))
        try:
            return self.start - DAY * ((self.start.weekday() - first) % 7)
        except OverflowError:
            return self.start

    def _rule(self, anchor: datetime) -> Any:
        """dateutil's rule from `anchor`, with the parts that it would otherwise derive from DTSTART written out."""
        parts = self.parts | self._implied()
        return rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=anchor)

    def _implied(self) -> dict[str, str]:
        """The parts that DTSTART implies."""
        days = {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"}
        if self.parts["FREQ"] == "YEARLY" and days & self.parts.keys() == {"BYWEEKNO"}:
            return {"BYDAY": _WEEKDAYS[self.start.weekday()]}
        if self.parts["FREQ"] not in _MONTHS or not days.isdisjoint(self.parts):
            return {}
        month = {"BYMONTH": str(self.start.month)} if self.parts["FREQ"] == "YEARLY" else {}
        return month | {"BYMONTHDAY": str(self.start.day)} | {k: v for k, v in self.parts.items() if k == "BYMONTH"}

    def _count_to_until(self) -> None:
        """Turn COUNT into UNTIL if that is mere arithmetic, so that nothing has to be counted from DTSTART."""
        if int(self.parts.get("COUNT", "1")) < 1:  # some files write -1 for "for ever"
            raise ValueError("a series without instances")
        freq = self.parts["FREQ"]
        if "COUNT" in self.parts and freq in _UNITS and self.parts.keys() <= _PLAIN | {"COUNT"}:
            count = int(self.parts.pop("COUNT"))
            steps = min((count - 1) * self.interval, _periods(freq, self.start, FAR_AWAY.replace(tzinfo=None)))
            last = self.start + steps * _UNITS[freq]
            self.until = min(last, self.until or last)


def _bare(text: str) -> str:
    return text.upper().replace(" ", "").removeprefix("RRULE:")


def _mended(text: str) -> str:
    """A rule without quotes and backslashes, with semicolons between its parts and an equals sign in each."""
    text = re.sub(r"[\"'\\]", "", text.upper()).strip().removeprefix("RRULE:")
    return _bare(_PART_BEGIN.sub(r";\1=", text))


def _without_repeats(part: str) -> str:
    name, equals, value = part.partition("=")
    return name + equals + ",".join(dict.fromkeys(value.split(",")))


def fit_rule(text: str) -> str:
    """A rule in at most 10,000 characters. If it is longer, first repeated values are left out, then the longest parts.

    A part that is not known stands for those that are left out, so that the rule is read as one with a lost part.
    """
    if len(text) <= MAX_RULE_LENGTH:
        return text
    parts = list(dict.fromkeys(map(_without_repeats, text.split(";"))))
    kept, left = set(), MAX_RULE_LENGTH - len(_LOST_PART) - 1
    for part in sorted(parts, key=lambda part: (part.partition("=")[0].strip().upper() not in _NAMES, len(part))):
        left -= len(part) + 1
        if left >= 0:
            kept.add(part)
    lost = [_LOST_PART] if len(kept) < len(parts) else []
    return ";".join([*(part for part in parts if part in kept), *lost])


def _parse_parts(text: str, start: Moment) -> dict[str, str]:
    """The parts of a rule by name. Raises ValueError for a part that is not known, or stands twice and differs."""
    parts: dict[str, str] = {}
    for item in filter(None, _bare(text).split(";")):
        name, _, value = item.partition("=")
        if name.startswith("X-"):
            continue
        value = ",".join(filter(None, value.split(",")))
        if name not in _NAMES or parts.setdefault(name, value) != value:
            raise ValueError("an unknown part, or one that stands twice")
    if parts.get("FREQ") not in _UNITS.keys() | _MONTHS.keys():
        raise ValueError("no frequency")
    if parts["FREQ"] == "YEARLY" and "BYWEEKNO" in parts and re.search(r"\d", parts.get("BYDAY", "")):
        raise ValueError("RFC 5545 3.3.10 forbids numbered days with BYWEEKNO")
    if "BYSETPOS" in parts and _LIST_FORMS.keys() & parts.keys() == {"BYSETPOS"}:
        raise ValueError("a position among nothing")
    parts = _without_scale(parts)
    if any(_readable_items(name, value, parts) != value.split(",") for name, value in parts.items()):
        raise ValueError("a value that no calendar has")
    return _unmixed(_for_dates(parts) if start.is_date else parts)


def _readable_items(name: str, value: str, parts: Mapping[str, str]) -> list[str]:
    """The items of a part that a calendar can have, each as it is written. `parts` are all parts of the rule."""
    items = value.split(",")
    if name not in _LIST_FORMS:
        return items
    found = [item for item in items if _LIST_FORMS[name].fullmatch(item)]
    if name != "BYDAY" or parts["FREQ"] not in _MONTHS:
        return found
    most = 53 if parts["FREQ"] == "YEARLY" and "BYMONTH" not in parts else 5
    return [item for item in found if int(re.sub(r"[^0-9]", "", item) or 1) <= most]


def _without_scale(parts: dict[str, str]) -> dict[str, str]:
    """Without RSCALE (RFC 7529), which changes nothing for weeks, days and shorter periods."""
    scale = parts.pop("RSCALE", "GREGORIAN")
    if scale not in _GREGORIAN_SCALES and (parts["FREQ"] in _MONTHS or not _MONTH_PARTS.isdisjoint(parts)):
        raise ForeignScale(scale)
    return parts


def _for_dates(parts: dict[str, str]) -> dict[str, str]:
    """Without the parts that do not apply to a series of dates (RFC 5545 3.3.10)."""
    if parts["FREQ"] in _TESTS:
        raise ValueError("dates cannot repeat within a day")
    return {name: value for name, value in parts.items() if name not in _TIME_PARTS}


def _can_skip(parts: Mapping[str, str]) -> bool:
    """Does SKIP change anything? Only for days of the month, because only these can be missing.

    Raises ValueError for what is not supported.
    """
    skip = parts.get("SKIP", "OMIT")
    if skip not in _SKIPS:
        raise ValueError("SKIP with a value that is not known")
    if skip == "OMIT" or parts["FREQ"] not in _MONTHS or ("BYDAY" in parts and "BYMONTHDAY" not in parts):
        return False
    supported = _PLAIN | {"COUNT", "UNTIL", "SKIP", "BYMONTHDAY", "BYMONTH", *_TIME_PARTS}
    if not parts.keys() <= supported or "-" in parts.get("BYMONTHDAY", ""):
        raise ValueError("SKIP with these parts is not supported")
    return True


class _Skip:
    """Moves days that a month does not have to its last day or to the first of the next month (RFC 7529 4.1).

    dateutil computes all days that are possible, and `keeps` chooses among them.
    """

    def __init__(self, parts: Mapping[str, str], start: datetime, interval: int) -> None:
        self.start = start
        self.interval = interval
        self.forward = parts["SKIP"] == "FORWARD"
        self.yearly = parts["FREQ"] == "YEARLY"
        months = parts.get("BYMONTH", str(start.month) if self.yearly else "")
        self.months = set(map(int, months.split(","))) if months else set(range(1, 13))
        self.days = set(map(int, parts.get("BYMONTHDAY", str(start.day)).split(",")))

    def candidates(self, parts: dict[str, str]) -> dict[str, str]:
        days = self.days | ({1} if self.forward else set(range(28, max(self.days) + 1)))
        kept = {name: value for name, value in parts.items() if name != "BYMONTH"}
        return kept | {"FREQ": "MONTHLY", "INTERVAL": "1", "BYMONTHDAY": ",".join(map(str, sorted(days)))}

    def keeps(self, time: datetime) -> bool:
        if time.day in self.days and self._is_chosen(time.year, time.month):
            return True
        year, month = (time.year, time.month)
        if self.forward:
            year, month = divmod(year * 12 + month - 2, 12)
            month += 1
        last = monthrange(year, month)[1]
        is_moved = time.day == (1 if self.forward else last)
        return is_moved and max(self.days) > last and self._is_chosen(year, month)

    def _is_chosen(self, year: int, month: int) -> bool:
        years = year - self.start.year
        passed = years if self.yearly else years * 12 + month - self.start.month
        return passed >= 0 and passed % self.interval == 0 and month in self.months


def safe_rules(text: str, start: Moment, zone: tzinfo) -> tuple[list[str], bool]:
    """Rules that can be computed and give at least the times of this one, and whether it was understood."""
    try:
        RecurrenceRule(text, start, zone, Budget()).check()
    except ForeignScale:
        return _approximate_rules(text, start, zone), True
    except (ValueError, OverflowError):
        return _repaired_rules(text, start, zone), False
    return [text], True


def _repaired_rules(text: str, start: Moment, zone: tzinfo) -> list[str]:
    """The rules that a rule which makes no sense may mean; in doubt they give too many times rather than too few.

    Each value that can be read is kept. After a part that cannot be read neither COUNT nor BYSETPOS is certain.
    """
    values = _written_values(text)
    if start.is_date and "INTERVAL" in values and not _TESTS.keys().isdisjoint(_readable_frequencies(values)):
        values = {name: value for name, value in values.items() if name not in ("INTERVAL", "COUNT")}  # of hours
    end = _readable_end(values.get("UNTIL", []), start, zone)
    frequencies = _frequencies(values, start)
    if not _GREGORIAN_SCALES.issuperset(values.get("RSCALE", [])) and not _MONTHS.keys().isdisjoint(frequencies):
        return [_joined({"FREQ": "DAILY", **end})]
    kept = _readable_lists(values)
    if _is_count_certain(values, kept) and (counts := _readable_numbers(values, "COUNT")):
        kept["COUNT"] = str(max(counts))
    rules = [
        {"FREQ": freq, **choice, **_fitting(kept, freq), **end} for freq in frequencies for choice in _choices(values)
    ]
    if len(rules) > MAX_MEANINGS:
        raise TooMany
    accepted = [rule for parts in rules for rule in (_accepted(parts, start, zone), *_neighbours(parts, start))]
    return list(dict.fromkeys(filter(None, accepted)))


def _written_values(text: str) -> dict[str, list[str]]:
    """The values of each part of a rule, however the parts are separated; a frequency may also stand alone.

    What else stands alone continues the list before it: `BYDAY=MO;TU;WE`.
    """
    values: dict[str, list[str]] = {}
    last = ""
    for item in filter(None, _mended(text).split(";")):
        name, equals, value = item.partition("=")
        if name in _UNITS or name in _MONTHS:
            name, value = "FREQ", name
        elif not equals and last in _LIST_FORMS:
            values[last][-1] += f",{item}"
            continue
        values.setdefault(name, []).append(value)
        last = name
    return values


def _joined(parts: Mapping[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _readable_frequencies(values: Mapping[str, list[str]]) -> list[str]:
    written = (freq for value in values.get("FREQ", []) for freq in value.split(","))
    return [freq for freq in dict.fromkeys(written) if freq in _UNITS or freq in _MONTHS]


def _frequencies(values: Mapping[str, list[str]], start: Moment) -> list[str]:
    """The frequencies that are written. If none can be read, the one that the other parts suggest, else DAILY."""
    found = _readable_frequencies(values)
    if not found:
        return ["WEEKLY" if "BYDAY" in values else "MONTHLY" if "BYMONTHDAY" in values else "DAILY"]
    return ["DAILY"] if start.is_date and not _TESTS.keys().isdisjoint(found) else found


def _fitting(kept: Mapping[str, str], freq: str) -> dict[str, str]:
    """The parts without numbered days that no month or year has, and without what is not certain after such a day."""
    if "BYDAY" not in kept:
        return dict(kept)
    days = _readable_items("BYDAY", kept["BYDAY"], {**kept, "FREQ": freq})
    parts = {**kept, "BYDAY": ",".join(days)}
    lost = {"BYSETPOS"} if parts["BYDAY"] != kept["BYDAY"] else set()
    lost |= set() if days else {"BYDAY", "COUNT"}
    return {name: value for name, value in parts.items() if name not in lost}


def _choices(values: Mapping[str, list[str]]) -> list[dict[str, str]]:
    """Each interval, first day of the week and way to skip that is possible. A guessed frequency has no interval."""
    intervals = _readable_numbers(values, "INTERVAL")
    if len(intervals) < len(values.get("INTERVAL", [])) or not intervals or not _readable_frequencies(values):
        intervals = {1}
    firsts = [first for first in values.get("WKST", ["MO"]) if first in _WEEKDAYS] or ["MO", "SU"]
    ways = values.get("SKIP", ["OMIT"])
    ways = [way for way in _SKIPS if way in ways] if _SKIPS.issuperset(ways) else sorted(_SKIPS)
    return [
        {"INTERVAL": str(number), "WKST": first} | ({} if way == "OMIT" else {"SKIP": way})
        for number, first, way in product(sorted(intervals), dict.fromkeys(firsts), ways)
    ]


def _neighbours(parts: Mapping[str, str], start: Moment) -> list[str]:
    """Rules for the days beside those that a month or year lacks, if SKIP is not supported with these parts."""
    try:
        _can_skip(parts)
    except ValueError:
        firsts, lasts = _months_beside(parts, start)
    else:
        return []
    kept = {name: value for name, value in parts.items() if name in (*_TIME_PARTS, "UNTIL")}
    if "COUNT" in parts:  # the neighbours in each month come no later than those in every second one
        kept["COUNT"] = str(int(parts["COUNT"]) * int(parts["INTERVAL"]))
    return [
        _joined({"FREQ": "MONTHLY", "BYMONTH": ",".join(map(str, sorted(months))), "BYMONTHDAY": day, **kept})
        for months, day in ((firsts, "1"), (lasts, "-1"))
        if months
    ]


def _months_beside(parts: Mapping[str, str], start: Moment) -> tuple[set[int], set[int]]:
    """The months whose first day, and those whose last day, lies beside a day that a month or year lacks."""
    months = set(map(int, parts["BYMONTH"].split(","))) if "BYMONTH" in parts else set(range(1, 13))
    implied = "" if {"BYYEARDAY", "BYWEEKNO", "BYDAY"} & parts.keys() else str(start.wall.day)
    days = [int(day) for day in parts.get("BYMONTHDAY", implied).split(",") if day]
    firsts, lasts = (set(), set()) if "366" not in parts.get("BYYEARDAY", "") else ({1}, {12})
    for day, month in product(days, months):
        if abs(day) > _SHORTEST[month]:
            firsts.add(month if day < 0 else month % 12 + 1)
            lasts.add(month if day > 0 else (month - 2) % 12 + 1)
    return firsts, lasts


def _readable_numbers(values: Mapping[str, list[str]], name: str) -> set[int]:
    return {int(value) for value in values.get(name, []) if re.fullmatch(r"0*[1-9][0-9]{0,8}", value)}


def _readable_lists(values: Mapping[str, list[str]]) -> dict[str, str]:
    """The BY parts with the items that can be read. BYSETPOS is kept only if they are all."""
    kept: dict[str, str] = {}
    is_whole = not _unknown_parts(values) and bool(_readable_frequencies(values))
    for name in _LIST_FORMS.keys() & values.keys():
        items = [item for value in values[name] for item in value.split(",") if item]
        readable = [found for item in dict.fromkeys(items) for found in _values_in(name, item)]
        is_whole &= len(readable) == len(items) > 0 and len(values[name]) == 1
        if readable:
            kept[name] = ",".join(readable)
    if not is_whole:
        kept.pop("BYSETPOS", None)
    return kept


def _values_in(name: str, item: str) -> list[str]:
    """The item, if it can be read. Weekdays may be written in full, and several may stand in one item."""
    if _LIST_FORMS[name].fullmatch(item):
        return [item]
    return ["".join(found) for found in _WRITTEN_DAY.findall(item)] if name == "BYDAY" else []


def _is_count_certain(values: Mapping[str, list[str]], kept: Mapping[str, str]) -> bool:
    """Does COUNT end the readable rule no earlier than the one that was meant?

    It does if only some items of a list are lost, because these would only add times. A part that is lost as a whole
    may have left times out, so that the series lasts longer; only the days of a week cannot.
    """
    lost = {name for name in _LIST_FORMS.keys() & values.keys() if name not in kept or len(values[name]) > 1}
    if values.get("FREQ") == ["WEEKLY"] and len(values.get("BYDAY", [])) == 1:
        lost -= {"BYDAY"}
    intervals = values.get("INTERVAL", [])
    if not _readable_frequencies(values):
        return False
    return not lost and not _unknown_parts(values) and len(_readable_numbers(values, "INTERVAL")) == len(intervals) < 2


def _unknown_parts(values: Mapping[str, list[str]]) -> set[str]:
    return {name for name in values if name not in _NAMES and not name.startswith("X-")}


def _readable_end(untils: Sequence[str], start: Moment, zone: tzinfo) -> dict[str, str]:
    """The latest UNTIL, none if one is no date. Before the start, the first instance remains (RFC 5545 3.8.5.3)."""
    try:
        ends = [(end, until) for until in untils if (end := _until(until, start, zone)) is not None]
    except (ValueError, OverflowError):
        return {}
    if not ends or len(ends) < len(untils):
        return {}
    last, until = max(ends)
    return {"UNTIL": until} if last >= start.wall else {"COUNT": "1"}


def _accepted(parts: dict[str, str], start: Moment, zone: tzinfo) -> str:
    """The rule if it makes sense now, else with more and more of its parts left out; "" if it never does."""
    unnumbered = {"BYDAY": re.sub(r"[-+\d]", "", parts["BYDAY"])} if "BYDAY" in parts else {}
    plain: dict[str, str] = {name: parts[name] for name in ("FREQ", "INTERVAL", "UNTIL") if name in parts}
    without = {name: value for name, value in parts.items() if name not in ("SKIP", "BYSETPOS")}
    for choice in (parts, without, without | unnumbered, plain):
        text = _joined(choice)
        try:
            RecurrenceRule(text, start, zone, Budget()).check()
        except (ValueError, OverflowError):
            continue
        return text
    return ""


def _approximate_rules(text: str, start: Moment, zone: tzinfo) -> list[str]:
    """Rules that block on the safe side for months and years of a calendar that is not supported (RFC 7529).

    The years of most calendars keep to the seasons, so an anniversary falls within a month of the same date. Those of
    the Islamic calendars do not, and neither do months: they may fall on any day.
    """
    parts = dict(item.partition("=")[::2] for item in _bare(text).split(";"))
    end = _readable_end([parts["UNTIL"]] if "UNTIL" in parts else [], start, zone)
    if parts["FREQ"] != "YEARLY" or parts["RSCALE"].startswith("ISLAMIC") or not _MONTH_PARTS.isdisjoint(parts):
        return [_joined({"FREQ": "DAILY", **end})]
    middle = start.wall.timetuple().tm_yday
    days = sorted({(middle + shift - 1) % 366 + 1 for shift in range(-31, 32)})
    return [_joined({"FREQ": "YEARLY", "BYYEARDAY": ",".join(map(str, days)), **end})]


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


def _periods(freq: str, begin: datetime, end: datetime) -> int:
    """How many whole periods of `freq` lie between two times; negative backwards."""
    if freq in _UNITS:
        return (end - begin) // _UNITS[freq]
    return ((end.year - begin.year) * 12 + end.month - begin.month) // _MONTHS[freq]


def _watch(rule: Any) -> _Counter:
    """Give dateutil counting sets for the tests in its loops, because it has no public way to be stopped.

    The first test of each day is that of the month. With numbered days of a year it is that of the weekday, because
    `20MO` would count in each month. Within a day dateutil tests hours, minutes and seconds.
    """
    counter = _Counter()
    if rule._freq == YEARLY and rule._bynweekday and not rule._bymonth:
        rule._byweekday = _counting(rule._byweekday or range(7), counter)
    else:
        rule._bymonth = _counting(rule._bymonth or range(1, 13), counter)
    if rule._freq >= HOURLY:
        for name in ("_byhour", "_byminute", "_bysecond"):
            if getattr(rule, name):
                setattr(rule, name, _counting(getattr(rule, name), counter))
    return counter


def _counting(numbers: Iterable[int], counter: _Counter) -> _CountingSet:
    found = _CountingSet(numbers)
    found.counter = counter
    return found
