"""The XML bodies of requests.

They are not built by the caldav library, whose list of property names silently drops getctag and calendar-color.
Nothing may stand before the prolog: iCloud answers 400 to a blank.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from xml.sax.saxutils import escape

PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACES = (
    'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" '
    'xmlns:CS="http://calendarserver.org/ns/" xmlns:A="http://apple.com/ns/ical/"'
)


def propfind(*names: str) -> bytes:
    """A PROPFIND body asking for properties by prefixed name (RFC 4918 9.1)."""
    props = "".join(f"<{name}/>" for name in names)
    return f"{PROLOG}<propfind {NAMESPACES}><prop>{props}</prop></propfind>".encode()


def sync_collection(token: str) -> bytes:
    """A sync-collection REPORT body (RFC 6578 3.2); an empty token asks for everything."""
    return (
        f"{PROLOG}<sync-collection {NAMESPACES}><sync-token>{escape(token)}</sync-token>"
        "<sync-level>1</sync-level><prop><getetag/></prop></sync-collection>"
    ).encode()


def multiget(hrefs: Sequence[str]) -> bytes:
    """A calendar-multiget REPORT body for paths (RFC 4791 7.9)."""
    wanted = "".join(f"<href>{escape(href)}</href>" for href in hrefs)
    return (
        f"{PROLOG}<C:calendar-multiget {NAMESPACES}><prop><getetag/><C:calendar-data/></prop>"
        f"{wanted}</C:calendar-multiget>"
    ).encode()


def events_between(start: datetime, end: datetime) -> bytes:
    """A calendar-query REPORT body for the events that touch [start, end) (RFC 4791 7.8.1)."""
    span = "".join(
        f' {name}="{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"' for name, moment in (("start", start), ("end", end))
    )
    return (
        f"{PROLOG}<C:calendar-query {NAMESPACES}><prop><getetag/><C:calendar-data/></prop>"
        f'<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range{span}/>'
        "</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
    ).encode()


PRINCIPAL = propfind("current-user-principal", "C:calendar-home-set")
HOME_SET = propfind("C:calendar-home-set", "C:calendar-user-address-set")
CALENDARS = propfind(
    "resourcetype",
    "displayname",
    "A:calendar-color",
    "C:supported-calendar-component-set",
    "current-user-privilege-set",
    "CS:getctag",
    "sync-token",
)
ETAGS = propfind("getetag", "resourcetype")
ETAG = propfind("getetag")
RESOURCE_TYPE = propfind("resourcetype")
