"""From TZID to a time zone: IANA first, then Windows names, then the VTIMEZONE of the file.

Apple writes IANA names with a full-history VTIMEZONE; Outlook and Exchange write Windows names or names of their own;
libical and Mozilla put a prefix before the IANA name. icalendar keeps a VTIMEZONE for the whole process once it has
seen it, so that one file's "Custom" would answer for another's; so dateutil, which icalendar leaves the work to, is
asked directly, and each file's zones are kept with the file.
"""

from __future__ import annotations

import io
import re
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache, partial
from typing import Protocol

from dateutil.tz import tzical  # type: ignore[import-untyped] # its stubs are not installed
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from connections.ical import lines
from connections.ical.foreign import attempt

Resolve = Callable[[str], tzinfo | None]

LONGEST_TZID = 200
LARGEST_VTIMEZONE = 200_000
MOST_OBSERVANCES = 500
_NOT_A_PLACE = frozenset({"localtime", "posixrules", "Factory"})  # whatever the server is set to
_OBSERVED = re.compile(
    rb"^(?:BEGIN|END|TZID|DTSTART|RRULE|RDATE|TZOFFSETFROM|TZOFFSETTO|TZNAME)[:;][^\n]*", re.MULTILINE | re.IGNORECASE
)
_RULE = re.compile(rb"^RRULE[^\n]*", re.MULTILINE | re.IGNORECASE)
_YEARLY = re.compile(
    rb"RRULE:(?:(?:FREQ=YEARLY|INTERVAL=1|BYMONTH=\d+|BYDAY=[-+]?\d?[A-Z]{2}(?:,[-+]?\d?[A-Z]{2})*"
    rb"|BYMONTHDAY=[-\d,]+|WKST=[A-Z]{2}|COUNT=\d+|UNTIL=\d{8}(?:T\d{6}Z?)?);?)+",
    re.IGNORECASE,
)


_Key = tuple[timedelta, timedelta, str, bool]
"""Of an observance: the offset before, the offset after, its name, is it summer time."""


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """What zones are called, in lower case, with the IANA name."""
    iana = {name.lower(): name for name in sorted(zoneinfo.available_timezones() - _NOT_A_PLACE)}
    windows = {name.lower(): zone for name, zone in WINDOWS_TO_OLSON.items() if zone.lower() in iana}
    return windows | iana


@lru_cache(maxsize=4096)
def known(tzid: str) -> zoneinfo.ZoneInfo | None:
    """The IANA zone that `tzid` names: by alias, Windows name or behind a vendor's prefix too; else None."""
    if len(tzid) > LONGEST_TZID:
        return None
    names = _names()
    found = next((names[name] for name in _spellings(tzid) if name in names), None)
    if found in ("UTC", "Etc/UTC", "Zulu", "Etc/Zulu", "UCT", "Etc/UCT"):
        found = "UTC"
    return zoneinfo.ZoneInfo(found) if found else None


def _spellings(tzid: str) -> Iterator[str]:
    name = tzid.strip().strip('"').strip("/").lower()
    yield name
    yield name.replace(" ", "_")
    yield re.sub(r" \d+$", "", name)  # Outlook numbers a second zone of the same name
    parts = name.split("/")
    for start in range(1, len(parts)):
        yield "/".join(parts[start:])


class HasZones(Protocol):
    """A file with its VTIMEZONE texts by TZID."""

    @property
    def vtimezones(self) -> Mapping[str, bytes]: ...


def resolver(file: HasZones) -> Resolve:
    """How the TZIDs of one file are resolved. None: nobody knows that zone."""

    def resolve(tzid: str) -> tzinfo | None:
        found: tzinfo | None = known(tzid)
        if found is None and (text := file.vtimezones.get(tzid)) is not None:
            found = given(text)
        return UTC if found is not None and getattr(found, "key", "") == "UTC" else found

    return resolve


