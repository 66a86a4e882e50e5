"""MKCALENDAR and PROPPATCH: clients create and change calendars."""

from __future__ import annotations

import re

from werkzeug import Response

from sandbox.server.dav import replies, xml
from sandbox.server.dav.call import Call
from sandbox.server.dav.properties import COLOR, DISPLAYNAME, ORDER
from sandbox.server.dav.xml import c, d

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?")


def mkcalendar(call: Call) -> Response:
    """Create a calendar with the id that the client chose."""
    if call.target.kind != "nowhere" or not call.target.name:
        return replies.precondition_failed(403, d("resource-must-be-null"))
    if len(call.target.account.calendars) >= call.switches.calendar_limit:
        return replies.empty(403)
    asked = _properties(call)
    names = [one.get("name", "").upper() for one in _components(call)]
    components = tuple(names) or ("VEVENT",)
    if components not in {("VEVENT",), ("VTODO",)}:
        return replies.precondition_failed(403, c("supported-calendar-component"))
    color = _color(asked.get(COLOR, "")) or "#1BADF8FF"
    name = asked.get(DISPLAYNAME) or call.target.name
    call.target.account.add_calendar(name, color, call.target.name, components=components)
    return replies.empty(201)


def proppatch(call: Call) -> Response:
    """Change name, colour and order; a colour given by name is accepted and ignored."""
    if call.target.kind != "calendar":
        return replies.empty(404 if call.target.kind == "nowhere" else 403)
    calendar = call.target.collection
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
    """`#RRGGBBAA`, or nothing when the text is no colour."""
    if not _COLOR.fullmatch(given):
        return ""
    return given if len(given) == 9 else f"{given}FF"
