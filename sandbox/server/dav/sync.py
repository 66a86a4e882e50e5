"""REPORT sync-collection (RFC 6578): what changed since a token."""

from __future__ import annotations

from werkzeug import Response

from sandbox.server.dav import properties, replies, xml
from sandbox.server.dav.call import Call
from sandbox.server.dav.multiget import wanted_properties
from sandbox.server.dav.replies import Refusal
from sandbox.server.dav.xml import d
from sandbox.server.store.contents import Resource, Tombstone, read_token, write_token

_FULL = "HTTP/1.1 507 Insufficient Storage"


def sync_collection(call: Call, root: xml.Element) -> Response:
    """The changes since the token; an empty token lists everything. Depth 0 and 1 mean the same."""
    token = (root.findtext(d("sync-token")) or "").strip()
    if call.target.kind == "home":
        return _home(call, token)
    contents = call.target.collection.contents
    revision = _revision(call, token, contents.serial, contents.generation, contents.revision)
    changes = contents.since(revision)
    if not revision:
        changes = [change for change in changes if isinstance(change[1], Resource)]
    page = changes[: _limit(call, root)]
    reached = page[-1][1].revision if len(page) < len(changes) else contents.revision
    responses = _members(call, page, wanted_properties(root))
    if len(page) < len(changes):
        responses.append(xml.status_response(call.href(call.target.collection.path), _FULL))
    new = write_token(contents.serial, contents.generation, reached, form=call.switches.token_form)
    return replies.multistatus(responses, call.switches, token=new)


def _limit(call: Call, root: xml.Element) -> int | None:
    asked = root.findtext(f"{d('limit')}/{d('nresults')}")
    return int(asked) if asked and call.switches.honours_limit else call.switches.sync_page


def _members(call: Call, changes: list[tuple[str, Resource | Tombstone]], wanted: list[str]) -> list[str]:
    path = call.target.collection.path
    responses = [_itself(call)] if call.switches.sync_lists_itself else []
    for name, change in changes:
        href = call.href(path + name)
        if isinstance(change, Tombstone):
            response = xml.status_response(href)
        else:
            available = properties.of_resource(change)
            response = xml.response(href, xml.propstat(*properties.select(available, wanted)))
        responses += [response] * (2 if call.switches.sync_repeats else 1)
    return responses


def _itself(call: Call) -> str:
    contents = call.target.collection.contents
    etag = xml.element(d("getetag"), f'"c{contents.serial:x}r{contents.revision:x}"')
    return xml.response(call.href(call.target.collection.path), xml.propstat([etag]))


def _revision(call: Call, token: str, serial: int, generation: int, newest: int) -> int:
    """The revision that a token stands for, 0 for an empty one. An unknown token gets one of ten answers."""
    if not token:
        return 0
    try:
        given_serial, given_generation, revision = read_token(token)
    except ValueError:
        return _refuse(call, newest)
    if (given_serial, given_generation) != (serial, generation) or revision > newest:
        return _refuse(call, newest)
    return revision


def _refuse(call: Call, newest: int) -> int:
    how = call.switches.expired_token
    if how == "207-everything":
        return 0
    if how == "207-nothing":
        return newest
    if how == "403-precondition":
        raise Refusal(replies.precondition_failed(403, d("valid-sync-token")))
    if how == "207-error":
        error = f"<error>{xml.element(d('valid-sync-token'))}</error>"
        content = f"<status>HTTP/1.1 403 Forbidden</status>{error}"
        response = xml.response(call.href(call.request.path), content)
        raise Refusal(replies.multistatus([response], call.switches))
    raise Refusal(replies.empty(int(how)))


def _home(call: Call, token: str) -> Response:
    account = call.target.account
    if not call.switches.sync_on_home:
        return replies.error_page(400)
    revision = _revision(call, token, int(account.dsid), account.generation, account.revision)
    changed = [calendar for calendar in account.calendars.values() if calendar.touched > revision]
    responses = [
        xml.response(call.href(calendar.path), xml.propstat([xml.element(d("getetag"), f'"{calendar.touched:x}"')]))
        for calendar in changed
    ]
    if revision:
        gone = (name for name, when in account.removed.items() if when > revision)
        responses += [xml.status_response(call.href(f"{account.home_path}{name}/")) for name in gone]
    return replies.multistatus(responses, call.switches, token=properties.home_token(account, call.switches))
