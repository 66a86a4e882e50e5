"""PUT, DELETE and MOVE of resources."""

from __future__ import annotations

import re

from werkzeug import Response

from sandbox.ical import ics
from sandbox.server.dav import replies
from sandbox.server.dav.call import Call
from sandbox.server.dav.paths import locate
from sandbox.server.dav.replies import Refusal
from sandbox.server.dav.xml import c, d
from sandbox.server.store.contents import Resource

MAX_BYTES = 20 * 1024 * 1024
_PLAIN = re.compile(r"[!-~]+")


def put(call: Call) -> Response:
    """Store a resource byte for byte, unless iCloud would refuse it."""
    if call.target.kind != "resource":
        return replies.empty(404) if call.target.kind == "nowhere" else replies.error_page(400)
    contents, name = call.target.collection.contents, call.target.name
    old = contents.members.get(name)
    _require_write_access(call)
    _require_conditions(call, old)
    sent = call.request.get_data()
    _check(call, sent)
    _check_uid(call, ics.outline(sent).uid)
    path = call.target.collection.path + name
    honours_agent = call.switches.honours_schedule_agent
    data = call.recorder.written(
        call.target.account, path, sent, old.data if old else None, honours_agent=honours_agent
    )
    resource = contents.put(name, data)
    tells = call.switches.etag_on_put and (data == sent or call.switches.etag_if_changed)
    headers = {"ETag": resource.etag} if tells else {}
    return replies.empty(204 if old else 201, **headers)


def delete(call: Call) -> Response:
    """Delete a resource, or a whole calendar."""
    if call.target.kind == "calendar":
        call.target.collection.remove()
        return replies.empty(204)
    if call.target.kind != "resource":
        return replies.empty(404 if call.target.kind == "nowhere" else 403)
    contents, name = call.target.collection.contents, call.target.name
    old = contents.members.get(name)
    if old is None and "If-Match" not in call.request.headers:
        return replies.empty(404)
    _require_write_access(call)
    if old is None:
        return replies.empty(404)
    _require_conditions(call, old)
    path = call.target.collection.path + name
    honours_agent = call.switches.honours_schedule_agent
    call.recorder.deleted(call.target.account, path, old.data, honours_agent=honours_agent)
    contents.delete(name)
    return replies.empty(204)


def move(call: Call) -> Response:
    """iCloud answers 412 to a MOVE between calendars; the switch lets it succeed."""
    if call.switches.move == "412":
        return replies.empty(412)
    target = locate(call.path_of(call.request.headers.get("Destination", "")), call.target.account)
    if call.target.kind != "resource" or target.kind != "resource":
        return replies.empty(409)
    source = call.target.collection.contents
    if call.target.name not in source.members:
        return replies.empty(404)
    data = source.members[call.target.name].data
    source.delete(call.target.name)
    target.collection.contents.put(target.name, data)
    return replies.empty(201)


def _require_write_access(call: Call) -> None:
    if call.target.collection.read_only:
        raise Refusal(replies.precondition_failed(403, d("need-privileges")))


def _require_conditions(call: Call, old: Resource | None) -> None:
    match = call.request.headers.get("If-Match", "").strip()
    none_match = call.request.headers.get("If-None-Match", "").strip()
    if none_match == "*" and old is not None:
        raise Refusal(replies.empty(412))
    if match == "*":
        backwards = call.switches.wildcard_if_match == "backwards"
        if (old is not None) == backwards:
            raise Refusal(replies.empty(412))
    elif match and (old is None or old.etag not in [tag.strip() for tag in match.split(",")]):
        raise Refusal(replies.empty(412))


def _check(call: Call, data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise Refusal(replies.empty(413))
    _check_strictly(call, data)
    try:
        outline = ics.outline(data)
    except ics.NotCalendar as error:
        raise Refusal(replies.precondition_failed(403, c("valid-calendar-data"))) from error
    _check_outline(call, outline)


def _check_outline(call: Call, outline: ics.Outline) -> None:
    if not outline.kinds <= set(call.target.collection.components) or not outline.kinds:
        raise Refusal(replies.precondition_failed(403, c("supported-calendar-component")))
    if outline.method or len(outline.kinds) > 1 or len(outline.uids) != 1 or not outline.uid:
        raise Refusal(replies.precondition_failed(403, c("valid-calendar-object-resource")))
    if outline.endless and call.switches.no_end != "201":
        # As if the calendar did not exist.
        raise Refusal(replies.empty(int(call.switches.no_end)))
    if outline.undefined_zones and call.switches.strict_time_zones:
        raise Refusal(replies.precondition_failed(403, c("valid-calendar-data")))
    odd = not _PLAIN.fullmatch(outline.uid) or not _PLAIN.fullmatch(call.target.name)
    if odd and call.switches.odd_names == "403":
        raise Refusal(replies.empty(403))


def _check_strictly(call: Call, data: bytes) -> None:
    switches = call.switches
    if switches.strict_content_type and call.request.mimetype != "text/calendar":
        raise Refusal(replies.precondition_failed(403, c("supported-calendar-data")))
    if switches.strict_line_ends and re.search(rb"(?<!\r)\n", data):
        raise Refusal(replies.precondition_failed(403, c("valid-calendar-data")))


def _check_uid(call: Call, uid: str) -> None:
    """A UID may exist only once in an account or a calendar, and an update may not change it."""
    how = call.switches.uid_conflict
    path = call.target.collection.path + call.target.name
    taken = call.target.account.find(uid) if how != "400-in-calendar" else call.target.collection.find(uid)
    calendars = call.target.account.calendars.values()
    lag = call.switches.uid_lag_seconds
    lingers = not taken and any(one.contents.remembers(uid, lag) for one in calendars)
    old = call.target.collection.contents.members.get(call.target.name)
    changed = old is not None and old.uid != uid
    if how == "accepted" or not (lingers or changed or (taken and taken != path)):
        return
    location = {"Location": call.href(taken)} if taken and not changed else {}
    if how == "403":
        raise Refusal(replies.empty(403, **location))
    if how == "400-in-calendar":
        raise Refusal(replies.message(400, "Calendar object with uid already exists in this calendar collection."))
    raise Refusal(replies.precondition_failed(int(how[:3]), c("no-uid-conflict"), **location))
