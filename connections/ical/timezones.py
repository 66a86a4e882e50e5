"""Finds the time zone for a TZID: an IANA name, a Windows name, the VTIMEZONE of the file, or a guess from the name.

They are tried in this order. Apple writes IANA names with a full-history VTIMEZONE, Outlook and Exchange write Windows
names or their own, libical and Mozilla put a prefix before the IANA name. icalendar caches each VTIMEZONE for the whole
process, so that the "Custom" of one file would be used for another file. Therefore dateutil, which icalendar uses
itself, is called directly, and the zones of a file stay with that file.
"""

from __future__ import annotations

import io
import re
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache, partial
from typing import Protocol

from dateutil.tz import tzical  # type: ignore[import-untyped] # its stubs are not installed
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from connections.ical import content_lines
from connections.ical.content_lines import Line
from connections.ical.parse_guard import try_or_none

Resolve = Callable[[str], tuple[tzinfo | None, bool]]
"""Gives the zone of a TZID, None if it is unknown, and whether that is certain."""

MAX_TZID_LENGTH = 200
MAX_VTIMEZONE_OCTETS = 200_000
MAX_OBSERVANCES = 500
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
    """A function that finds the zone for each TZID of one file."""

    def resolve(tzid: str) -> tuple[tzinfo | None, bool]:
        named = iana_zone(tzid)
        texts = file.vtimezones.get(zone_key(tzid), ()) if is_decided_by_file(tzid) else ()
        found, certain = next(filter(None, map(zone_from_vtimezone, texts)), None), True
        if found is None:
            found, certain = (named, True) if named else _hinted(tzid)
            certain &= not texts  # an unreadable VTIMEZONE may contradict the guess
        return (UTC if getattr(found, "key", "") == "UTC" else found), certain

    return resolve


@lru_cache(maxsize=64)
def zone_from_vtimezone(vtimezone: bytes) -> tzinfo | None:
    """The zone of an unfolded VTIMEZONE; None if it cannot be read or would take too long to compute."""
    if len(vtimezone) > MAX_VTIMEZONE_OCTETS or vtimezone.upper().count(b"BEGIN:") > MAX_OBSERVANCES:
        return None
    return try_or_none(partial(_describe, vtimezone))


def _describe(vtimezone: bytes) -> tzinfo | None:
    """The zone that dateutil computes. One date is converted as a trial, so that a failure occurs here and not later.

    Only yearly rules are passed on: dateutil would count FREQ=SECONDLY from 1601, and INTERVAL=0 would never end.
    """
    repaired = list(_repaired(map(content_lines.parse_line, _OBSERVED.findall(vtimezone))))
    if not all(_YEARLY.fullmatch(line.value) for line in repaired if line.name == "RRULE"):
        return None
    zone: tzinfo = tzical(io.StringIO("\n".join(f"{line.name}:{line.value}" for line in repaired))).get()
    datetime(2026, 7, 1, tzinfo=zone).astimezone(UTC)
    return zone


def _repaired(observed: Iterable[Line]) -> Iterator[Line]:
    """The lines in the form that dateutil accepts: offsets without colons, RDATEs without ends, with TZOFFSETFROM."""
    seen: dict[str, str] = {}
    for line in observed:
        value = line.value
        if line.name == "RRULE":
            value = _yearly(value, seen.get("DTSTART", ""))
        elif line.name in ("TZOFFSETFROM", "TZOFFSETTO"):
            value = value.replace(":", "")
        elif line.name == "RDATE":
            value = ",".join(time.partition("/")[0] for time in value.split(","))
        elif line.name == "END" and "TZOFFSETTO" in seen and "TZOFFSETFROM" not in seen:
            yield Line("TZOFFSETFROM", seen["TZOFFSETTO"])
        seen = {} if line.name in ("BEGIN", "END") else seen | {line.name: value}
        yield Line(line.name, value)


def _yearly(rule: str, start: str) -> str:
    """The rule of an observance as a plain yearly rule if it means the same, else unchanged.

    Lotus repeats the time of DTSTART as BYHOUR and BYMINUTE. Others count twelve months, or name days by BYSETPOS.
    """
    items = (item.partition("=") for item in "".join(rule.upper().split()).split(";") if item)
    parts = {name: value for name, _, value in items if name not in ("BYHOUR", "BYMINUTE", "BYSECOND")}
    if (parts.get("FREQ"), parts.get("INTERVAL")) == ("MONTHLY", "12") and re.match(r"\d{6}", start):
        parts |= {"FREQ": "YEARLY", "INTERVAL": "1", "BYMONTH": parts.get("BYMONTH", start[4:6])}
    if re.fullmatch(r"-?\d [A-Z]{2}", f"{parts.get('BYSETPOS')} {parts.get('BYDAY')}"):
        parts["BYDAY"] = parts.pop("BYSETPOS") + parts["BYDAY"]
    frequency = parts.pop("FREQ", "")
    return ";".join([f"FREQ={frequency}", *(f"{name}={value}" for name, value in parts.items())])
