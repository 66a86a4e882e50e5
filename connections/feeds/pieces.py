"""The events of a feed as calendar files of their own, one for each series.

Their hrefs are made from UIDs. Their ETags are digests of what they say, without the times at which they were written:
so of a changed file only the events that differ are read again. A VTIMEZONE counts only where the reader needs it
(`is_decided_by_file`): some programs describe each zone from the first to the last event of the file, so that one more
event would change all of them.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote

from connections.dav.urls import UNESCAPED
from connections.feeds.floating import default_zone, with_zone
from connections.feeds.structure import CalendarHead, Section, head_of
from connections.ical import content_lines
from connections.ical.raw_file import parse_uid
from connections.ical.timezones import is_decided_by_file, zone_key

PRODID = "-//Kalends//Calendar by web address//EN"  # not the one by which events of Kalends are known
MAX_HREF_LENGTH = 700
_ROOM = 70  # in an href for what is more than the UID
_UID = re.compile(rb"\n(?:[A-Z0-9-]+\.)?(UID[ \t]*[;:][^\n]*)", re.IGNORECASE)
_SLOT = re.compile(rb"\n(?:[A-Z0-9-]+\.)?RECURRENCE-ID[ \t]*[;:][^\n]*", re.IGNORECASE)
_START = re.compile(rb"\n(?:[A-Z0-9-]+\.)?DTSTART[ \t]*[;:][^\n]*", re.IGNORECASE)
_REPEATS = re.compile(rb"\n(?:[A-Z0-9-]+\.)?(?:RRULE|RDATE)[ \t]*[;:]", re.IGNORECASE)
_ZONED = re.compile(rb"\n((?:DTSTART|DTEND|RECURRENCE-ID|RDATE|EXDATE)[ \t]*;[^\n]*TZID[^\n]*):", re.IGNORECASE)
_DIGITS = re.compile(rb"\d{8}(?:T\d{6})?", re.IGNORECASE)
_BEGIN = re.compile(rb"\n[^\n]*")


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """One VEVENT of a feed: its text, its RECURRENCE-ID line (b"" in a master), and the VTIMEZONEs that it needs."""

    uid: str
    slot: bytes
    text: bytes
    zones: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A series with its overrides, or a single event."""

    href: str
    events: tuple[FeedEvent, ...]

    @property
    def _texts(self) -> Iterable[bytes]:
        zones = dict.fromkeys(zone for event in self.events for zone in event.zones)
        return [*zones, *(event.text for event in self.events)]

    @property
    def etag(self) -> str:
        """A digest of what it says."""
        digest = hashlib.sha256()
        for text in self._texts:
            digest.update(text)
        return f'"{digest.hexdigest()}"'

    @property
    def data(self) -> bytes:
        """The calendar file, with CRLF line ends."""
        head = b"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:" + PRODID.encode()
        return b"".join([head, *self._texts, b"\nEND:VCALENDAR\n"]).replace(b"\n", b"\r\n")


def pieces_of(sections: Sequence[Section]) -> list[Piece]:
    """The pieces of a feed, in an order that does not depend on that of its components. Their hrefs are unique."""
    heads = [head_of(section) for section in sections]
    everywhere = {key: zone for head in reversed(heads) for key, zone in head.zones.items()}
    events: dict[FeedEvent, None] = {}  # what stands in the file twice counts once
    for section, head in zip(sections, heads, strict=True):
        events |= dict.fromkeys(_events(section, CalendarHead(head.properties, {**everywhere, **head.zones})))
    by_uid: dict[str, list[FeedEvent]] = {}
    for event in events:
        by_uid.setdefault(event.uid, []).append(event)
    pieces = {piece.href: piece for uid in sorted(by_uid) for piece in _series(uid, by_uid[uid])}
    return list(pieces.values())


def _events(section: Section, head: CalendarHead) -> Iterator[FeedEvent]:
    zone = default_zone(head.properties.get("X-WR-TIMEZONE", ""), head.zones)
    for text in section.events:
        text = with_zone(text, zone) if zone else text
        slot = _SLOT.search(text)
        yield _with_uid(FeedEvent(_uid(text), slot[0] if slot else b"", text, tuple(_zones(text, head.zones))))


def _uid(text: bytes) -> str:
    found = _UID.search(text)
    return parse_uid(content_lines.parse_line(found[1])) if found else ""


def _with_uid(event: FeedEvent) -> FeedEvent:
    """The event with a UID. RFC 5545 3.6.1 requires one; if it is missing, what the event says must identify it."""
    if event.uid:
        return event
    uid = hashlib.sha256(event.text).hexdigest()[:32]
    line = b"\nUID:" + uid.encode()
    return replace(event, uid=uid, text=_BEGIN.sub(lambda begin: begin[0] + line, _UID.sub(b"", event.text), count=1))


def _zones(text: bytes, zones: Mapping[str, tuple[bytes, ...]]) -> Iterator[bytes]:
    """The VTIMEZONEs without which the times of an event cannot be read."""
    if not zones:
        return
    for head in dict.fromkeys(_ZONED.findall(text)):
        tzid = _tzid(head)
        if is_decided_by_file(tzid):
            yield from zones.get(zone_key(tzid), ())


@lru_cache(maxsize=1024)
def _tzid(head: bytes) -> str:
    """The TZID in a line without its value."""
    return content_lines.parse_line(head + b":19700101T000000").params.get("TZID", "")


def _series(uid: str, events: Sequence[FeedEvent]) -> Iterator[Piece]:
    """The pieces of one UID: one, unless several events without RECURRENCE-ID share it.

    They must not (RFC 5545 3.8.4.7), but programs of clubs and schools do so. The reader would take the others for old
    revisions of one of them, therefore each is a piece, so that all of them block.
    """
    masters = sorted((event for event in events if not event.slot), key=lambda event: (_start(event), event.text))
    overrides = sorted((event for event in events if event.slot), key=lambda event: (event.slot, event.text))
    if len(masters) <= 1:
        yield Piece(_href(uid), (*masters, *overrides))
        return
    starts = [_start(master) for master in masters]
    owners = [_owner(override, masters) for override in overrides]
    for number, master in enumerate(masters):
        alone = starts.count(starts[number]) == 1
        what = starts[number] if alone else master.text
        own = (override for override, owner in zip(overrides, owners, strict=True) if owner is master)
        yield Piece(_href(uid, what), (master, *own))


def _owner(override: FeedEvent, masters: Sequence[FeedEvent]) -> FeedEvent:
    """The master to which an override belongs: the series that began last before it."""
    series = [master for master in masters if _REPEATS.search(master.text)] or list(masters)
    before = [master for master in series if _digits(_start(master)) <= _digits(override.slot)]
    return max(before or series[:1], key=lambda master: _digits(_start(master)))


def _start(event: FeedEvent) -> bytes:
    found = _START.search(event.text)
    return found[0] if found else b""


def _digits(line: bytes) -> bytes:
    """The date and time of a line, in a form that can be compared."""
    found = _DIGITS.search(line.rpartition(b":")[2])
    return found[0] if found else b""


def _href(uid: str, what: bytes = b"") -> str:
    """The href of a piece. `what` tells it from others of the same UID."""
    name = quote(uid, safe=UNESCAPED, errors="replace")
    if len(name) > MAX_HREF_LENGTH - _ROOM:
        name = hashlib.sha256(name.encode()).hexdigest()
    # A UID with a slash in it has %2F there, so no two of these are equal.
    return f"/{name}/{hashlib.sha256(what).hexdigest()[:32]}.ics" if what else f"/{name}.ics"
