"""From TZID to a time zone: IANA first, then Windows names, then the VTIMEZONE of the file, then what a name hints at.

Apple writes IANA names with a full-history VTIMEZONE; Outlook and Exchange write Windows names or names of their own;
libical and Mozilla put a prefix before the IANA name. icalendar keeps a VTIMEZONE for the whole process once it has
seen it, so that one file's "Custom" would answer for another's; so dateutil, which icalendar leaves the work to, is
asked directly, and each file's zones are kept with the file.
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
from connections.ical.parse_guard import attempt

Resolve = Callable[[str], tuple[tzinfo | None, bool]]
"""A TZID's zone, None where nobody knows it, and whether that is certain."""

LONGEST_TZID = 200
LARGEST_VTIMEZONE = 200_000
MOST_OBSERVANCES = 500
_OLD_WINDOWS = {  # gone from Unicode's table, not from old calendars
    "Kamchatka Standard Time": "Asia/Kamchatka",
    "Mid-Atlantic Standard Time": "Atlantic/South_Georgia",
    "Z": "UTC",
}
_NOT_A_PLACE = frozenset({"localtime", "posixrules", "Factory"})  # whatever the server is set to
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
_FARTHEST = timedelta(hours=14)


_Key = tuple[timedelta, timedelta, str, bool]
"""Of an observance: the offset before, the offset after, its name, is it summer time."""


@lru_cache(maxsize=1)
def _names() -> Mapping[str, str]:
    """What zones are called, in lower case, with the IANA name."""
    iana = {name.lower(): name for name in sorted(zoneinfo.available_timezones() - _NOT_A_PLACE)}
    windows = {name.lower(): zone for name, zone in (_OLD_WINDOWS | WINDOWS_TO_OLSON).items() if zone.lower() in iana}
    return windows | iana


@lru_cache(maxsize=1)
def _cities() -> Mapping[str, str]:
    """The last parts of IANA names, in lower case, with the whole name."""
    return {name.rpartition("/")[2].lower(): name for name in _names().values() if not name.startswith("Etc/")}


@lru_cache(maxsize=4096)
def known(tzid: str) -> zoneinfo.ZoneInfo | None:
    """The IANA zone that `tzid` names: by alias, Windows name or behind a vendor's prefix too; else None."""
    if len(tzid) > LONGEST_TZID:
        return None
    return _first(_spellings(_bare(tzid)))


def _first(names: Iterable[str]) -> zoneinfo.ZoneInfo | None:
    """The zone of the first of these names, in lower case, that is one's."""
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
    parts = name.split("/")
    for start in range(1, len(parts) - 1):  # a last part alone, as in Office/EST, may be a name of the vendor's own
        yield "/".join(parts[start:])


def key(tzid: str) -> str:
    r"""What a TZID and its VTIMEZONE have in common: some write `Town\, Home` in one and `Town, Home` in the other."""
    return content_lines.unescape(tzid[: 2 * LONGEST_TZID]).strip().strip('"').casefold()


@lru_cache(maxsize=256)
def _hinted(tzid: str) -> tuple[tzinfo | None, bool]:
    """The zone that a name hints at which neither the world nor the file knows, and whether that is certain."""
    name = _bare(tzid[: LONGEST_TZID + 1])
    by_tail = _first([name.rpartition("/")[2]])
    written = _OFFSET.fullmatch(name)
    if by_tail or written is None or len(name) > LONGEST_TZID:
        return by_tail, by_tail is not None
    sign, hours, minutes, place = written.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    if abs(offset) > _FARTHEST:
        return None, False
    there = _named_place(place or "", offset)
    return there or timezone(offset), there is not None or not place


def _named_place(place: str, offset: timedelta) -> zoneinfo.ZoneInfo | None:
    """The zone of `Eastern Time (US & Canada)` or of a city in `Athens, Bucharest`, if it ever has that offset."""
    names = [re.sub(r" time \(.*\)$", " standard time", place), *(part.strip() for part in place.split(","))]
    for name in names:
        zone = _first([name, _cities().get(name.replace(" ", "_"), "").lower()])
        if zone and offset in {datetime(2026, month, 1, tzinfo=zone).utcoffset() for month in (1, 7)}:
            return zone
    return None


