"""MKCALENDAR and PROPPATCH: calendars made and changed by clients."""

from __future__ import annotations

import re

from werkzeug import Response

from sandbox.server.dav import replies, xml
from sandbox.server.dav.call import Call
from sandbox.server.dav.paths import BOXES
from sandbox.server.dav.properties import COLOR, DISPLAYNAME, ORDER
from sandbox.server.dav.xml import c, d

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?")


def mkcalendar(call: Call) -> Response:
    """A new calendar under an id of the client's choice."""
    if call.place.kind != "nowhere" or not call.place.name:
        return replies.precondition_failed(403, d("resource-must-be-null"))
    if len(call.place.account.calendars) >= call.switches.calendar_limit or call.place.name in BOXES:
        return replies.empty(403)
    asked = _properties(call)
    names = [one.get("name", "").upper() for one in _components(call)]
    components = tuple(names) or ("VEVENT",)
    if components not in {("VEVENT",), ("VTODO",)}:
        return replies.precondition_failed(403, c("supported-calendar-component"))
    color = _color(asked.get(COLOR, "")) or "#1BADF8FF"
    name = asked.get(DISPLAYNAME) or call.place.name
    call.place.account.add_calendar(name, color, call.place.name, components=components)
    return replies.empty(201)


def proppatch(call: Call) -> Response:
    """Name, colour and order can be changed; names of colours are accepted and ignored."""
    if call.place.kind != "calendar":
        return replies.empty(404 if call.place.kind == "nowhere" else 403)
    calendar = call.place.collection
    asked = _properties(call)
    if DISPLAYNAME in asked:
        calendar.set_property("name", asked[DISPLAYNAME])
    if _color(asked.get(COLOR, "")):
        calendar.set_property("color", _color(asked[COLOR]))
    if ORDER in asked:
        calendar.set_property("order", asked[ORDER])
    known = [xml.element(name) for name in asked if name in {DISPLAYNAME, COLOR, ORDER}]
    unknown = [name for name in asked if name not in {DISPLAYNAME, COLOR, ORDER}]
    return replies.multistatus([xml.response(call.href(calendar.path), xml.propstat(known, unknown))], call.switches)


def _properties(call: Call) -> dict[str, str]:
    if not call.request.get_data():
        return {}
    asked = call.xml().findall(f"{d('set')}/{d('prop')}/*")
    return {one.tag: (one.text or "").strip() for one in asked}


def _components(call: Call) -> list[xml.Element]:
    if not call.request.get_data():
        return []
    return list(call.xml().iter(c("comp")))


def _color(given: str) -> str:
    """`#RRGGBBAA`, or nothing for what is no colour."""
    if not _COLOR.fullmatch(given):
        return ""
    return given if len(given) == 9 else f"{given}FF"
