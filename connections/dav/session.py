"""One account's conversation: discover, list, changes, fetch, put, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import TracebackType
from typing import Self

from connections.dav import requests
from connections.dav.multiget import fetch_in_batches
from connections.dav.responses import (
    Page,
    calendar_of,
    etag_of,
    is_expired,
    knows_privileges,
    lacks_report,
    listed_of,
    own_status,
    page_of,
    quoted,
    refuse_stuck_page,
    resources_of,
)
from connections.dav.urls import Account, allowed, collection_path, host_of, origin_of, path_of

from .client import Answer, Client, raise_for_status, refuse_page
from .errors import DavError, ForeignHost, NotCalDav, NotFound, TokenExpired, Unavailable
from .multistatus import C, D, Member
from .values import Changes, Fetched, Home, RemoteCalendar, Resource

XML = {"Content-Type": "application/xml; charset=utf-8"}
CALENDAR = {"Content-Type": "text/calendar; charset=utf-8"}
MAX_PAGES = 100


class Session:
    """One account at its server. A context manager; not to be shared between threads.

    ``timeout`` is for each connect and each read in seconds, ``deadline`` a ``time.monotonic()``
    instant for everything together. ``requests`` counts what was sent, redirects included.
    ``origin`` is the scheme://host:port that answered last: keep it in the next Account, so that a
    redirect is paid once. Every method raises the errors of ``errors`` and nothing else.
    """

    fetch_batch = 50

    def __init__(self, account: Account, *, timeout: float = 30, deadline: float | None = None) -> None:
        self._client = Client(account, timeout=timeout, deadline=deadline)
        self._entry = self._client.entry
        self._start = path_of(account.url)
        known = origin_of(account.origin)
        self.origin = known if allowed(self._entry, known) else self._entry

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        trouble: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def requests(self) -> int:
        """How many HTTP requests were sent so far."""
        return int(self._client.requests)

    def discover(self) -> Home:
        """The principal and its calendar home, asked from the account's URL and nowhere else.

        A home on another host that may have the password keeps its path and becomes ``origin``
        (iCloud names the pod); on any other host: ForeignHost, with nothing sent there.
        """
        self.origin = self._entry
        answered = self._one(self._start, requests.PRINCIPAL)
        principal = answered.href(f"{D}current-user-principal")
        if not principal:
            raise NotCalDav("the server names no principal", path=self._start)
        self._move_to(principal)
        answered = self._one(path_of(principal), requests.HOME_SET)
        home = answered.href(f"{C}calendar-home-set")
        if not home:
            raise NotCalDav("the principal has no calendar home", path=path_of(principal))
        self._move_to(home)
        addresses = {address.lower() for address in answered.hrefs(f"{C}calendar-user-address-set")}
        return Home(path_of(principal), collection_path(home), frozenset(addresses | {path_of(principal).lower()}))

    def calendars(self, home: str) -> list[RemoteCalendar]:
        """The event calendars in a home, by one PROPFIND of Depth 1.

        What is no CalDAV calendar (inbox, outbox, subscriptions) or takes no VEVENT is left out. A
        calendar is writable if we have write, write-content or bind on it; one that reports no
        privileges counts as read-only, unless no entry of the home reports any, refused ones
        included: then the server knows no access control and lets its user write.
        """
        members = self._inside(collection_path(home), requests.CALENDARS)
        controlled = any(knows_privileges(member) for member in members)
        found = (calendar_of(member, controlled=controlled) for member in members)
        return [calendar for calendar in found if calendar is not None]

    def changes(self, path: str, token: str) -> Changes:
        """What changed in a calendar since ``token`` (RFC 6578 3.2); everything for an empty token.

        Pages are followed, the collection itself is no member, repeated members count once. A member
        with neither properties nor a clear 404 counts as changed: reading it will tell. Raises
        TokenExpired if a token was given and is refused in any way servers have for that, the bare
        403 and 500 included; a 404 of the collection is NotFound.
        """
        path = collection_path(path)
        page = self._page(path, token, began=token)
        changed, removed = page.changed, page.removed
        for _ in range(MAX_PAGES):
            if not page.truncated:
                return Changes(changed, removed, page.token, complete=not token)
            page = self._page(path, page.token, began=token)
            changed = {href: changed[href] for href in changed.keys() - page.removed} | page.changed
            removed = (removed - frozenset(page.changed)) | page.removed
        raise Unavailable("more pages than a calendar can have", path=path)

    def _page(self, path: str, token: str, *, began: str) -> Page:
        # The library hides a refused token behind a listing of its own and a made-up token, and a
        # listing that fails half-way then reads like mass deletion. Here every refusal is an error.
        try:
            answer = self._ask("REPORT", path, requests.sync_collection(token), XML | {"Depth": "0"})
            found = answer.multistatus()
            page = page_of(found, path)
            if page.refusal and began:  # what is wrong with the collection, a listing without a token tells
                raise TokenExpired("the collection is refused in its delta", status=page.refusal, path=path)
            _refuse_inside(answer, page.refusal, "REPORT")
            refuse_stuck_page(page, found, token, path)
        except DavError as refusal:
            if began and is_expired(refusal):
                raise TokenExpired("the sync token is refused", status=refusal.status, path=path) from refusal
            raise
        return page

    def listing(self, path: str) -> Changes:
        """Everything in a calendar, by sync-collection, or by PROPFIND where that is not supported.

        ``complete`` is True and ``removed`` empty: deleted members that an initial answer names are
        dropped. The token is "" where the server gives none.
        """
        path = collection_path(path)
        try:
            everything = self.changes(path, "")
        except DavError as refusal:
            if not lacks_report(refusal):
                raise
            members = self._inside(path, requests.ETAGS)
            return Changes(listed_of(members, path), frozenset(), "", complete=True)
        return Changes(everything.changed, frozenset(), everything.token, complete=True)

    def fetch(self, path: str, hrefs: Sequence[str]) -> Fetched:
        """The named resources of a calendar, by calendar-multiget (RFC 4791 7.9) in batches.

        ``missing`` are those answered with 404, an empty status or no data, left out, or unreadable
        even alone: none of that is a deletion. Raises Unauthorized, Forbidden, NotFound (the
        calendar), ForeignHost, and Unavailable if nothing at all was answered.
        """
        path = collection_path(path)
        wanted = list(dict.fromkeys(path_of(href) for href in hrefs))

        def ask(batch: Sequence[str]) -> dict[str, Resource]:
            answer = self._ask("REPORT", path, requests.multiget(batch), XML)
            return resources_of(answer.multistatus().members, frozenset(batch))

        return fetch_in_batches(ask, wanted, size=self.fetch_batch)

    def get(self, href: str) -> Resource:
        """One resource as the server serves it; NotFound, and NotCalDav for what is no calendar."""
        answer = self._ask("GET", path_of(href))
        if not answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].upper() == b"BEGIN:VCALENDAR":
            raise NotCalDav("the answer is no calendar", status=answer.status, path=answer.path)
        return Resource(answer.path, quoted(answer.headers.get("etag", "")), answer.body)

    def etag(self, href: str) -> str:
        """The current ETag of a resource, "" if the server gives none; NotFound."""
        return etag_of(self._one(path_of(href), requests.ETAG))

    def exists(self, path: str) -> bool:
        """Does the collection itself answer? False only for 404 and 410."""
        try:
            self._one(collection_path(path), requests.RESOURCE_TYPE)
        except NotFound:
            return False
        return True

    def put(self, href: str, data: bytes, *, etag: str = "") -> str:
        """Create a resource (no ``etag``) or replace the version ``etag`` names; its new ETag, or "".

        Always conditional: If-None-Match: * for a create, If-Match with the concrete ETag for an
        update, never If-Match: *, which iCloud answers the wrong way round. Raises Conflict if it is
        there already, has changed, or the account holds its UID elsewhere (``location``); also if this
        very write was done before but its answer was lost on the way, so compare before believing it.
        """
        condition = {"If-Match": _concrete(etag)} if etag else {"If-None-Match": "*"}
        answer = self._ask("PUT", path_of(href), data, CALENDAR | condition)
        refuse_page(answer)
        return quoted(answer.headers.get("etag", ""))

    def delete(self, href: str, *, etag: str) -> None:
        """Delete the version ``etag`` names. Conflict if it has changed, NotFound if it is gone."""
        refuse_page(self._ask("DELETE", path_of(href), headers={"If-Match": _concrete(etag)}))

    def _move_to(self, href: str) -> None:
        # Hrefs are paths; only a full URL names a host, and only one that may have the password counts.
        if "://" not in href:
            return
        if not allowed(self._entry, origin_of(href)):
            raise ForeignHost(host_of(href), path=path_of(href))
        self.origin = origin_of(href)

    def _inside(self, path: str, body: bytes) -> list[Member]:
        """The collection itself and what it holds; so an answer without any member says nothing about it."""
        answer = self._ask("PROPFIND", path, body, XML | {"Depth": "1"})
        members = answer.multistatus().members
        if not members:
            raise NotCalDav("an empty multistatus", path=path)
        _refuse_inside(answer, own_status(members, path), "PROPFIND")
        return members

    def _one(self, path: str, body: bytes) -> Member:
        # iCloud writes "/principal/" for "/<id>/principal/": with one member its href does not matter.
        answer = self._ask("PROPFIND", path, body, XML | {"Depth": "0"})
        members = answer.multistatus().members
        if not members:
            raise NotCalDav("an empty multistatus", path=path)
        member = next((member for member in members if member.path == path), members[0])
        _refuse_inside(answer, member.status, "PROPFIND")
        return member

    def _ask(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        # A remembered origin may be a pod the account has left: then it is silent or knows nothing of
        # it, and the entry host is asked before that is believed.
        remembered = self.origin
        try:
            return self._ask_origin(method, path, body, headers)
        except (NotFound, Unavailable) as trouble:
            if remembered == self._entry or not _may_have_moved(trouble):
                raise
            self.origin = self._entry
        try:
            return self._ask_origin(method, path, body, headers)
        except NotFound:
            self.origin = remembered
            raise

    def _ask_origin(self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None) -> Answer:
        answer = self._client.request(f"{self.origin}{path}", method, body, headers)
        raise_for_status(answer, method)
        self.origin = answer.origin
        return answer


def _refuse_inside(answer: Answer, status: int | None, method: str) -> None:
    """Raise what ``status``, said inside a 207 of what was asked for, would mean as the status of the answer."""
    if status:
        raise_for_status(replace(answer, status=status, body=b""), method)


def _may_have_moved(trouble: DavError) -> bool:
    return isinstance(trouble, NotFound) or trouble.status in (None, 421)


def _concrete(etag: str) -> str:
    if not etag or etag == "*":
        raise DavError("a write needs the ETag of the version it means")
    if not (etag.isascii() and etag.isprintable()):
        raise DavError("the server's ETag fits into no header")
    # If-Match compares strongly (RFC 9110 13.1.1), so a weak ETag matches nowhere; often it is a strong one that a
    # compressing proxy has marked as weak.
    return quoted(etag).removeprefix("W/")
