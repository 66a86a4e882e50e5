"""REPORT calendar-query (RFC 4791 7.8), with the defects that iCloud's has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from werkzeug import Response

from sandbox.ical import ics, recurrence
from sandbox.server.dav import properties, replies, xml
from sandbox.server.dav.call import Call
from sandbox.server.dav.multiget import wanted_properties, with_data
from sandbox.server.dav.replies import Refusal
from sandbox.server.dav.xml import c
from sandbox.server.store.contents import Resource

MIN = datetime(1900, 1, 1, tzinfo=UTC)
MAX = datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Query:
    """What a member must match: its kind, a time range, and filters for its properties."""

    kind: str
    start: datetime | None
    end: datetime | None
    filters: tuple[xml.Element, ...]
    finds_nothing: bool  # iCloud finds nothing for two kinds at once and for the times of alarms


def calendar_query(call: Call, root: xml.Element) -> Response:
    """The members that match, with the wanted properties."""
    query = _read(call, root)
    wanted = wanted_properties(root)
    expand = root.find(f".//{c('calendar-data')}/{c('expand')}")
    responses = [_response(call, *found, query, wanted, expand) for found in _matches(call, query)]
    return replies.multistatus(responses, call.switches)


def _read(call: Call, root: xml.Element) -> Query:
    inner = root.findall(f"{c('filter')}/{c('comp-filter')}/{c('comp-filter')}")
    if not inner:
        if call.switches.query_without_component == "400":
            raise Refusal(replies.error_page(400))
        return Query("VEVENT", None, None, (), finds_nothing=False)
    span = inner[0].find(c("time-range"))
    start, end = (_instant(span, "start"), _instant(span, "end")) if span is not None else (None, None)
    kind = inner[0].get("name", "").upper()
    # Time ranges work for events only, neither for reminders nor for alarms.
    finds_nothing = len(inner) > 1 or (kind == "VTODO" and span is not None)
    finds_nothing = finds_nothing or inner[0].find(f"{c('comp-filter')}/{c('time-range')}") is not None
    return Query(kind, start, end, tuple(inner[0].findall(c("prop-filter"))), finds_nothing)


def _instant(span: xml.Element, which: str) -> datetime | None:
    given = span.get(which)
    try:
        return given and datetime.strptime(given, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise Refusal(replies.error_page(400)) from error


def _matches(call: Call, query: Query) -> Iterator[tuple[str, Resource]]:
    if query.finds_nothing:
        return
    calendar = call.target.collection
    for name in list(calendar.contents.members):
        resource = call.read(name)
        if resource and name not in calendar.spoilt and _matches_one(call, query, resource.data):
            yield name, resource


def _matches_one(call: Call, query: Query, data: bytes) -> bool:
    try:
        components = ics.parse(data).named(query.kind)
    except ics.NotCalendar:
        return False
    if not components or not all(_passes(components, one) for one in query.filters):
        return False
    if query.start is None and query.end is None:
        return True
    both = call.switches.moved_occurrences == "by-both"
    return recurrence.touches(data, query.start or MIN, query.end or MAX, moved=both)


def _passes(components: list[ics.Component], wanted: xml.Element) -> bool:
    name = wanted.get("name", "").upper()
    values = [line.value for component in components for line in component.all(name)]
    if wanted.find(c("is-not-defined")) is not None:
        return not values
    match = wanted.find(c("text-match"))
    if match is None:
        return bool(values)
    if name == "CATEGORIES":
        return False  # iCloud finds nothing when it searches categories
    needle = (match.text or "").casefold()
    found = any(needle in value.casefold() for value in values)
    return bool(found) != bool(match.get("negate-condition") == "yes")


def _response(
    call: Call, name: str, resource: Resource, query: Query, wanted: list[str], expand: xml.Element | None
) -> str:
    data = _as_served(call, query, call.served(resource))
    if expand is not None:
        start, end = _instant(expand, "start") or MIN, _instant(expand, "end") or MAX
        data = recurrence.expanded(resource.data, start, end)
    available = with_data(resource, data, cdata=call.switches.cdata)
    path = call.href(call.target.collection.path + name)
    return xml.response(path, xml.propstat(*properties.select(available, wanted)))


def _as_served(call: Call, query: Query, data: bytes) -> bytes:
    """The data as it is served: with a time range, iCloud marks overrides, which multiget does not."""
    ranged = query.start is not None or query.end is not None
    return recurrence.mark_exceptions(data) if ranged and call.switches.marks_exceptions else data
