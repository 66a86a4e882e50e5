"""Interprets the parsed answers of a server."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from connections.dav.errors import (
    DavError,
    ForeignHost,
    RefusedAddress,
    TokenExpired,
    Unauthorized,
    Unavailable,
    Unencrypted,
)
from connections.dav.multistatus import APPLE, CS, WRITE_PRIVILEGES, C, D, Member, MultiStatus, StreamedMultiStatus
from connections.dav.values import RemoteCalendar, Resource

GONE = (404, 410)
PRIVILEGES = f"{D}current-user-privilege-set"
COLOR = re.compile(r"(#[0-9A-Fa-f]{6})(?:[0-9A-Fa-f]{2})?")
# Answers of a server that does not support sync-collection or refuses it without a token.
WITHOUT_REPORT = {400, 403, 405, 409, 412, 415, 422, 500, 501, 507}


@dataclass(frozen=True, slots=True)
class Page:
    """One answer to sync-collection. ``truncated``: the server has more changes (RFC 6578 3.6).

    ``refusal`` is the error status of the collection itself inside the answer, or None.
    """

    changed: dict[str, str]
    removed: frozenset[str]
    token: str
    truncated: bool
    refusal: int | None


def page_of(answer: MultiStatus | StreamedMultiStatus, collection: str) -> Page:
    """The members of a sync-collection answer without the collection itself and its subcollections.

    Only a 404 or 410 for the whole member is a removal. A member without an ETag or with any other status exists and
    has to be read. A member that is listed as both changed and removed counts as changed.
    """
    own: int | None = None
    changed: dict[str, str] = {}
    removed: set[str] = set()
    for member in answer.members:
        if _is(member, collection):
            own = own or own_status([member], collection)
        elif member.status in GONE:
            removed.add(member.path)
        elif not member.path.endswith("/"):
            changed[member.path] = etag_of(member)
    gone = frozenset(path for path in removed if path not in changed and not path.endswith("/"))
    return Page(changed, gone, answer.sync_token, own == 507, None if own == 507 else own)


def own_status(members: Iterable[Member], collection: str) -> int | None:
    """The error status of the collection itself in an answer, None if it has none.

    An answer with such a status does not list the collection, whatever else is in it.
    """
    own = (member.status for member in members if _is(member, collection))
    return next((status for status in own if status and not 200 <= status < 300), None)


def refuse_stuck_page(page: Page, answer: MultiStatus | StreamedMultiStatus, token: str, path: str) -> None:
    """Raise TokenExpired for a 207 that actually refuses the token of the request.

    Three kinds: the precondition is in the body; the page is truncated but has no member or no new token, so that the
    next request would be the same; or it has neither members nor a token, which RFC 6578 6.2 demands.
    """
    stuck = page.truncated and (not (page.changed or page.removed) or page.token in ("", token))
    stuck = stuck or not (answer.members or page.token)
    if stuck or answer.refuses_token:
        status = 507 if stuck else 403
        raise TokenExpired("a multistatus refuses the sync token", status=status, path=path)


def listed_of(members: Iterable[Member], collection: str) -> dict[str, str]:
    """Path -> ETag of the resources in the answer to a PROPFIND of Depth 1, without collections and 404s."""
    return {
        member.path: etag_of(member)
        for member in members
        if not _is(member, collection)
        and member.status not in GONE
        and f"{D}collection" not in member.tags(f"{D}resourcetype")
    }


def resources_of(members: Iterable[Member], wanted: frozenset[str]) -> dict[str, Resource]:
    """The wanted calendar objects in the answer to a multiget, if they have data.

    A resource that is listed twice with different data is left out, because nobody knows which one is right. XML turns
    CRLF into LF (XML 1.0 2.11), iCalendar needs CRLF (RFC 5545 3.1).
    """
    found: dict[str, set[Resource]] = {}
    for member in members:
        data = member.text(f"{C}calendar-data")
        if data and member.path in wanted:
            resource = Resource(member.path, etag_of(member), _crlf(data).encode())
            found.setdefault(member.path, set()).add(resource)
    return {path: resources.pop() for path, resources in found.items() if len(resources) == 1}


def _crlf(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text.replace("\n", "\r\n") + "\r\n"


def etag_of(member: Member) -> str:
    """The ETag of a member, "" if it has none."""
    return quoted(member.text(f"{D}getetag"))


def quoted(etag: str) -> str:
    """An ETag as headers need it (RFC 9110 8.8.3): missing quotes are added."""
    etag = etag.strip()
    if not etag or etag.startswith(('"', 'W/"')):
        return etag
    return f'"{etag}"'


def knows_privileges(member: Member) -> bool:
    """Does the server report privileges for this member, or refuse to?"""
    return PRIVILEGES in member.props or member.refused.get(PRIVILEGES, 404) != 404


def calendar_of(member: Member, *, controlled: bool) -> RemoteCalendar | None:
    """A member of the home as a calendar, None if it is no calendar for events.

    ``controlled``: the server has access control, so a calendar without privileges is read-only.
    """
    types = member.tags(f"{D}resourcetype")
    if f"{C}calendar" not in types or not _takes_events(member):
        return None
    writable = bool(WRITE_PRIVILEGES & member.tags(PRIVILEGES)) if controlled else True
    color = COLOR.fullmatch(member.text(f"{APPLE}calendar-color"))
    return RemoteCalendar(
        path=member.path.rstrip("/") + "/",
        name=" ".join(member.text(f"{D}displayname").split()) or _last_name(member.path),
        color=color[1].upper() if color else "",
        writable=writable,
        shared=bool(types & {f"{CS}shared", f"{CS}shared-owner"}),
        token=member.text(f"{D}sync-token") or member.text(f"{CS}getctag"),
    )


def _takes_events(member: Member) -> bool:
    offered = member.props.get(f"{C}supported-calendar-component-set")
    names = [] if offered is None else [(comp.get("name") or "").upper() for comp in offered.iter(f"{C}comp")]
    return not names or "VEVENT" in names


def _last_name(path: str) -> str:
    return unquote(path.rstrip("/").rpartition("/")[2])


def _is(member: Member, collection: str) -> bool:
    return member.path.rstrip("/") == collection.rstrip("/")


def is_expired(refusal: DavError) -> bool:
    """Does this error of a request with a token mean that the token is refused?

    Servers answer 403 with or without the precondition (RFC 6578 3.2; iCloud without), 409, 410, 412 (Xandikos), 507,
    500 (Apple's open server, for a token of another calendar), 400, 405, 415, 422, 501, or something that is no
    multistatus. If the cause is different, the listing without a token that follows will show it. It is not tried if
    it would fail too: with a wrong password, for a missing collection, or if the server does not answer.
    """
    if isinstance(refusal, Unavailable):
        return refusal.status in (500, 501, 507)
    if isinstance(refusal, (Unauthorized, ForeignHost, RefusedAddress, Unencrypted)):
        return False
    return isinstance(refusal, TokenExpired) or refusal.status != 404


def lacks_report(refusal: DavError) -> bool:
    """Does this error of a request without a token mean that the server has no sync-collection?"""
    return isinstance(refusal, TokenExpired) or refusal.status in WITHOUT_REPORT
