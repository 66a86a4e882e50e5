"""What is kept of a foreign event: what decides time and blocking, and nothing that is nobody's business."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from connections.ical import content_lines
from connections.ical.attendees import answer, invites, own_addresses
from connections.ical.content_lines import Line
from connections.ical.parser import DAMAGED, LONGEST_RULE, MOST_OF_A_SUMMARY, Block, File, read_file
from connections.ical.timezones import key, known

PRODID = "-//Kalends//Kalends//EN"
_TIMES = {"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"}
_TRAVEL = {"X-APPLE-TRAVEL-DURATION", "X-APPLE-TRAVEL-RETURN-DURATION"}
_LISTS = {"RDATE", "EXDATE"}
_KEPT = _TIMES | _TRAVEL | {"UID", "STATUS", "TRANSP", "SEQUENCE"}
_PARAMS = ("TZID", "VALUE", "RANGE")


def reduce(data: bytes, *, titles: bool, addresses: Collection[str] = frozenset()) -> bytes:
    """`data` without everything that `expand` does not read: expanding either gives the same, apart from summaries.

    Kept are times, recurrence, STATUS, TRANSP, travel time, the own answer (without name) where one of `addresses` is
    invited, VTIMEZONEs of zones that are not IANA's and, with `titles`, SUMMARY. Lines that cannot be read are kept as
    they are, so that they go on blocking; a file that is cut off or too large is marked. Nothing is raised.
    """
    file = read_file(data)
    own = own_addresses(frozenset(addresses))
    blocks = [block.content for block in file.blocks]
    used = {line.params["TZID"] for block in blocks for line in block if "TZID" in line.params}
    body = [_event(block, found, own, titles) for block, found in zip(file.blocks, blocks, strict=True)]
    zones = _zones(file, used)
    head = [b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:" + PRODID.encode()]
    tail = [b"END:VCALENDAR"] if file.is_calendar or file.blocks else []
    return b"".join(line + b"\r\n" for line in [*head, *zones, *body, *tail])


def _zones(file: File, used: Collection[str]) -> Iterator[bytes]:
    foreign = {key(tzid) for tzid in used if known(tzid) is None}
    for tzid, texts in file.vtimezones.items() if foreign else ():
        if tzid in foreign:
            yield from (text.replace(b"\n", b"\r\n") for text in texts)


def _event(block: Block, found: Iterable[Line], own: frozenset[str], titles: bool) -> bytes:
    found = list(found)
    kept = [_without_trivia(line) for line in found if line.name in _KEPT]
    summary = [line for line in found if line.name == "SUMMARY"][: int(titles)]
    marked = block.damaged or any(line.name == DAMAGED for line in found)
    written = [
        "BEGIN:VEVENT",
        *map(_written, [*kept, *map(_bare, summary)]),
        *_own_answer(found, own),
        *[f"{DAMAGED}:TRUE"][: int(marked)],
        "END:VEVENT",
    ]
    return b"\r\n".join(map(content_lines.fold, written))


def _own_answer(found: Iterable[Line], own: frozenset[str]) -> Iterator[str]:
    attendees = [line for line in found if line.name == "ATTENDEE"]
    if any(invites(line, own) for line in attendees):
        yield f"ATTENDEE;PARTSTAT={answer(attendees, own)}:{min(own)}"


def _without_trivia(line: Line) -> Line:
    """A line as it is kept. One that is far too long cannot be read, and still cannot when it is cut."""
    value = line.value
    if len(value) > LONGEST_RULE and line.name not in _LISTS:
        value = f"{value[:LONGEST_RULE]}?"
    return Line(line.name, value, {name: line.params[name] for name in _PARAMS if name in line.params})


def _bare(line: Line) -> Line:
    return Line(line.name, line.value[:MOST_OF_A_SUMMARY])


def _written(line: Line) -> str:
    params = "".join(f";{name}={_quoted(value)}" for name, value in line.params.items())
    return f"{line.name}{params}:{line.value}"


def _quoted(value: str) -> str:
    return f'"{value}"' if any(mark in value for mark in ":;,") else value
