"""PROPFIND, GET, HEAD and OPTIONS."""

from __future__ import annotations

from collections.abc import Iterator

from werkzeug import Response

from sandbox.server.dav import properties, replies, xml
from sandbox.server.dav.call import Call
from sandbox.server.dav.properties import Properties
from sandbox.server.dav.replies import Refusal
from sandbox.server.dav.xml import d

ALLOW = "ACL, COPY, DELETE, GET, HEAD, MKCALENDAR, MKCOL, MOVE, OPTIONS, POST, PROPFIND, PROPPATCH, PUT, REPORT"
_DAV = "1, access-control, calendar-access, calendar-schedule, calendar-auto-schedule, calendarserver-sharing"


def options(call: Call) -> Response:
    """What the server claims to support."""
    return replies.empty(200, Allow=ALLOW, DAV=_DAV)


def get(call: Call) -> Response:
    """The bytes of a resource as they were sent. For a collection: 400 and a page."""
    if call.target.kind != "resource":
        return replies.empty(404) if call.target.kind == "nowhere" else replies.error_page(400)
    resource = call.read(call.target.name)
    if resource is None or call.target.name in call.target.collection.spoilt:
        return replies.empty(404)
    headers = {"ETag": resource.etag}
    return Response(call.served(resource), 200, headers, content_type="text/calendar; charset=utf-8")


def head(call: Call) -> Response:
    """400, also for an event: iCloud answers only GET, PROPFIND and reports."""
    return replies.empty(400)


def propfind(call: Call) -> Response:
    """Depth 0 and 1 for everything but the principal, which answers 400 to Depth 1."""
    wanted = _wanted(call)
    if call.target.kind == "nowhere":
        return replies.empty(404)
    if call.depth == "infinity":
        return replies.precondition_failed(403, d("propfind-finite-depth"))
    if call.target.kind == "principal" and call.depth == "1" and call.switches.principal_depth_one == "400":
        return replies.error_page(400)
    return replies.multistatus(_responses(call, wanted), call.switches)


def _wanted(call: Call) -> list[str] | None:
    """The names asked for; None for allprop."""
    if not call.request.get_data():
        return None
    root = call.xml()
    if root.tag != d("propfind"):
        raise Refusal(replies.error_page(400))
    asked = root.find(d("prop"))
    return None if asked is None else [child.tag for child in asked if isinstance(child.tag, str)]


def _responses(call: Call, wanted: list[str] | None) -> Iterator[str]:
    for path, available in _targets(call):
        if wanted is None:
            # iCloud omits resourcetype in the answer to allprop.
            found = [value for name, value in available.items() if name != properties.RESOURCETYPE]
            yield xml.response(call.href(path), xml.propstat(found))
        else:
            found, missing = properties.select(available, wanted)
            yield xml.response(call.href(path), xml.propstat(found, missing))


def _targets(call: Call) -> Iterator[tuple[str, Properties]]:
    """The target itself, then its members: path and properties of each."""
    target, switches = call.target, call.switches
    if target.kind == "root":
        yield call.request.path, properties.of_root(target.account)
    elif target.kind == "principal":
        path = "/principal/" if switches.short_principal_href else target.account.principal_path
        yield path, properties.of_principal(target.account, home=_home_url(call), switches=switches)
    elif target.kind == "home":
        yield from _home(call)
    elif target.kind == "box":
        path = f"{target.account.home_path}{target.name}/"
        yield path, properties.of_box(target.account, target.name, switches)
    elif target.kind == "calendar":
        yield from _calendar(call)
    else:
        yield from _resource(call)


def _home_url(call: Call) -> str:
    base = call.hosts.pod.rstrip("/") if call.switches.home_on_pod else ""
    return base + call.target.account.home_path


def _home(call: Call) -> Iterator[tuple[str, Properties]]:
    account, path = call.target.account, call.target.account.home_path
    yield path, properties.of_home(account, call.switches)
    if call.depth == "0":
        return
    for calendar in account.calendars.values():
        yield calendar.path, properties.of_calendar(calendar, call.switches)
    for box in account.store.layout.boxes:
        yield f"{path}{box}/", properties.of_box(account, box, call.switches)


def _calendar(call: Call) -> Iterator[tuple[str, Properties]]:
    calendar = call.target.collection
    yield calendar.path, properties.of_calendar(calendar, call.switches)
    if call.depth != "0":
        for name, resource in calendar.contents.members.items():
            yield calendar.path + name, properties.of_resource(resource)


def _resource(call: Call) -> Iterator[tuple[str, Properties]]:
    calendar, name = call.target.collection, call.target.name
    resource = calendar.contents.members.get(name)
    if resource is None:
        raise Refusal(replies.empty(404))
    yield calendar.path + name, properties.of_resource(resource)