@lru_cache(maxsize=64)
def given(vtimezone: bytes) -> tzinfo | None:
    """The zone that a VTIMEZONE, unfolded, describes; None where it cannot be read or would take long to compute."""
    if not _harmless(vtimezone):
        return None
    return attempt(partial(_describe, vtimezone))


def _describe(vtimezone: bytes) -> tzinfo | None:
    """dateutil's reading of the properties that it knows, tried once on a date so that what fails, fails here."""
    known_lines = (lines.split(raw) for raw in _OBSERVED.findall(vtimezone))
    text = "\n".join(f"{line.name}:{line.value}" for line in known_lines)
    zone: tzinfo = tzical(io.StringIO(text)).get()
    datetime(2026, 7, 1, tzinfo=zone).astimezone(UTC)
    return zone


def _harmless(vtimezone: bytes) -> bool:
    """Only yearly rules: dateutil would count FREQ=SECONDLY from 1601, and INTERVAL=0 never ends."""
    if len(vtimezone) > LARGEST_VTIMEZONE or vtimezone.upper().count(b"BEGIN:") > MOST_OBSERVANCES:
        return False
    rules = (rule.strip() for rule in _RULE.findall(vtimezone))
    return all(_YEARLY.fullmatch(rule) and b"FREQ=" in rule.upper() for rule in rules)


def vtimezone(name: str, around: int) -> list[str]:
    """Content lines of a VTIMEZONE for the IANA zone `name`, right from the year before `around` to four years after.

    Onsets are listed by RDATE, so nothing has to be guessed about rules. (icalendar's own `Timezone.from_tzid` writes
    the onset of summer time in the new offset, where RFC 5545 3.6.5 wants the old one.)
    """
    zone = zoneinfo.ZoneInfo(name)
    begin, end = datetime(around - 1, 1, 1, tzinfo=UTC), datetime(around + 5, 1, 1, tzinfo=UTC)
    onsets: dict[_Key, list[datetime]] = {}
    first = begin.astimezone(zone)
    _note(onsets, first.utcoffset() or timedelta(), begin, zone)
    for before, instant in _transitions(zone, begin, end):
        _note(onsets, before, instant, zone)
    observances = [line for key, times in onsets.items() for line in _observance(key, times)]
    return ["BEGIN:VTIMEZONE", f"TZID:{name}", *observances, "END:VTIMEZONE"]


def _note(onsets: dict[_Key, list[datetime]], before: timedelta, instant: datetime, zone: tzinfo) -> None:
    local = instant.astimezone(zone)
    key = (before, local.utcoffset() or timedelta(), local.tzname() or "", bool(local.dst()))
    onsets.setdefault(key, []).append((instant + before).replace(tzinfo=None))


def _transitions(zone: tzinfo, begin: datetime, end: datetime) -> Iterator[tuple[timedelta, datetime]]:
    """Each change of offset in [begin, end): the offset before and the instant, to the second."""
    step = timedelta(days=7)
    while begin < end:
        later = begin + step
        before = begin.astimezone(zone).utcoffset() or timedelta()
        if later.astimezone(zone).utcoffset() != before:
            low, high = begin, later
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
            yield before, high
        begin = later


def _observance(key: _Key, times: list[datetime]) -> list[str]:
    before, after, name, summer = key
    kind = "DAYLIGHT" if summer else "STANDARD"
    stamps = [f"{time:%Y%m%dT%H%M%S}" for time in times]
    rdates = [f"RDATE:{','.join(stamps[1:])}"] if stamps[1:] else []
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{stamps[0]}",
        *rdates,
        f"TZOFFSETFROM:{_offset(before)}",
        f"TZOFFSETTO:{_offset(after)}",
        f"TZNAME:{name}",
        f"END:{kind}",
    ]


def _offset(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    minutes, odd = divmod(rest, 60)
    return f"{'-' if seconds < 0 else '+'}{hours:02}{minutes:02}" + (f"{odd:02}" if odd else "")
