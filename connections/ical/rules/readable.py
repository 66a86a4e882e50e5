"""What can be read of a rule that makes no sense as a whole."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import tzinfo

from connections.ical.moments import Moment
from connections.ical.rules.parts import LIST_FORMS, MONTHS, NAMES, SUBDAILY, UNITS, bare, parse_until, possible_items

_PART_BEGIN = re.compile(rf"(?:^|[\s,;]++)({'|'.join(sorted(NAMES, key=len, reverse=True))})\s*+[=:]")
_WRITTEN_DAY = re.compile(
    r"([-+]?[1-9]\d?|)(MO|TU|WE|TH|FR|SA|SU)(?:(?<=MO|SU)N(?:DAY)?|(?<=TU)E(?:SDAY)?"
    r"|(?<=WE)D(?:NESDAY)?|(?<=TH)U(?:RSDAY)?|(?<=FR)I(?:DAY)?|(?<=SA)T(?:URDAY|(?![UH])))?"
)


def written_values(text: str) -> dict[str, list[str]]:
    """The values of each part of a rule, however the parts are separated; a frequency may also stand alone.

    What else stands alone continues the list before it: `BYDAY=MO;TU;WE`.
    """
    values: dict[str, list[str]] = {}
    last = ""
    for item in filter(None, _mended(text).split(";")):
        name, equals, value = item.partition("=")
        if name in UNITS or name in MONTHS:
            name, value = "FREQ", name
        elif not equals and last in LIST_FORMS:
            values[last][-1] += f",{item}"
            continue
        values.setdefault(name, []).append(value)
        last = name
    return values


def _mended(text: str) -> str:
    """A rule without quotes and backslashes, with semicolons between its parts and an equals sign in each."""
    text = re.sub(r"[\"'\\]", "", text.upper()).strip().removeprefix("RRULE:")
    return bare(_PART_BEGIN.sub(r";\1=", text))


def readable_frequencies(values: Mapping[str, list[str]]) -> list[str]:
    """The frequencies that are written, each once."""
    written = (freq for value in values.get("FREQ", []) for freq in value.split(","))
    return [freq for freq in dict.fromkeys(written) if freq in UNITS or freq in MONTHS]


def likely_frequencies(values: Mapping[str, list[str]], start: Moment) -> list[str]:
    """`readable_frequencies`; if none can be read, the one that the other parts suggest, else DAILY."""
    found = readable_frequencies(values)
    if not found:
        return ["WEEKLY" if "BYDAY" in values else "MONTHLY" if "BYMONTHDAY" in values else "DAILY"]
    return ["DAILY"] if start.is_date and not SUBDAILY.isdisjoint(found) else found


def fitting(kept: Mapping[str, str], freq: str) -> dict[str, str]:
    """The parts without numbered days that no month or year has, and without what is not certain after such a day."""
    if "BYDAY" not in kept:
        return dict(kept)
    days = possible_items("BYDAY", kept["BYDAY"], {**kept, "FREQ": freq})
    parts = {**kept, "BYDAY": ",".join(days)}
    lost = {"BYSETPOS"} if parts["BYDAY"] != kept["BYDAY"] else set()
    lost |= set() if days else {"BYDAY", "COUNT"}
    return {name: value for name, value in parts.items() if name not in lost}


def readable_numbers(values: Mapping[str, list[str]], name: str) -> set[int]:
    """The numbers above 0 that a part has."""
    return {int(value) for value in values.get(name, []) if re.fullmatch(r"0*[1-9][0-9]{0,8}", value)}


def readable_lists(values: Mapping[str, list[str]]) -> dict[str, str]:
    """The BY parts with the items that can be read. BYSETPOS is kept only if they are all."""
    kept: dict[str, str] = {}
    is_whole = not _unknown_parts(values) and bool(readable_frequencies(values))
    for name in LIST_FORMS.keys() & values.keys():
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
    if LIST_FORMS[name].fullmatch(item):
        return [item]
    return ["".join(found) for found in _WRITTEN_DAY.findall(item)] if name == "BYDAY" else []


def is_count_certain(values: Mapping[str, list[str]], kept: Mapping[str, str]) -> bool:
    """Does COUNT end the readable rule no earlier than the one that was meant?

    It does if only some items of a list are lost, because these would only add times. A part that is lost as a whole
    may have left times out, so that the series lasts longer; only the days of a week cannot.
    """
    lost = {name for name in LIST_FORMS.keys() & values.keys() if name not in kept or len(values[name]) > 1}
    if values.get("FREQ") == ["WEEKLY"] and len(values.get("BYDAY", [])) == 1:
        lost -= {"BYDAY"}
    intervals = values.get("INTERVAL", [])
    if not readable_frequencies(values):
        return False
    return not lost and not _unknown_parts(values) and len(readable_numbers(values, "INTERVAL")) == len(intervals) < 2


def _unknown_parts(values: Mapping[str, list[str]]) -> set[str]:
    return {name for name in values if name not in NAMES and not name.startswith("X-")}


def readable_end(untils: Sequence[str], start: Moment, zone: tzinfo) -> dict[str, str]:
    """The latest UNTIL, none if one is no date. Before the start, the first instance remains (RFC 5545 3.8.5.3)."""
    try:
        ends = [(end, until) for until in untils if (end := parse_until(until, start, zone)) is not None]
    except (ValueError, OverflowError):
        return {}
    if not ends or len(ends) < len(untils):
        return {}
    last, until = max(ends)
    return {"UNTIL": until} if last >= start.wall else {"COUNT": "1"}
