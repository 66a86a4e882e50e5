"""The events of a feed as calendar files of their own, one for each series.

Their hrefs are made from UIDs. Their ETags are digests of what they say, without the times at which they were written:
so of a changed file only the events that differ are read again. A VTIMEZONE counts only where the reader needs it
(`is_decided_by_file`): some programs describe each zone from the first to the last event of the file, so that one more
event would change all of them.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections import ChainMap, Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from urllib.parse import quote

from connections.dav.urls import UNESCAPED
from connections.feeds.floating import default_zone, with_zone
from connections.feeds.structure import Section
from connections.ical import content_lines
from connections.ical.raw_file import parse_uid
from connections.ical.timezones import is_decided_by_file, zone_key

PRODID = "-//Kalends//Calendar by web address//EN"  # not the one by which events of Kalends are known
MAX_HREF_LENGTH = 700
MAX_ZONE_OCTETS = 64 * 1024  # of all VTIMEZONEs of one piece: each has a copy of them
_ROOM = 70  # in an href for what is more than the UID
_UID = re.compile(rb"\n(?:[A-Z0-9-]+\.)?(UID[ \t]*[;:][^\n]*)", re.IGNORECASE)
_SLOT = re.compile(rb"\n(?:[A-Z0-9-]+\.)?RECURRENCE-ID[ \t]*[;:][^\n]*", re.IGNORECASE)
_START = re.compile(rb"\n(?:[A-Z0-9-]+\.)?DTSTART[ \t]*[;:][^\n]*", re.IGNORECASE)
_REPEATS = re.compile(rb"\n(?:[A-Z0-9-]+\.)?(?:RRULE|RDATE)[ \t]*[;:]", re.IGNORECASE)
_ZONED = re.compile(  # bounded, because a line that is made for it would take for ever
    rb"\n((?:DTSTART|DTEND|RECURRENCE-ID|RDATE|EXDATE)[ \t]*+;[^\n]{0,300}?TZID[^\n]{0,300}):", re.IGNORECASE
)
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
    def _zones(self) -> list[bytes]:
        """Its VTIMEZONEs, as far as there is room for them."""
        zones = sorted({zone for event in self.events for zone in event.zones})
        sizes = accumulate(map(len, zones))
        return [zone for zone, size in zip(zones, sizes, strict=True) if size <= MAX_ZONE_OCTETS]

    @property
    def etag(self) -> str:
        """A digest of what it says."""
        digest = hashlib.sha256(b"".join(map(_zone_digest, self._zones)))
        for event in self.events:
            digest.update(event.text)
        return f'"{digest.hexdigest()}"'

    @property
    def data(self) -> bytes:
        """The calendar file, with CRLF line ends."""
        head = b"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:" + PRODID.encode()
        texts = (event.text for event in self.events)
        return b"".join([head, *self._zones, *texts, b"\nEND:VCALENDAR\n"]).replace(b"\n", b"\r\n")


@lru_cache(maxsize=64)
def _zone_digest(zone: bytes) -> bytes:
    """Cached, because most events of a file have the same few zones."""
    return hashlib.sha256(zone).digest()


def pieces_of(sections: Sequence[Section]) -> list[Piece]:
    """The pieces of a feed, in an order that does not depend on that of its components. Their hrefs are unique."""
    zones = [section.vtimezones() for section in sections]
    everywhere = {key: texts for found in reversed(zones) for key, texts in found.items()}
    events: dict[FeedEvent, None] = {}  # what stands in the file twice counts once
    for section, own in zip(sections, zones, strict=True):
        events |= dict.fromkeys(_events(section, ChainMap({**own}, everywhere)))
    by_uid: dict[str, list[FeedEvent]] = {}
    for event in events:
        by_uid.setdefault(event.uid, []).append(event)
    pieces = {piece.href: piece for uid in sorted(by_uid) for piece in _series(uid, by_uid[uid])}
    return list(pieces.values())


def _events(section: Section, zones: Mapping[str, tuple[bytes, ...]]) -> Iterator[FeedEvent]:
    zone = default_zone(section.properties().get("X-WR-TIMEZONE", ""), zones)
    for text in section.vevents():
        text = with_zone(text, zone) if zone else text
        slot = _SLOT.search(text)
        yield _with_uid(FeedEvent(_uid(text), slot[0] if slot else b"", text, tuple(_zones(text, zones))))


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
    for tzid in dict.fromkeys(map(_tzid, _ZONED.findall(text))):
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
    starts = Counter(map(_start, masters))
    owned = _owned(overrides, masters)
    for master in masters:
        what = _start(master)
        yield Piece(_href(uid, what if starts[what] == 1 else master.text), (master, *owned.get(master, ())))


def _owned(overrides: Sequence[FeedEvent], masters: Sequence[FeedEvent]) -> Mapping[FeedEvent, Sequence[FeedEvent]]:
    """The overrides by the master to which they belong: the series that began last before their slot."""
    series = [master for master in masters if _REPEATS.search(master.text)] or masters
    series = sorted(series, key=lambda master: _digits(_start(master)))
    starts = [_digits(_start(master)) for master in series]
    owned: dict[FeedEvent, list[FeedEvent]] = {}
    for override in overrides:
        before = bisect_right(starts, _digits(override.slot))
        owned.setdefault(series[max(before - 1, 0)], []).append(override)
    return owned


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
