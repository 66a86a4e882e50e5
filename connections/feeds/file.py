"""Reads a feed: its pieces, its name and colour, and how often it wants to be asked for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from connections.feeds.interval import refresh_seconds
from connections.feeds.pieces import Piece, pieces_of
from connections.feeds.structure import sections_of
from connections.ical import content_lines

MAX_NAME_LENGTH = 300
_COLOR = re.compile(r"(#[0-9A-Fa-f]{6})(?:[0-9A-Fa-f]{2})?")
_NAMED_COLORS = {  # those of CSS 2.1; RFC 7986 5.9 allows the longer list of CSS 3
    "aqua": "#00FFFF",
    "black": "#000000",
    "blue": "#0000FF",
    "fuchsia": "#FF00FF",
    "gray": "#808080",
    "green": "#008000",
    "lime": "#00FF00",
    "maroon": "#800000",
    "navy": "#000080",
    "olive": "#808000",
    "orange": "#FFA500",
    "purple": "#800080",
    "red": "#FF0000",
    "silver": "#C0C0C0",
    "teal": "#008080",
    "white": "#FFFFFF",
    "yellow": "#FFFF00",
}


@dataclass(frozen=True, slots=True)
class FeedFile:
    """A feed as it was read. ``color`` is "#RRGGBB" or ""; ``etags`` and ``pieces`` are by href.

    ``digest`` is equal for two files that say the same, whatever the order of their components and whenever they were
    written.
    """

    name: str
    color: str
    refresh_seconds: int
    pieces: Mapping[str, Piece]
    etags: Mapping[str, str]
    digest: str


def read_feed(data: bytes) -> FeedFile:
    """Read a file. Raises NotCalDav, BrokenFile and TooLarge, see `structure.sections_of`.

    What can be read of an event is for `connections.ical` to say.
    """
    sections = sections_of(data)
    properties = sections[0].properties()
    pieces = {piece.href: piece for piece in pieces_of(sections)}
    etags = {href: piece.etag for href, piece in pieces.items()}
    name, color = _name(properties), _color(properties)
    digest = _digest([name, color, *(f"{href} {etags[href]}" for href in sorted(etags))])
    return FeedFile(name, color, refresh_seconds(properties), pieces, etags, digest)


def _name(properties: Mapping[str, str]) -> str:
    """X-WR-CALNAME, which most programs write, or NAME (RFC 7986 5.1), in one line: mails have it in their subject."""
    written = properties.get("X-WR-CALNAME") or properties.get("NAME") or ""
    return " ".join(content_lines.unescape(written).split())[:MAX_NAME_LENGTH]


def _color(properties: Mapping[str, str]) -> str:
    for name in ("X-APPLE-CALENDAR-COLOR", "COLOR"):
        value = properties.get(name, "").strip()
        written = _COLOR.fullmatch(value)
        if written or value.lower() in _NAMED_COLORS:
            return written[1].upper() if written else _NAMED_COLORS[value.lower()]
    return ""


def _digest(said: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(said).encode(errors="replace")).hexdigest()
