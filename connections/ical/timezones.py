"""Finds the time zone for a TZID: an IANA name, a Windows name, the VTIMEZONE of the file, or a guess from the name.

They are tried in this order. Apple writes IANA names with a full-history VTIMEZONE, Outlook and Exchange write Windows
names or their own, libical and Mozilla put a prefix before the IANA name. icalendar caches each VTIMEZONE for the whole
process, so that the "Custom" of one file would be used for another file. dateutil, which icalendar uses itself, counts
the rules of a VTIMEZONE from 1601, and goes through all of their results for each time that it converts: some hundred
rules cost minutes. Therefore the onsets of a VTIMEZONE are computed here once, with `recurrence`, and the zones of a
file stay with that file.
"""

from __future__ import annotations

import re
import zoneinfo
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache, partial
from itertools import pairwise
from typing import Protocol

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from connections.ical import content_lines
from connections.ical.content_lines import Line
from connections.ical.moments import DAY, Moment, parse_moment
from connections.ical.parse_guard import try_or_none
from connections.ical.recurrence import Budget, RecurrenceRule

Resolve = Callable[[str], tuple[tzinfo | None, bool]]
"""Gives the zone of a TZID, None if it is unknown, and whether that is certain."""

MAX_TZID_LENGTH = 200
MAX_VTIMEZONE_OCTETS = 200_000
MAX_OBSERVANCES = 500
MAX_ZONE_RULES = 60  # of all VTIMEZONEs that the times of one file need
_COMPUTED = (datetime(1970, 1, 1), datetime(2070, 1, 1))  # noqa: DTZ001 - the wall-clock times for which rules count
_OLD_WINDOWS = {  # no longer in Unicode's table, but still in old calendars
    "Kamchatka Standard Time": "Asia/Kamchatka",
    "Mid-Atlantic Standard Time": "Atlantic/South_Georgia",
    "Z": "UTC",
}
_NOT_A_PLACE = frozenset({"localtime", "posixrules", "Factory"})  # these depend on the settings of the server
_OBSERVED = re.compile(
    rb"^(?:BEGIN|END|TZID|DTSTART|RRULE|RDATE|TZOFFSETFROM|TZOFFSETTO|TZNAME)[:;][^\n]*", re.MULTILINE | re.IGNORECASE
)
_YEARLY = re.compile(
    r"FREQ=YEARLY(?:;(?:INTERVAL=[1-9]\d?|BYMONTH=\d+|BYDAY=[-+]?\d?[A-Z]{2}(?:,[-+]?\d?[A-Z]{2})*"
    r"|BYMONTHDAY=[-\d,]+|BYYEARDAY=[-\d,]+|WKST=[A-Z]{2}|COUNT=\d+|UNTIL=\d{8}(?:T\d{6}Z?)?))*"
)
_OFFSET = re.compile(
    r"(?=\(?(?:gmt|utc|[-+]))\(?(?:gmt|utc)?\s*(?:([-+])\s*(\d{1,2})(?:[:.]?(\d\d))?)?\)?(?:\s+(.*))?", re.ASCII
)
_ABBREVIATION = re.compile(r"(?!utc|uct)[a-z]{3,4}(?:\d[a-z]{3})?")
_MAX_OFFSET = timedelta(hours=14)
_TIMES = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_WRITTEN_OFFSET = re.compile(r"([-+]?)([01]?\d|2[0-3])(?:([0-5]\d)([0-5]\d)?)?", re.ASCII)


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """IANA names by IANA name and by Windows name, both in lower case."""
    iana = {name.lower(): name for name in sorted(zoneinfo.available_timezones() - _NOT_A_PLACE)}
    windows = {name.lower(): zone for name, zone in (_OLD_WINDOWS | WINDOWS_TO_OLSON).items() if zone.lower() in iana}
    return windows | iana


@lru_cache(maxsize=1)
def _cities() -> Mapping[str, str]:
    """IANA names by their last part in lower case."""
    return {name.rpartition("/")[2].lower(): name for name in _names().values() if not name.startswith("Etc/")}


@lru_cache(maxsize=4096)
def iana_zone(tzid: str) -> zoneinfo.ZoneInfo | None:
    """The IANA zone that `tzid` names, also by an alias, by a Windows name or after a vendor's prefix; else None."""
    if len(tzid) > MAX_TZID_LENGTH:
        return None
    return _first(_spellings(_bare(tzid)))


def _first(names: Iterable[str]) -> zoneinfo.ZoneInfo | None:
    """The zone of the first of these names (in lower case) that is known."""
    found = next((_names()[name] for name in names if name in _names()), None)
    if found in ("UTC", "Etc/UTC", "Zulu", "Etc/Zulu", "UCT", "Etc/UCT"):
        found = "UTC"
    return zoneinfo.ZoneInfo(found) if found else None


def _bare(tzid: str) -> str:
    return tzid.strip().strip('"').strip("/").lower()


