"""How often a feed wants to be asked for."""

from __future__ import annotations

from collections.abc import Mapping

from connections.ical.moments import parse_length

MIN_SECONDS = 15 * 60
MAX_SECONDS = 24 * 3600
DEFAULT_SECONDS = 3600


def refresh_seconds(properties: Mapping[str, str]) -> int:
    """The seconds between two requests, from the properties of a calendar by name in upper case.

    REFRESH-INTERVAL (RFC 7986 5.7) counts before X-PUBLISHED-TTL, which Outlook writes ([MS-OXCICAL]): at
    least 15 minutes and at most 24 hours, or one hour if neither can be read.
    """
    for name in ("REFRESH-INTERVAL", "X-PUBLISHED-TTL"):
        seconds = _seconds(properties.get(name, ""))
        if seconds is not None:
            return min(max(seconds, MIN_SECONDS), MAX_SECONDS)
    return DEFAULT_SECONDS


def _seconds(value: str) -> int | None:
    try:
        seconds = int(parse_length(value).elapsed.total_seconds())
    except (ValueError, OverflowError):
        return None
    return seconds if seconds >= 0 else None
