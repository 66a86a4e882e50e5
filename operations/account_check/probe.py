"""Asks one account every question of the table. What it finds are codes and names of properties, never values.

No Django, no tables. The event is written, moved, repeated and deleted in the order of the table; an answer that leaves
nothing to ask about ends the questions, and the rest counts as not asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from connections.dav import requests
from connections.dav.client import Answer
from connections.dav.multistatus import CS, C, D, Member, preconditions
from connections.dav.responses import etag_of, quoted
from connections.dav.urls import collection_path, path_of
from operations.account_check import event_texts as texts
from operations.account_check import request_bodies as bodies
from operations.account_check.event_texts import EventTexts, difference, span_of_day
from operations.account_check.expectations import WITH_ETAG
from operations.account_check.wire import Wire, has_port, members, only_member

BAD_TOKEN: Final = "HwoQEgwAAFRPu0k="  # noqa: S105 - a sync token, and none at that
MARK: Final = b"X-RECURRENCE-EXCEPTION"
REPORTS: Final = {
    f"{D}sync-collection",
    *(f"{C}{n}" for n in ("calendar-query", "calendar-multiget", "free-busy-query")),
}
CHANGED: Final = "207, the event, the calendar itself"


class NothingToAsk(Exception):
    """An answer left nothing to ask about."""


@dataclass(slots=True)
class Probe:
    """The questions to one calendar. `found` grows while they are asked: what was found by key."""

    wire: Wire
    calendar: str
    event: EventTexts
    found: dict[str, str] = field(default_factory=dict)
    etag: str = ""
    token: str = ""
    ctag: str = ""
    home: str = ""

    @property
    def href(self) -> str:
        return f"{self.calendar}{self.event.uid}.ics"

    def run(self) -> None:
        """Ask everything. Raises what `Wire` raises; `found` has what was found until then."""
        parts = (self.account, self.collection, self.create, self.sync, self.read, self.change, self.odd, self.series)
        try:
            for part in (*parts, self.delete):
                part()
        except NothingToAsk:
            return

    # --- the account ----------------------------------------------------------------------------------------

    def account(self) -> None:
        """Principal, home, and the hosts."""
        answer = self.wire.propfind(self.wire.start, requests.PRINCIPAL)
        principal = _href(answer, f"{D}current-user-principal")
        self.found["principal"] = f"{answer.status}, {'a URL' if '://' in principal else 'a path'}"
        self.found["server"] = "AppleHttpServer" if "AppleHttpServer" in answer.headers.get("server", "") else "another"
        self.found["request-id"] = "there" if "x-apple-request-uuid" in answer.headers else "not there"
        self._need(principal)
        self.wire.follow(principal)
        answer = self.wire.propfind(path_of(principal), requests.HOME_SET)
        self.home = _href(answer, f"{C}calendar-home-set")
        self.found["home"] = f"{answer.status}, {_kind_of_url(self.home)}"
        self.found["entry"] = "redirects to another host" if self.wire.was_redirected else "answers itself"
        self.found["principal-depth-1"] = str(self.wire.propfind(path_of(principal), requests.PRINCIPAL, "1").status)
        self._need(self.home)
        self.wire.follow(self.home)

    def collection(self) -> None:
        """The home and the calendar, before anything is written."""
        answer = self.wire.propfind(self.calendar, bodies.ALLPROP)
        member = only_member(answer)
        there = member is not None and f"{D}resourcetype" in member.props
        self.found["allprop"] = "there" if there else "left out" if member else str(answer.status)
        home = only_member(self.wire.propfind(collection_path(self.home), bodies.HOME_CTAG))
        self.found["home-ctag"] = "there" if home and home.text(f"{CS}getctag") else "not there"
        own = only_member(self.wire.propfind(self.calendar, bodies.TOKENS))
        self.found["ctag"], self.ctag = _ctag(own)
        listed = own.tags(f"{D}supported-report-set") if own else set()
        self.found["reports"] = "all four reports" if listed >= REPORTS else f"{len(listed & REPORTS)} of four reports"
        answer = self.wire.report(self.calendar, requests.sync_collection(""), "0")
        self.found["sync-all"], self.token = self._listing(answer)

    def _listing(self, answer: Answer) -> tuple[str, str]:
        found = members(answer)
        if found is None:
            return str(answer.status), ""
        itself = ", the calendar itself" if self._lists(found.members, self.calendar) else ""
        return f"{answer.status}{itself}{', a token' if found.sync_token else ''}", found.sync_token

    # --- the event is written -------------------------------------------------------------------------------

    def create(self) -> None:
        """PUT, once and again."""
        answer = self.wire.ask("PUT", self.href, self.event.created(), If_None_Match="*")
        self.found["create"] = _written(answer)
        self._need(answer.status in (200, 201, 204))
        self.etag = self._etag_after(answer)
        self.found["etag"] = _form_of(self.etag)
        self.found["schedule-tag"] = "there" if "schedule-tag" in answer.headers else "none"
        again = self.wire.ask("PUT", self.href, self.event.created(), If_None_Match="*")
        self.found["create-again"] = str(again.status)
        self._need(self.etag)

    def _etag_after(self, answer: Answer) -> str:
        """The ETag after a write: from the answer, else asked for."""
        if etag := quoted(answer.headers.get("etag", "")):
            return etag
        member = only_member(self.wire.propfind(self.href, requests.ETAG))
        return etag_of(member) if member else ""

    # --- the event is listed and read -----------------------------------------------------------------------

    def sync(self) -> None:
        """The ctag and sync-collection after the write."""
        own = only_member(self.wire.propfind(self.calendar, bodies.TOKENS))
        self.found["ctag-moves"] = "another" if _ctag(own)[1] != self.ctag else "the same"
        for key, depth in (("sync-delta", "0"), ("sync-depth-1", "1")):
            self.found[key] = self._delta(self.wire.report(self.calendar, requests.sync_collection(self.token), depth))
        limited = members(self.wire.report(self.calendar, bodies.limited_sync(1), "0"))
        self.found["sync-limit"] = _limited(limited.members if limited else [])
        refused = self.wire.report(self.calendar, requests.sync_collection(BAD_TOKEN), "0")
        self.found["sync-bad-token"] = _refused_token(refused)

    def _delta(self, answer: Answer) -> str:
        found = members(answer)
        if found is None:
            return str(answer.status)
        event = next((one for one in found.members if one.path == self.href), None)
        word = "" if event is None else ", 404 for the event" if event.status in (404, 410) else ", the event"
        itself = ", the calendar itself" if self._lists(found.members, self.calendar) and _exists(event) else ""
        return f"{answer.status}{word}{itself}" if word else f"{answer.status}, without the event"

    def read(self) -> None:
        """GET, multiget, query, and what iCloud refuses."""
        answer = self.wire.ask("GET", self.href)
        self.found["get"] = f"{answer.status}, {difference(self.event.created(), answer.body)}"
        lost = texts.lost(answer.body)
        self.found["kept"] = f"lost: {', '.join(lost)}" if lost else "kept"
        self.found["multiget"] = self._multiget(self.event.created())
        missing = f"{self.calendar}{texts.PREFIX}missing.ics"
        self.found["multiget-missing"] = _missing(
            self.wire.report(self.calendar, requests.multiget([missing])), missing
        )
        self.found["query"] = self._query(texts.START)
        self.found["query-all"] = str(self.wire.report(self.calendar, bodies.QUERY_WITHOUT_EVENT).status)
        self.found["free-busy"] = str(
            self.wire.report(self.calendar, bodies.free_busy(*span_of_day(texts.START))).status
        )
        self.found["head"] = str(self.wire.ask("HEAD", self.href).status)

    def _multiget(self, sent: bytes) -> str:
        answer = self.wire.report(self.calendar, requests.multiget([self.href]))
        member = self._member(answer)
        data = member.text(f"{C}calendar-data") if member else ""
        return f"{answer.status}, {difference(sent, data.encode()) if data else 'without data'}"

    def _query(self, day: datetime) -> str:
        answer = self.wire.report(self.calendar, requests.events_between(*span_of_day(day)))
        if members(answer) is None:
            return str(answer.status)
        return f"{answer.status}, {'found' if self._member(answer) else 'not found'}"

    # --- the event is changed -------------------------------------------------------------------------------

    def change(self) -> None:
        """PUT with conditions that hold and that do not."""
        stale = self.wire.ask("PUT", self.href, self.event.moved(), If_Match='"00000000"')
        self.found["stale"] = str(stale.status)
        wildcard = self.wire.ask("PUT", self.href, self.event.created(), If_Match="*")
        self.found["wildcard"] = str(wildcard.status)
        if wildcard.status < 300:
            self.etag = self._etag_after(wildcard)
        before = self.etag
        self._put("move", self.event.moved())
        self.found["etag-moves"] = "another" if self.etag != before else "the same"
        self.found["query-moved"] = self._query(texts.MOVED)

    def _put(self, key: str, data: bytes) -> None:
        answer = self.wire.ask("PUT", self.href, data, If_Match=self.etag)
        self.found[key] = _written(answer)
        self._need(answer.status < 300)
        self.etag = self._etag_after(answer)

    def odd(self) -> None:
        """Events of which iCloud refuses one for certain. What is stored all the same is deleted at once."""
        self.found["no-end"] = self._put_aside(EventTexts(f"{self.event.uid}-a", self.event.now).without_end(), "a")
        self.found["uid-twice"] = self._put_aside(self.event.created(), "b")
        self.found["no-zone"] = self._put_aside(EventTexts(f"{self.event.uid}-c", self.event.now).without_zone(), "c")

    def _put_aside(self, data: bytes, name: str) -> str:
        href = f"{self.calendar}{self.event.uid}-{name}.ics"
        answer = self.wire.ask("PUT", href, data, If_None_Match="*")
        if answer.status < 300:
            self.wire.ask("DELETE", href)
        return str(answer.status)

    def series(self) -> None:
        """The event repeats, and one of the series is moved."""
        self._put("repeat", self.event.repeated())
        answer = self.wire.ask("GET", self.href)
        self.found["repeat-get"] = f"{answer.status}, {difference(self.event.repeated(), answer.body)}"
        self._put("move-one", self.event.one_moved())
        self.found["move-one-get"] = self._multiget(self.event.one_moved())
        self.found["query-new-day"] = self._query(texts.ONE_MOVED_TO)
        self.found["query-old-day"] = self._query(texts.ONE_OF_SERIES)
        answer = self.wire.report(self.calendar, requests.events_between(*span_of_day(texts.ONE_OF_SERIES)))
        self.found["query-marks"] = "added" if MARK in answer.body else "not added"

    # --- the event is deleted -------------------------------------------------------------------------------

    def delete(self) -> None:
        """DELETE with a condition that does not hold, with one that does, and once more."""
        self.found["delete-stale"] = str(self.wire.ask("DELETE", self.href, If_Match='"00000000"').status)
        own = members(self.wire.report(self.calendar, requests.sync_collection(""), "0"))
        self.found["delete"] = str(self.wire.ask("DELETE", self.href, If_Match=self.etag).status)
        self.found["gone"] = str(self.wire.ask("GET", self.href).status)
        self.found["delete-again"] = str(self.wire.ask("DELETE", self.href, If_Match=self.etag).status)
        since = requests.sync_collection(own.sync_token if own else "")
        self.found["sync-deleted"] = self._delta(self.wire.report(self.calendar, since, "0"))

    def _need(self, there: object) -> None:
        if not there:
            raise NothingToAsk

    def _member(self, answer: Answer) -> Member | None:
        found = members(answer)
        return next((one for one in found.members if one.path == self.href), None) if found else None

    def _lists(self, found: list[Member], path: str) -> bool:
        return any(one.path.rstrip("/") == path.rstrip("/") for one in found)


def _exists(event: Member | None) -> bool:
    """Does the member of an answer exist, as far as the answer says?"""
    return event is not None and event.status not in (404, 410)


def _href(answer: Answer, tag: str) -> str:
    member = only_member(answer)
    return member.href(tag) if member else ""


def _kind_of_url(href: str) -> str:
    if not href:
        return "nothing"
    return "a URL with its port" if has_port(href) else "a URL without a port" if "://" in href else "a path"


def _ctag(member: Member | None) -> tuple[str, str]:
    """How ctag and sync-token compare, and the ctag."""
    ctag, token = (member.text(f"{CS}getctag"), member.text(f"{D}sync-token")) if member else ("", "")
    return ("the same" if ctag == token != "" else "different" if ctag and token else "one is missing"), ctag or token


def _written(answer: Answer) -> str:
    etag = "etag" in answer.headers
    if answer.status >= 300:
        return str(answer.status)
    return f"{answer.status} {WITH_ETAG if etag else 'without an ETag'}"


def _form_of(etag: str) -> str:
    if re.fullmatch(r'"[0-9a-z]{8}"', etag):
        return "8 characters of base 36"
    if re.fullmatch(r'"C=\d+@U=[0-9A-Za-z-]+"', etag):
        return "C=n@U=id"
    return "weak" if etag.startswith("W/") else "another" if etag else "none"


def _limited(found: list[Member]) -> str:
    if any(one.status == 507 for one in found):
        return "507 inside 207"
    return "ignored" if len(found) > 1 else "one member"


def _refused_token(answer: Answer) -> str:
    names, _ = preconditions(answer.body)
    word = " valid-sync-token" if f"{D}valid-sync-token" in names else ""
    found = members(answer)
    if found is None:
        return f"{answer.status}{word}"
    return "207 valid-sync-token" if found.refuses_token else "207, everything" if found.members else "207, nothing"


def _missing(answer: Answer, href: str) -> str:
    found = members(answer)
    if found is None:
        return str(answer.status)
    member = next((one for one in found.members if one.path == href), None)
    if member is None:
        return "left out of 207"
    status = member.status or next(iter(member.refused.values()), None)
    return f"{status} inside 207" if status else "without a status inside 207"