class HasZones(Protocol):
    """A file with its VTIMEZONE texts by `key` of their TZID."""

    @property
    def vtimezones(self) -> Mapping[str, Sequence[bytes]]: ...


def resolver(file: HasZones) -> Resolve:
    """How the TZIDs of one file are resolved."""

    def resolve(tzid: str) -> tuple[tzinfo | None, bool]:
        found: tzinfo | None = known(tzid)
        texts = file.vtimezones.get(key(tzid), ()) if found is None else ()
        found, certain = found or next(filter(None, map(given, texts)), None), True
        if found is None:
            found, certain = _hinted(tzid)
            certain &= not texts  # a VTIMEZONE that cannot be read may say something else
        return (UTC if getattr(found, "key", "") == "UTC" else found), certain

    return resolve


@lru_cache(maxsize=64)
def given(vtimezone: bytes) -> tzinfo | None:
    """The zone that a VTIMEZONE, unfolded, describes; None where it cannot be read or would take long to compute."""
    if len(vtimezone) > LARGEST_VTIMEZONE or vtimezone.upper().count(b"BEGIN:") > MOST_OBSERVANCES:
        return None
    return attempt(partial(_describe, vtimezone))


def _describe(vtimezone: bytes) -> tzinfo | None:
    """dateutil's reading of the properties that it knows, tried once on a date so that what fails, fails here.

    Only of yearly rules: it would count FREQ=SECONDLY from 1601, and INTERVAL=0 never ends.
    """
    mended = list(_mended(map(content_lines.split, _OBSERVED.findall(vtimezone))))
    if not all(_YEARLY.fullmatch(line.value) for line in mended if line.name == "RRULE"):
        return None
    zone: tzinfo = tzical(io.StringIO("\n".join(f"{line.name}:{line.value}" for line in mended))).get()
    datetime(2026, 7, 1, tzinfo=zone).astimezone(UTC)
    return zone


def _mended(observed: Iterable[Line]) -> Iterator[Line]:
    """The lines as dateutil takes them: offsets without colons, RDATEs without ends, and always a TZOFFSETFROM."""
    said: dict[str, str] = {}
    for line in observed:
        value = line.value
        if line.name == "RRULE":
            value = _yearly(value, said.get("DTSTART", ""))
        elif line.name in ("TZOFFSETFROM", "TZOFFSETTO"):
            value = value.replace(":", "")
        elif line.name == "RDATE":
            value = ",".join(time.partition("/")[0] for time in value.split(","))
        elif line.name == "END" and "TZOFFSETTO" in said and "TZOFFSETFROM" not in said:
            yield Line("TZOFFSETFROM", said["TZOFFSETTO"])
        said = {} if line.name in ("BEGIN", "END") else said | {line.name: value}
        yield Line(line.name, value)


def _yearly(rule: str, start: str) -> str:
    """A rule of an observance in the one form that is computed, where it means the same; else as it is.

    Lotus repeats the time of DTSTART as BYHOUR and BYMINUTE; others count twelve months, or days by BYSETPOS.
    """
    items = (item.partition("=") for item in "".join(rule.upper().split()).split(";") if item)
    parts = {name: value for name, _, value in items if name not in ("BYHOUR", "BYMINUTE", "BYSECOND")}
    if (parts.get("FREQ"), parts.get("INTERVAL")) == ("MONTHLY", "12") and re.match(r"\d{6}", start):
        parts |= {"FREQ": "YEARLY", "INTERVAL": "1", "BYMONTH": parts.get("BYMONTH", start[4:6])}
    if re.fullmatch(r"-?\d [A-Z]{2}", f"{parts.get('BYSETPOS')} {parts.get('BYDAY')}"):
        parts["BYDAY"] = parts.pop("BYSETPOS") + parts["BYDAY"]
    frequency = parts.pop("FREQ", "")
    return ";".join([f"FREQ={frequency}", *(f"{name}={value}" for name, value in parts.items())])


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
