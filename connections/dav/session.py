"""The operations on a CalDAV account: discover, list, read changes, fetch, put, delete."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self

from connections.dav import requests
from connections.dav.batch_size import MIN_BATCH
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
from connections.dav.urls import Credentials, allowed, collection_path, origin_of, path_of
from practice.version import version

from .client import Answer, Client, Exchanges, named_origin, raise_for_status, refuse_page
from .errors import DavError, NotCalDav, NotFound, TokenExpired, Unavailable
from .kept import KeptClient
from .multistatus import C, D, Member
from .values import Changes, Fetched, Home, HomeListing, RemoteCalendar, Resource

XML = {"Content-Type": "application/xml; charset=utf-8"}
CALENDAR = {"Content-Type": "text/calendar; charset=utf-8"}
MAX_PAGES = 100


class Session:
    """One account at its server. A context manager, not to be shared between threads: these use ``lent``.

    ``timeout`` is for each connect and each read, in seconds. ``deadline`` is a ``time.monotonic()`` instant for all
    requests together. ``requests`` counts the requests sent, including redirects. ``origin`` is the scheme://host:port
    that answered last: pass it on in the next Credentials, so that the redirect is followed only once. Every method
    raises the errors of ``errors`` and no others. ``kept``: over connections that are kept for other accounts of the
    same host (see ``kept``), which saves most of the time of a single request.
    """

    fetch_batch = MIN_BATCH

    def __init__(
        self, account: Credentials, *, timeout: float = 30, deadline: float | None = None, kept: bool = False
    ) -> None:
        self._client: Exchanges = (KeptClient if kept else Client)(account, timeout=timeout, deadline=deadline)
        self._entry = self._client.entry
        self._start = path_of(account.url)
        known = origin_of(account.origin)
        self.origin = known if allowed(self._entry, known) else self._entry
        self._account = account
        self._idle: list[Session] = [self]
        self._others: list[Session] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        for other in self._others:
            other.close()
        self._client.close()

    def interrupt(self) -> None:
        """Let every request fail that is under way, in whatever thread. The session is of no use afterwards."""
        for session in (self, *self._others):
            session._client.interrupt()

    @property
    def requests(self) -> int:
        """The number of HTTP requests sent so far."""
        return int(self._client.requests) + sum(other.requests for other in self._others)

    @property
    def status(self) -> int | None:
        """The HTTP status of the last answer, None if there was none."""
        return self._client.status

    @property
    def answers(self) -> dict[str, int]:
        """How many answers came so far by method and status, such as "PROPFIND 207"; the status is "none" for none."""
        return dict(sum((Counter(other.answers) for other in self._others), self._client.answers))

    @contextmanager
    def lent(self) -> Iterator[Session]:
        """A context with a session for the thread that asks: this one if no thread has it, else another one.

        The others share its account, origin, timeout and deadline, and are closed with it.
        """
        try:
            session = self._idle.pop()
        except IndexError:
            account = replace(self._account, origin=self.origin)
            session = Session(account, timeout=self._client.timeout_seconds, deadline=self._client.deadline)
            self._others.append(session)
        try:
            yield session
        finally:
            self._idle.append(session)

    def discover(self) -> Home:
        """The principal and its calendar home, found from the URL of the account.

        If the home is on another host that may have the password, that host becomes ``origin`` (iCloud names the
        pod). For any other host ForeignHost is raised, for http Downgraded, and nothing is sent there.
        """
        self.origin = self._entry
        answered = self._member(self._start, requests.PRINCIPAL)
        principal = answered.href(f"{D}current-user-principal")
        if not principal:
            raise NotCalDav("the server names no principal", path=self._start)
        self._follow_host(principal)
        answered = self._member(path_of(principal), requests.HOME_SET)
        home = answered.href(f"{C}calendar-home-set")
        if not home:
            raise NotCalDav("the principal has no calendar home", path=path_of(principal))
        self._follow_host(home)
        addresses = {address.lower() for address in answered.hrefs(f"{C}calendar-user-address-set")}
        return Home(path_of(principal), collection_path(home), frozenset(addresses | {path_of(principal).lower()}))

    def calendars(self, home: str) -> list[RemoteCalendar]:
        """The event calendars in a home, found with one PROPFIND of Depth 1.

        Collections that are no CalDAV calendars (inbox, outbox, subscriptions) or accept no VEVENT are left out. A
        calendar is writable if it grants write, write-content or bind. If it reports no privileges it is read-only,
        unless no member of the home reports or refuses any: then the server has no access control.
        """
        return self.home_listing(home).calendars

    def home_listing(self, home: str, known: str = "") -> HomeListing:
        """The same with its digest. If that is `known`, nothing is parsed: it says what the known one said."""
        path = collection_path(home)
        answer = self._request("PROPFIND", path, requests.CALENDARS, XML | {"Depth": "1"})
        digest = listing_digest(answer)
        if known and digest == known:
            return HomeListing([], digest, same=True)
        members = self._listed(answer)
        controlled = any(knows_privileges(member) for member in members)
        found = (calendar_of(member, controlled=controlled) for member in members)
        return HomeListing([calendar for calendar in found if calendar is not None], digest)

    def changes(self, path: str, token: str) -> Changes:
        """The changes in a calendar since ``token`` (RFC 6578 3.2); all resources for an empty token.

        All pages are read. The collection itself is left out, and repeated members count once. A member with neither
        properties nor a clear 404 counts as changed, because reading it will show. Raises TokenExpired if a token was
        given and is refused in any of the ways in which servers do so, also with a bare 403 or 500; NotFound if the
        collection answers 404.
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
        # Every refusal is an error. The library would list the collection itself and invent a token, and a listing
        # that is cut off would then look like a mass deletion.
        try:
            answer = self._request("REPORT", path, requests.sync_collection(token), XML | {"Depth": "0"})
            found = answer.streamed()
            page = page_of(found, path)
            answer.refuse_late()
            if page.refusal and began:  # the listing without a token will show what is wrong
                raise TokenExpired("the collection is refused in the answer", status=page.refusal, path=path)
            _raise_for_inner_status(answer, page.refusal, "REPORT")
            refuse_stuck_page(page, found, token, path)
        except DavError as refusal:
            if began and is_expired(refusal):
                raise TokenExpired("the sync token is refused", status=refusal.status, path=path) from refusal
            raise
        return page

    def listing(self, path: str) -> Changes:
        """All resources of a calendar, by sync-collection, or by PROPFIND if the server does not support that.

        ``complete`` is True and ``removed`` is empty: deleted members in a first answer are dropped. The token is ""
        if the server gives none.
        """
        path = collection_path(path)
        try:
            everything = self.changes(path, "")
        except DavError as refusal:
            if not lacks_report(refusal):
                raise
            members = self._members(path, requests.ETAGS)
            return Changes(listed_of(members, path), frozenset(), "", complete=True)
        return Changes(everything.changed, frozenset(), everything.token, complete=True)

    def fetch(self, path: str, hrefs: Sequence[str]) -> Fetched:
        """The named resources of a calendar, by calendar-multiget (RFC 4791 7.9) in batches.

        ``missing`` are the resources that were left out, or answered with 404, an empty status or no data, or that
        fail even alone. This does not mean that they are deleted. Raises Unauthorized, Forbidden, NotFound (for the
        calendar), ForeignHost, and Unavailable if the server answered nothing at all.
        """
        path = collection_path(path)
        wanted = list(dict.fromkeys(path_of(href) for href in hrefs))
        return fetch_in_batches(partial(self._multiget, path), wanted, size=self.fetch_batch)

    def fetch_at_once(self, path: str, hrefs: Sequence[str]) -> Fetched:
        """The named resources by one calendar-multiget, whatever their number. Raises what the request raises."""
        path = collection_path(path)
        wanted = list(dict.fromkeys(path_of(href) for href in hrefs))
        found = self._multiget(path, wanted)
        return Fetched(found, frozenset(wanted) - found.keys())

    def _multiget(self, path: str, hrefs: Sequence[str]) -> dict[str, Resource]:
        answer = self._request("REPORT", path, requests.multiget(hrefs), XML)
        found = resources_of(answer.streamed().members, frozenset(hrefs))
        answer.refuse_late()
        return found

    def between(self, path: str, start: datetime, end: datetime) -> list[Resource]:
        """The resources of a calendar with an event that touches [start, end), aware instants; one request.

        For looking only: iCloud leaves out an occurrence that was moved into the span from far away.
        """
        path = collection_path(path)
        answer = self._request("REPORT", path, requests.events_between(start, end), XML | {"Depth": "1"})
        found = answer.multistatus()
        _raise_for_inner_status(answer, own_status(found.members, path), "REPORT")
        return list(resources_of(found.members, frozenset(member.path for member in found.members)).values())

    def get(self, href: str) -> Resource:
        """One resource as the server sends it. Raises NotFound, and NotCalDav if it is no calendar file."""
        answer = self._request("GET", path_of(href))
        if not answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].upper() == b"BEGIN:VCALENDAR":
            raise NotCalDav("the answer is no calendar", status=answer.status, path=answer.path)
        return Resource(answer.path, quoted(answer.headers.get("etag", "")), answer.body)

    def etag(self, href: str) -> str:
        """The current ETag of a resource, "" if the server gives none. Raises NotFound."""
        return etag_of(self._member(path_of(href), requests.ETAG))

    def exists(self, path: str) -> bool:
        """Does the collection exist? False only for 404 and 410."""
        try:
            self._member(collection_path(path), requests.RESOURCE_TYPE)
        except NotFound:
            return False
        return True

    def put(self, href: str, data: bytes, *, etag: str = "") -> str:
        """Create a resource (no ``etag``) or replace the version with this ``etag``. Returns the new ETag, or "".

        The request is always conditional: If-None-Match: * to create, If-Match with a concrete ETag to update; never
        If-Match: *, to which iCloud answers the opposite. Raises Conflict if the resource exists already, has changed,
        or another one has its UID (``location``). Conflict is also raised if this write succeeded before and only its
        answer was lost, so the caller has to compare.
        """
        condition = {"If-Match": _concrete(etag)} if etag else {"If-None-Match": "*"}
        answer = self._request("PUT", path_of(href), data, CALENDAR | condition)
        refuse_page(answer)
        return quoted(answer.headers.get("etag", ""))

    def delete(self, href: str, *, etag: str) -> None:
        """Delete the version with this ``etag``. Raises Conflict if it has changed, NotFound if it is gone.

        A multistatus says that something was not deleted (RFC 4918 9.6.1): the error in it is raised, or Unavailable
        if it names none.
        """
        answer = self._request("DELETE", path_of(href), headers={"If-Match": _concrete(etag)})
        refuse_page(answer)
        if answer.status == 207:
            for member in answer.multistatus().members:
                _raise_for_inner_status(answer, member.status, "DELETE")
            raise Unavailable("a multistatus in answer to DELETE", status=207, path=path_of(href))

    def _follow_host(self, href: str) -> None:
        self.origin = named_origin(self._entry, href) or self.origin

    def _members(self, path: str, body: bytes) -> list[Member]:
        """The collection and its members. Since it lists itself, an answer without any member is no valid listing."""
        return self._listed(self._request("PROPFIND", path, body, XML | {"Depth": "1"}))

    def _listed(self, answer: Answer) -> list[Member]:
        members = answer.multistatus().members
        if not members:
            raise NotCalDav("an empty multistatus", path=answer.path)
        _raise_for_inner_status(answer, own_status(members, answer.path), "PROPFIND")
        return members

    def _member(self, path: str, body: bytes) -> Member:
        # iCloud writes "/principal/" for "/<id>/principal/", so the href of a single member is not compared.
        answer = self._request("PROPFIND", path, body, XML | {"Depth": "0"})
        members = answer.multistatus().members
        if not members:
            raise NotCalDav("an empty multistatus", path=path)
        member = next((member for member in members if member.path == path), members[0])
        _raise_for_inner_status(answer, member.status, "PROPFIND")
        return member

    def _request(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        # A remembered origin may be a pod that no longer has the account. Such a pod answers 404 or not at all, so
        # the entry host is asked before the answer is believed.
        remembered = self.origin
        try:
            return self._request_at_origin(method, path, body, headers)
        except (NotFound, Unavailable) as error:
            if remembered == self._entry or not _may_have_moved(error):
                raise
            self.origin = self._entry
        try:
            return self._request_at_origin(method, path, body, headers)
        except NotFound:
            self.origin = remembered
            raise

    def _request_at_origin(self, method: str, path: str, body: bytes, headers: Mapping[str, str] | None) -> Answer:
        answer = self._client.request(f"{self.origin}{path}", method, body, headers)
        raise_for_status(answer, method)
        self.origin = answer.origin
        return answer


def listing_digest(answer: Answer) -> str:
    """What identifies the answer to the listing of a home; "" for what is no multistatus.

    Equal digests mean: listed at the same path, asked for the same properties and read by the same version.
    """
    if answer.status != 207:
        return ""
    return hashlib.sha256(b"\0".join((_LISTING_VERSION, answer.path.encode(), answer.body))).hexdigest()


_LISTING_VERSION = hashlib.sha256(version().encode() + requests.CALENDARS).digest()


def _raise_for_inner_status(answer: Answer, status: int | None, method: str) -> None:
    """Raise the error for ``status``, which is that of the requested resource inside a 207."""
    if status:
        raise_for_status(replace(answer, status=status, body=b""), method)


def _may_have_moved(error: DavError) -> bool:
    return isinstance(error, NotFound) or error.status in (None, 421)


def _concrete(etag: str) -> str:
    if not etag or etag == "*":
        raise DavError("a write needs the ETag of a version")
    if not (etag.isascii() and etag.isprintable()):
        raise DavError("the ETag cannot be sent in a header")
    # If-Match compares strongly (RFC 9110 13.1.1), so a weak ETag never matches. Often it is a strong one that a
    # compressing proxy has marked as weak.
    return quoted(etag).removeprefix("W/")
