"""REPORT calendar-multiget (RFC 4791 7.9): some members, by path."""

from __future__ import annotations

from collections.abc import Iterator

from werkzeug import Response

from sandbox.server.dav import properties, replies, xml
from sandbox.server.dav.call import Call
from sandbox.server.dav.properties import Properties
from sandbox.server.dav.xml import c, d
from sandbox.server.store.calendars import Calendar, Fate
from sandbox.server.store.contents import Resource


def calendar_multiget(call: Call, root: xml.Element) -> Response:
    """Each member with its data, or one of the ways in which iCloud reports a missing member."""
    wanted = wanted_properties(root)
    hrefs = [element.text or "" for element in root.findall(d("href"))]
    if any(_fate(call, href) == "error" for href in hrefs):
        return replies.error_page(500)
    responses = (one for href in hrefs for one in _member(call, href, wanted))
    return replies.multistatus(responses, call.switches)


def wanted_properties(root: xml.Element) -> list[str]:
    """The names in the report's DAV:prop."""
    asked = root.find(d("prop"))
    return [] if asked is None else [child.tag for child in asked if isinstance(child.tag, str)]


def with_data(resource: Resource, data: bytes, *, cdata: bool) -> Properties:
    """The properties of a resource, including calendar-data."""
    found = properties.of_resource(resource)
    found[c("calendar-data")] = xml.data_element(data, cdata=cdata)
    return found


def _fate(call: Call, href: str) -> Fate | None:
    return call.target.collection.spoilt.get(call.target.collection.name_of(call.path_of(href)))


def _member(call: Call, href: str, wanted: list[str]) -> Iterator[str]:
    path = call.path_of(href)
    calendar: Calendar = call.target.collection
    name = path.removeprefix(calendar.path)
    fate = calendar.spoilt.get(name)
    resource = call.read(name) if path.startswith(calendar.path) else None
    if resource is None or fate in {"missing", "left-out"}:
        how = "left-out" if fate == "left-out" else call.switches.multiget_missing
        yield from _missing(call.href(path), how, wanted)
        return
    data = b"" if fate == "empty" else call.served(resource)
    available = with_data(resource, data, cdata=call.switches.cdata)
    yield xml.response(call.href(path), xml.propstat(*properties.select(available, wanted)))


def _missing(href: str, how: str, wanted: list[str]) -> Iterator[str]:
    if how == "404":
        yield xml.status_response(href)
    elif how == "404-propstat":
        yield xml.response(href, xml.propstat([], wanted))
    elif how == "empty-status":
        yield xml.status_response(href, "")
