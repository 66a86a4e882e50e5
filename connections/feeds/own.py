"""Is a feed one of this installation's own? What it says blocks already, so it would block twice."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from connections.dav.urls import host_of
from connections.ical import has_own_prodid
from connections.ical.raw_file import text_without_zones

# Those of staff members, and those of clients with one appointment or all of theirs.
_OWN_PATHS = re.compile(r"/feeds/[^/]+\.ics|/booking/[^/]+/(?:feed|calendar)\.ics")


def is_own_address(address: str, base_url: str) -> bool:
    """Is it the address of a feed below `base_url`? By host and path: the scheme may be webcal, the port a proxy's."""
    if host_of(address).lower() != host_of(base_url).lower():
        return False
    below = urlsplit(base_url).path.rstrip("/")
    path = urlsplit(address).path
    return path.startswith(below) and _OWN_PATHS.fullmatch(path[len(below) :]) is not None


def is_own_file(data: bytes, base_url: str) -> bool:
    """Did the installation at `base_url` write this feed? A feed of another Kalends is not its own.

    Each event that Kalends writes has a link to its page. An own event that a device has copied into another calendar
    has one too, but the PRODID of that file is another.
    """
    text = text_without_zones(data)
    link = base_url.rstrip("/").encode()
    return has_own_prodid(text) and re.search(re.escape(link) + rb"[/\s\\,;\"]", text) is not None
