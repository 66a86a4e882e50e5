"""REPORT: passes the request to one of the reports."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug import Response

from sandbox.server.dav import multiget, query, replies, sync, xml
from sandbox.server.dav.call import Call
from sandbox.server.dav.xml import c, d

REPORTS: dict[str, Callable[[Call, xml.Element], Response]] = {
    d("sync-collection"): sync.sync_collection,
    c("calendar-multiget"): multiget.calendar_multiget,
    c("calendar-query"): query.calendar_query,
}


def report(call: Call) -> Response:
    """Answer one of three reports; every other one, such as free-busy-query, gets 400 and a page."""
    root = call.xml()
    if call.target.kind == "nowhere":
        return replies.empty(404)
    answer = REPORTS.get(root.tag)
    if answer is None or call.target.kind in {"root", "principal", "resource"}:
        return replies.error_page(400)
    if call.target.kind == "home" and root.tag != d("sync-collection"):
        return replies.error_page(int(call.switches.home_report))
    if call.target.kind == "box":
        return replies.multistatus([], call.switches)
    return answer(call, root)
