"""Reduces foreign events to what is stored: the lines that decide time and blocking, and nothing private."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator

from connections.ical import content_lines
from connections.ical.blocking import invites, own_addresses, own_answer
from connections.ical.content_lines import Line
from connections.ical.parser import ALL_DAY_MARKS, MAX_RAW_SUMMARY_LENGTH, MAX_VALUE_LENGTH, UNREADABLE_MARK
from connections.ical.raw_file import MAX_UID_LENGTH, RawEvent, RawFile, parse_uid, read_file, text_without_zones
from connections.ical.rules.shortening import fit_rule
from connections.ical.timezones import is_decided_by_file, zone_key

PRODID = "-//Kalends//Kalends//EN"
WITHOUT_LINK = "-"
MAX_MARK_LENGTH = 200
_TIMES = {"DTSTART", "DTEND", "DURATION", "RRULE", "EXRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
_TRAVEL = {"X-APPLE-TRAVEL-DURATION", "X-APPLE-TRAVEL-RETURN-DURATION"}
_LISTS = {"RDATE", "EXDATE"}
_KEPT = _TIMES | _TRAVEL | ALL_DAY_MARKS | {"UID", "STATUS", "TRANSP", "SEQUENCE"}
_PARAMS = ("TZID", "VALUE", "RANGE")


def reduce(data: bytes, *, titles: bool, addresses: Collection[str] = frozenset()) -> bytes:
    """`data` reduced to what `expand` reads. Expanding the result gives the same instances, apart from summaries.

    Kept are times, recurrence, STATUS, TRANSP, travel time, the owner's answer (without name) if one of `addresses` is
    invited, the VTIMEZONEs of zones that are not IANA zones and, with `titles`, SUMMARY. Lines that cannot be read are
    kept as they are, so that they still block. A file that is cut off or too large is marked. Nothing is raised.
    """
    file = read_file(data)
    own = own_addresses(frozenset(addresses))
    contents = [event.content for event in file.events]
    used = {line.params["TZID"] for content in contents for line in content if "TZID" in line.params}
    body = [_event(event, found, own, titles) for event, found in zip(file.events, contents, strict=True)]
    zones = _zones(file, used)
    head = [b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:" + PRODID.encode()]
    tail = [b"END:VCALENDAR"] if file.is_calendar or file.events else []
    return b"".join(line + b"\r\n" for line in [*head, *zones, *body, *tail])


def _zones(file: RawFile, used: Collection[str]) -> Iterator[bytes]:
    foreign = {zone_key(tzid) for tzid in used if is_decided_by_file(tzid)}
    for tzid, texts in file.vtimezones.items() if foreign else ():
        if tzid in foreign:
            yield from (text.replace(b"\n", b"\r\n") for text in texts)


def _event(event: RawEvent, found: Iterable[Line], own: frozenset[str], titles: bool) -> bytes:
    found = list(found)
    kept = [_shortened(line) for line in found if line.name in _KEPT]
    summary = [line for line in found if line.name == "SUMMARY"][: int(titles)]
    marked = event.damaged or any(line.name == UNREADABLE_MARK for line in found)
    written = [
        "BEGIN:VEVENT",
        *map(_written, [*kept, *map(_plain_summary, summary)]),
        *_answer_line(found, own),
        *[f"{UNREADABLE_MARK}:TRUE"][: int(marked)],
        "END:VEVENT",
    ]
    return b"\r\n".join(map(content_lines.fold, written))


def _answer_line(found: Iterable[Line], own: frozenset[str]) -> Iterator[str]:
    attendees = [line for line in found if line.name == "ATTENDEE"]
    if any(invites(line, own) for line in attendees):
        yield f"ATTENDEE;PARTSTAT={own_answer(attendees, own)}:{min(own)}"


def _shortened(line: Line) -> Line:
    """A line as it is stored. A line that is too long to be read is cut in a way that still cannot be read."""
    value = line.value
    if line.name == "UID" and len(value) > MAX_UID_LENGTH:
        value = content_lines.escape(parse_uid(line))
    elif line.name in ("RRULE", "EXRULE"):
        value = fit_rule(value)
    elif line.name not in _LISTS:
        value = value if len(value) <= MAX_VALUE_LENGTH else f"{value[:MAX_VALUE_LENGTH]}?"
    params = {name: line.params[name] for name in _PARAMS if name in line.params} if line.params else line.params
    return Line(line.name, value, params)


def _plain_summary(line: Line) -> Line:
    return Line(line.name, line.value[:MAX_RAW_SUMMARY_LENGTH])


def _written(line: Line) -> str:
    if not line.params:
        return f"{line.name}:{line.value}"
    params = "".join(f";{name}={_quoted(value)}" for name, value in line.params.items())
    return f"{line.name}{params}:{line.value}"


def _quoted(value: str) -> str:
    return f'"{value}"' if any(mark in value for mark in ":;,") else value


def own_mark(data: bytes, base_url: str) -> str:
    """The path of a link below `base_url` in an event, `WITHOUT_LINK` for one with our PRODID alone, and "" for others.

    A device that changes an event writes its own PRODID, but leaves the link in URL and DESCRIPTION. Lines may be
    folded anywhere (RFC 5545 3.1). Nothing is raised.
    """
    text = text_without_zones(data)
    found = re.search(re.escape(base_url.encode()) + rb"(/[^\s\\,;\"<>]*)", text)
    if found is not None:
        return found[1].decode(errors="replace")[:MAX_MARK_LENGTH]
    return WITHOUT_LINK if has_own_prodid(text) else ""


def has_own_prodid(data: bytes) -> bool:
    """Has no device written the file since some copy of Kalends did? Devices put their own PRODID."""
    return b"PRODID:" + PRODID.encode() in data