def _spellings(name: str) -> Iterator[str]:
    yield name
    yield name.replace(" ", "_")
    yield re.sub(r" \d+$", "", name)  # Outlook numbers a second zone of the same name
    yield re.sub(r" (daylight|summer) time$", " standard time", name)
    parts = name.split("/")
    for start in range(1, len(parts) - 1):  # the last part alone may be a vendor's own name: Office/EST
        yield "/".join(parts[start:])


@lru_cache(maxsize=4096)
def is_decided_by_file(tzid: str) -> bool:
    """Does a VTIMEZONE in the file count more than the name?

    It does for names that are unknown, and for mere abbreviations such as EST or GMT, which name no place.
    """
    return iana_zone(tzid) is None or _ABBREVIATION.fullmatch(_bare(tzid)) is not None


def zone_key(tzid: str) -> str:
    r"""A TZID normalised for comparison: some files write `Town\, Home` in one place and `Town, Home` in another."""
    return content_lines.unescape(tzid[: 2 * MAX_TZID_LENGTH]).strip().strip('"').casefold()


@lru_cache(maxsize=256)
def _hinted(tzid: str) -> tuple[tzinfo | None, bool]:
    """The zone that an unknown name suggests, None if it suggests none, and whether that is certain."""
    name = _bare(tzid[: MAX_TZID_LENGTH + 1])
    by_tail = _first([name.rpartition("/")[2]])
    written = _OFFSET.fullmatch(name)
    if by_tail or written is None or len(name) > MAX_TZID_LENGTH:
        return by_tail, by_tail is not None
    sign, hours, minutes, place = written.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    if abs(offset) > _MAX_OFFSET:
        return None, False
    there = _named_place(place or "", offset)
    return there or timezone(offset), there is not None or not place


def _named_place(place: str, offset: timedelta) -> zoneinfo.ZoneInfo | None:
    """The zone of `Eastern Time (US & Canada)` or of a city in `Athens, Bucharest`, if it has that offset in 2026."""
    names = [
        *_spellings(re.sub(r" time \(.*\)$", " standard time", place)),
        *(part.strip() for part in place.split(",")),
    ]
    for name in names:
        zone = _first([name, _cities().get(name.replace(" ", "_"), "").lower()])
        if zone and offset in {datetime(2026, month, 1, tzinfo=zone).utcoffset() for month in (1, 7)}:
            return zone
    return None


class HasZones(Protocol):
    """A file with its VTIMEZONE texts by `zone_key` of their TZID."""

    @property
    def vtimezones(self) -> Mapping[str, Sequence[bytes]]: ...


def resolver(file: HasZones) -> Resolve:
    """A function that finds the zone for each TZID of one file. Rules beyond MAX_ZONE_RULES are not computed."""
    left = MAX_ZONE_RULES

    def affordable(texts: Iterable[bytes]) -> Iterator[tzinfo | None]:
        nonlocal left
        for text in texts:
            left -= text.upper().count(b"RRULE")
            yield zone_from_vtimezone(text) if left >= 0 else None

    @cache
    def resolve(tzid: str) -> tuple[tzinfo | None, bool]:
        named = iana_zone(tzid)
        texts = file.vtimezones.get(zone_key(tzid), ()) if is_decided_by_file(tzid) else ()
        found, certain = next(filter(None, affordable(texts)), None), True
        if found is None:
            found, certain = (named, True) if named else _hinted(tzid)
            certain &= not texts  # an unreadable VTIMEZONE may contradict the guess
        return (UTC if getattr(found, "key", "") == "UTC" else found), certain

    return resolve


class _FileZone(tzinfo):
    """The zone that a VTIMEZONE describes: the offset `before` all onsets, and the offset after each (in naive UTC).

    As in zoneinfo, a time that the clock skips has the earlier offset, and one that it shows twice follows `fold`.
    """

    def __init__(self, before: timedelta, onsets: Sequence[tuple[datetime, timedelta]]) -> None:
        self._offsets = [before, *(offset for _, offset in onsets)]
        self._instants = [instant for instant, _ in onsets]
        changes = list(zip(self._instants, pairwise(self._offsets), strict=True))
        self._walls = [[at + max(pair) for at, pair in changes], [at + min(pair) for at, pair in changes]]

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        if moment is None:
            return None
        return self._offsets[bisect_right(self._walls[moment.fold], moment.replace(tzinfo=None))]

    def dst(self, moment: datetime | None) -> None:
        return None

    def tzname(self, moment: datetime | None) -> None:
        return None

    def fromutc(self, moment: datetime) -> datetime:
        passed = bisect_right(self._instants, moment.replace(tzinfo=None))
        wall = moment + self._offsets[passed]
        is_second = passed > 0 and wall.replace(tzinfo=None) < self._walls[0][passed - 1]
        return wall.replace(fold=int(is_second))


