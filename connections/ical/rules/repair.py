"""Repairs rules: finds computable ones that give at least the times that a broken rule may mean."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import tzinfo
from itertools import product

from connections.ical.moments import Moment
from connections.ical.rules.budget import Budget, TooMany
from connections.ical.rules.foreign_scale import approximate_rules
from connections.ical.rules.parts import (
    GREGORIAN_SCALES,
    MONTHS,
    SUBDAILY,
    TIME_PARTS,
    WEEKDAYS,
    ForeignScale,
    joined,
)
from connections.ical.rules.readable import (
    fitting,
    is_count_certain,
    likely_frequencies,
    readable_end,
    readable_frequencies,
    readable_lists,
    readable_numbers,
    written_values,
)
from connections.ical.rules.recurrence import RecurrenceRule
from connections.ical.rules.skip import SKIPS, can_skip

MAX_MEANINGS = 100  # of a rule whose parts contradict each other
_SHORTEST = {month: monthrange(2026, month)[1] for month in range(1, 13)}  # the days of each month, in most years


def safe_rules(text: str, start: Moment, zone: tzinfo) -> tuple[list[str], bool]:
    """Rules that can be computed and give at least the times of this one, and whether it was understood."""
    try:
        RecurrenceRule(text, start, zone, Budget()).check()
    except ForeignScale:
        return approximate_rules(text, start, zone), True
    except (ValueError, OverflowError):
        return _repaired_rules(text, start, zone), False
    return [text], True


def _repaired_rules(text: str, start: Moment, zone: tzinfo) -> list[str]:
    """The rules that a rule which makes no sense may mean; in doubt they give too many times rather than too few.

    Each value that can be read is kept. After a part that cannot be read neither COUNT nor BYSETPOS is certain.
    """
    values = written_values(text)
    if start.is_date and "INTERVAL" in values and not SUBDAILY.isdisjoint(readable_frequencies(values)):
        values = {name: value for name, value in values.items() if name not in ("INTERVAL", "COUNT")}  # of hours
    end = readable_end(values.get("UNTIL", []), start, zone)
    frequencies = likely_frequencies(values, start)
    if not GREGORIAN_SCALES.issuperset(values.get("RSCALE", [])) and not MONTHS.keys().isdisjoint(frequencies):
        return [joined({"FREQ": "DAILY", **end})]
    kept = readable_lists(values)
    if is_count_certain(values, kept) and (counts := readable_numbers(values, "COUNT")):
        kept["COUNT"] = str(max(counts))
    rules = [
        {"FREQ": freq, **choice, **fitting(kept, freq), **end} for freq in frequencies for choice in _choices(values)
    ]
    if len(rules) > MAX_MEANINGS:
        raise TooMany
    accepted = [rule for parts in rules for rule in (_accepted(parts, start, zone), *_neighbours(parts, start))]
    return list(dict.fromkeys(filter(None, accepted)))


def _choices(values: Mapping[str, list[str]]) -> list[dict[str, str]]:
    """Each interval, first day of the week and way to skip that is possible. A guessed frequency has no interval."""
    intervals = readable_numbers(values, "INTERVAL")
    if len(intervals) < len(values.get("INTERVAL", [])) or not intervals or not readable_frequencies(values):
        intervals = {1}
    firsts = [first for first in values.get("WKST", ["MO"]) if first in WEEKDAYS] or ["MO", "SU"]
    ways = values.get("SKIP", ["OMIT"])
    ways = [way for way in SKIPS if way in ways] if SKIPS.issuperset(ways) else sorted(SKIPS)
    return [
        {"INTERVAL": str(number), "WKST": first} | ({} if way == "OMIT" else {"SKIP": way})
        for number, first, way in product(sorted(intervals), dict.fromkeys(firsts), ways)
    ]


def _neighbours(parts: Mapping[str, str], start: Moment) -> list[str]:
    """Rules for the days beside those that a month or year lacks, if SKIP is not supported with these parts."""
    try:
        can_skip(parts)
    except ValueError:
        firsts, lasts = _months_beside(parts, start)
    else:
        return []
    kept = {name: value for name, value in parts.items() if name in (*TIME_PARTS, "UNTIL")}
    if "COUNT" in parts:  # the neighbours in each month come no later than those in every second one
        kept["COUNT"] = str(int(parts["COUNT"]) * int(parts["INTERVAL"]))
    return [
        joined({"FREQ": "MONTHLY", "BYMONTH": ",".join(map(str, sorted(months))), "BYMONTHDAY": day, **kept})
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


def _accepted(parts: dict[str, str], start: Moment, zone: tzinfo) -> str:
    """The rule if it makes sense now, else with more and more of its parts left out; "" if it never does."""
    unnumbered = {"BYDAY": re.sub(r"[-+\d]", "", parts["BYDAY"])} if "BYDAY" in parts else {}
    plain: dict[str, str] = {name: parts[name] for name in ("FREQ", "INTERVAL", "UNTIL") if name in parts}
    without = {name: value for name, value in parts.items() if name not in ("SKIP", "BYSETPOS")}
    for choice in (parts, without, without | unnumbered, plain):
        text = joined(choice)
        try:
            RecurrenceRule(text, start, zone, Budget()).check()
        except (ValueError, OverflowError):
            continue
        return text
    return ""
