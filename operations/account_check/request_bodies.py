"""The XML bodies of requests that only the check of an account sends. No Django, no network."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape

from connections.dav.requests import NAMESPACES, PROLOG, propfind

ALLPROP: Final = f"{PROLOG}<propfind {NAMESPACES}><allprop/></propfind>".encode()
HOME_CTAG: Final = propfind("CS:getctag")
TOKENS: Final = propfind("CS:getctag", "sync-token", "supported-report-set")
SHARING: Final = propfind("resourcetype", "CS:invite")
QUERY_WITHOUT_EVENT: Final = (
    f"{PROLOG}<C:calendar-query {NAMESPACES}><prop><getetag/></prop>"
    '<C:filter><C:comp-filter name="VCALENDAR"/></C:filter></C:calendar-query>'
).encode()


def limited_sync(number: int) -> bytes:
    """A sync-collection that asks for so many members at most (RFC 6578 3.7)."""
    return (
        f"{PROLOG}<sync-collection {NAMESPACES}><sync-token/><sync-level>1</sync-level>"
        f"<limit><nresults>{number}</nresults></limit><prop><getetag/></prop></sync-collection>"
    ).encode()


def free_busy(start: datetime, end: datetime) -> bytes:
    """A free-busy-query for [start, end), aware instants (RFC 4791 7.10)."""
    first, last = (f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}" for moment in (start, end))
    return (
        f'{PROLOG}<C:free-busy-query {NAMESPACES}><C:time-range start="{escape(first)}" end="{escape(last)}"/>'
        "</C:free-busy-query>"
    ).encode()