@lru_cache(maxsize=64)
def zone_from_vtimezone(vtimezone: bytes) -> tzinfo | None:
    """The zone of an unfolded VTIMEZONE; None if it cannot be read or would take too long to compute."""
    capitals = vtimezone.upper()
    if len(vtimezone) > MAX_VTIMEZONE_OCTETS or capitals.count(b"BEGIN:") > MAX_OBSERVANCES:
        return None
    return None if capitals.count(b"RRULE") > MAX_ZONE_RULES else try_or_none(partial(_describe, vtimezone))


def _describe(vtimezone: bytes) -> tzinfo:
    """The zone of a VTIMEZONE. Raises ValueError if any part of it cannot be read."""
    onsets: list[tuple[datetime, timedelta, timedelta]] = []
    for observance in _observances(map(content_lines.parse_line, _OBSERVED.findall(vtimezone))):
        onsets += _onsets(observance)
    onsets.sort(key=lambda onset: onset[0])
    return _FileZone(onsets[0][1], [(instant, after) for instant, _, after in onsets])


def _observances(lines: Iterable[Line]) -> Iterator[dict[str, list[str]]]:
    """The values in each STANDARD and DAYLIGHT by name. Raises ValueError if one is not closed or contains another."""
    inside: dict[str, list[str]] | None = None
    for line in lines:
        if line.name in ("BEGIN", "END") and (inside is not None or line.value.upper() in ("STANDARD", "DAYLIGHT")):
            if (line.name == "BEGIN") is not (inside is None) or line.value.upper() not in ("STANDARD", "DAYLIGHT"):
                raise ValueError("an observance that is not closed")
            if inside is not None:
                yield inside
            inside = {} if line.name == "BEGIN" else None
        elif inside is not None:
            inside.setdefault(line.name, []).append(line.value)


def _onsets(values: Mapping[str, Sequence[str]]) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """When an observance begins, in naive UTC, with the offsets before and after it. Raises ValueError."""
    written = values["DTSTART"][0]
    after = _offset(values["TZOFFSETTO"][0])
    before = _offset(values.get("TZOFFSETFROM", values["TZOFFSETTO"])[0])
    start = parse_moment(written, None).wall
    walls = [start]
    for rule in values.get("RRULE", ()):
        walls += _times_of_rule(_yearly(rule, written), Moment(start, timezone(before)))
    for listed in values.get("RDATE", ()):
        walls += [parse_moment(value.partition("/")[0], None).wall for value in listed.split(",")]
    earliest = datetime(1, 1, 2)  # noqa: DTZ001 - a wall clock; an offset can be taken from it
    yield from ((max(wall, earliest) - before, before, after) for wall in walls)


def _offset(value: str) -> timedelta:
    """The offset in `+0100`; some programs write colons, a minus sign of Unicode, hours alone or no sign."""
    found = _WRITTEN_OFFSET.fullmatch(value.replace(":", "").replace("\u2212", "-"))
    if found is None:
        raise ValueError("no offset from UTC")
    sign, hours, minutes, seconds = found.groups()
    size = timedelta(hours=int(hours), minutes=int(minutes or 0), seconds=int(seconds or 0))
    return -size if sign == "-" else size


def _times_of_rule(rule: str, start: Moment) -> list[datetime]:
    """The wall-clock times of a yearly rule, none if it ends before it starts. Raises ValueError for any other rule."""
    if not _YEARLY.fullmatch(rule):
        raise ValueError("not a yearly rule")
    until = re.search(r"UNTIL=(\d{8})", rule)
    if until:  # some programs end a rule some hours too early; the next onset is months away
        last = parse_moment(until[1], None).wall + DAY
        if last < start.wall:
            return []
        rule = re.sub(r"UNTIL=[^;]*", f"UNTIL={last:%Y%m%d}", rule)
    return RecurrenceRule(rule, start, UTC, Budget()).between(*_COMPUTED)


def _yearly(rule: str, start: str) -> str:
    """The rule of an observance as a plain yearly rule if it means the same, else unchanged.

    Lotus repeats the time of DTSTART as BYHOUR and BYMINUTE. Others count twelve months, or name days by BYSETPOS.
    """
    items = (item.partition("=") for item in "".join(rule.upper().split()).split(";") if item)
    parts = {name: value for name, _, value in items if name not in _TIMES and not name.startswith("X-")}
    if (parts.get("FREQ"), parts.get("INTERVAL")) == ("MONTHLY", "12") and re.match(r"\d{6}", start):
        parts |= {"FREQ": "YEARLY", "INTERVAL": "1", "BYMONTH": parts.get("BYMONTH", start[4:6])}
    if re.fullmatch(r"-?\d [A-Z]{2}", f"{parts.get('BYSETPOS')} {parts.get('BYDAY')}"):
        parts["BYDAY"] = parts.pop("BYSETPOS") + parts["BYDAY"]
    frequency = parts.pop("FREQ", "")
    return ";".join([f"FREQ={frequency}", *(f"{name}={value}" for name, value in parts.items())])
