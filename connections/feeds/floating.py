"""Gives floating times the zone that their file names."""

from __future__ import annotations

import re
from collections.abc import Collection

from connections.ical.timezones import iana_zone, is_decided_by_file, zone_key

_FLOATING_START = re.compile(rb"\nDTSTART(?:;(?!TZID=)[^\n:;]*)*:[ \t]*\d{8}T\d{6}[ \t]*(?=\n)", re.IGNORECASE)
# Only whole lists of floating times are changed: a date has no time, and a time in UTC ends in Z.
_FLOATING = re.compile(
    rb"\n(DTSTART|DTEND|RECURRENCE-ID|EXDATE|RDATE)((?:;(?!TZID=)[^\n:;]*)*):([ \t]*\d{8}T\d{6}(?:[/,][^\nZ]*)?)(?=\n)",
    re.IGNORECASE,
)


def default_zone(name: str, zones: Collection[str]) -> str:
    """The TZID that X-WR-TIMEZONE `name` gives to floating times; "" if it names no zone that is known.

    `zones`: the keys of the VTIMEZONEs in the file.

    The property is in no standard. Google, Microsoft and generators of club calendars write it for files with local
    times (github.com/spatie/icalendar-generator/issues/137), and github.com/allenporter/ical/pull/645 reads it so.
    """
    name = name.strip().strip('"')
    if is_decided_by_file(name) and zone_key(name) in zones:
        return name.replace('"', "")
    zone = iana_zone(name) if name else None
    return zone.key if zone else ""


def with_zone(event: bytes, tzid: str) -> bytes:
    """A VEVENT whose floating times are times in the zone `tzid`.

    One that starts in another zone stays as it is: what floats in it is in the zone of its start (RFC 5545 3.8.2.2).
    """
    if _FLOATING_START.search(event) is None:
        return event
    written = f'"{tzid}"' if any(mark in tzid for mark in ":;,") else tzid
    return _FLOATING.sub(rb"\n\1\2;TZID=" + written.encode().replace(b"\\", rb"\\") + rb":\3", event)
