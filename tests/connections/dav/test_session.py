"""Learning of change: what the home says, deltas, refused tokens, complete listings."""

from __future__ import annotations

import pytest

from connections import dav
from connections.dav import Changes, Credentials, DavError, Session, TokenExpired
from sandbox.server.server import Sandbox
from sandbox.server.store import accounts
from tests.ics_text import event
from tests.servers import multistatus, prop, reply, script

HOME = "/1/calendars/"


WORK = "/1/calendars/work/"


CALENDAR = "<resourcetype><collection/><C:calendar/></resourcetype>"


MEMBER = prop(f"{WORK}a.ics", '<getetag>"1"</getetag>')


GONE = f"<href>{WORK}b.ics</href><status>HTTP/1.1 404 Not Found</status>"


TRUNCATED = f"<href>{WORK}</href><status>HTTP/1.1 507 Insufficient Storage</status>"


REFUSAL = b'<error xmlns="DAV:"><valid-sync-token/></error>'


def said(web, *replies):
    """A session with a server that gives these replies in turn."""
    server = web(script(*replies))
    return Session(Credentials(server.url, "anna", "x"), timeout=5), server


def test_the_home_of_an_icloud_account_shows_its_event_calendars_only(
    icloud: Sandbox, account: accounts.Account, wire: Session
) -> None:
    account.add_subscription("Holidays", "https://example.org/holidays.ics")
    listed = wire.calendars(f"/{account.dsid}/calendars/")
    assert [(c.name, c.color, c.writable, c.shared) for c in listed] == [
        ("Home", "#1BADF8", True, False),
        ("Work", "#63DA38", True, False),
        ("Team", "#FF2968", False, True),
    ]
    assert [c.path for c in listed] == [c.path for c in account.events()]
    assert ([r.depth for r in icloud.log], wire.requests) == (["1"], 1)


@pytest.mark.parametrize("repeats", [True, False])
@pytest.mark.parametrize("itself", [True, False])
def test_a_delta_is_the_members_once_and_not_the_calendar(
    icloud: Sandbox, account: accounts.Account, wire: Session, repeats: bool, itself: bool
) -> None:
    icloud.switches.sync_repeats, icloud.switches.sync_lists_itself = repeats, itself
    work = account.calendar("work")
    kept, gone = work.put("A.ics", event("A")), work.put("B.ics", event("B"))
    token = wire.listing(work.path).token
    work.put("A.ics", event("A", "Moved"))
    work.delete(gone)
    delta = wire.changes(work.path, token)
    assert delta == Changes({kept: wire.etag(kept)}, frozenset({gone}), delta.token, complete=False)


def test_pages_are_followed_to_the_end(icloud: Sandbox, account: accounts.Account, wire: Session) -> None:
    icloud.switches.sync_page = 2
    work = account.calendar("work")
    hrefs = {work.put(f"{n}.ics", event(f"U{n}")) for n in range(5)}
    listing = wire.listing(work.path)
    assert (set(listing.changed), wire.requests) == (hrefs, 3)
    assert wire.changes(work.path, listing.token).changed == {}


def test_a_later_page_corrects_an_earlier_one(web) -> None:
    first = multistatus(MEMBER, GONE, TRUNCATED, after="<sync-token>2</sync-token>")
    gone = f"<href>{WORK}a.ics</href><status>HTTP/1.1 404 Not Found</status>"
    back = prop(f"{WORK}b.ics", '<getetag>"2"</getetag>')
    session, server = said(
        web, reply(207, first), reply(207, multistatus(gone, back, after="<sync-token>3</sync-token>"))
    )
    expected = Changes({f"{WORK}b.ics": '"2"'}, frozenset({f"{WORK}a.ics"}), "3", complete=False)
    assert session.changes(WORK, "1") == expected
    assert b"<sync-token>2</sync-token>" in server.requests[1].body


def test_pages_without_end_are_ended(web) -> None:
    def endless(environ, start_response):
        endless.count += 1
        member = prop(f"{WORK}{endless.count}.ics", '<getetag>"1"</getetag>')
        page = multistatus(member, TRUNCATED, after=f"<sync-token>{endless.count}</sync-token>")
        return reply(207, page)(environ, start_response)

    endless.count = 0
    with Session(Credentials(web(endless).url, "anna", "x")) as session, pytest.raises(dav.Unavailable):
        session.changes(WORK, "0")
    assert session.requests == 101


@pytest.mark.parametrize("face", ["403-precondition", "403", "409", "410", "412", "500", "507", "207-error"])
def test_a_refused_token_is_expired_whatever_icloud_says(
    icloud: Sandbox, account: accounts.Account, wire: Session, face: str
) -> None:
    work = account.calendar("work")
    href = work.put("A.ics", event("A"))
    token = wire.listing(work.path).token
    icloud.switches.expired_token = face
    icloud.forget_tokens()
    with pytest.raises(TokenExpired):
        wire.changes(work.path, token)
    assert set(wire.listing(work.path).changed) == {href}


@pytest.mark.parametrize(
    "answer",
    [
        reply(403, REFUSAL),
        reply(403),
        reply(409),
        reply(410),
        reply(412),
        reply(500),
        reply(507),
        reply(400),
        reply(501),
        reply(406),
        reply(411),
        reply(413),
        reply(422),
        reply(428),
        reply(200, b"<html></html>"),
        reply(204),
        reply(207),
        reply(207, multistatus(MEMBER)[:-40]),
        reply(207, multistatus(TRUNCATED, after="<sync-token>1</sync-token>")),
        reply(207, multistatus(TRUNCATED, after="<sync-token>2</sync-token>")),
        reply(207, multistatus(MEMBER, TRUNCATED, after="<sync-token>1</sync-token>")),
        reply(207, multistatus(MEMBER, TRUNCATED)),
        reply(207, multistatus(f"<href>{WORK}</href><status>HTTP/1.1 403 X</status>{REFUSAL.decode()}")),
        reply(207, multistatus(after=REFUSAL.decode())),
    ],
)
def test_a_refused_token_is_expired_whatever_a_server_says(web, answer) -> None:
    session, _ = said(web, answer)
    with pytest.raises(TokenExpired):
        session.changes(WORK, "1")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, dav.Unauthorized), (404, dav.NotFound), (429, dav.Unavailable), (503, dav.Unavailable)],
)
@pytest.mark.parametrize("token", ["1", ""])
def test_other_refusals_are_what_they_are(web, status: int, kind: type[DavError], token: str) -> None:
    session, _ = said(web, reply(status))
    with pytest.raises(DavError) as caught:
        session.changes(WORK, token)
    assert type(caught.value) is kind


@pytest.mark.parametrize(
    ("status", "kind"), [(403, dav.Forbidden), (410, dav.NotFound), (409, dav.Conflict), (500, dav.Unavailable)]
)
def test_without_a_token_there_is_none_to_expire(web, status: int, kind: type[DavError]) -> None:
    session, _ = said(web, reply(status))
    with pytest.raises(DavError) as caught:
        session.changes(WORK, "")
    assert type(caught.value) is kind


@pytest.mark.parametrize("status", [400, 403, 405, 412, 415, 500, 501, 507])
def test_without_sync_collection_everything_is_listed_by_propfind(web, status: int) -> None:
    listed = multistatus(
        prop(WORK.rstrip("/"), "<resourcetype><collection/></resourcetype>"),
        MEMBER,
        prop(f"{WORK}sub", "<resourcetype><collection/></resourcetype>"),
        GONE,
    )
    session, server = said(web, reply(status), reply(207, listed))
    assert session.listing(WORK) == Changes({f"{WORK}a.ics": '"1"'}, frozenset(), "", complete=True)
    assert [(asked.method, asked.headers["depth"]) for asked in server.requests] == [
        ("REPORT", "0"),
        ("PROPFIND", "1"),
    ]


def test_a_listing_that_breaks_off_between_pages_is_started_over_by_propfind(web) -> None:
    page = multistatus(MEMBER, TRUNCATED, after="<sync-token>2</sync-token>")
    whole = multistatus(MEMBER, prop(f"{WORK}c.ics", '<getetag>"3"</getetag>'))
    session, _ = said(web, reply(207, page), reply(403, REFUSAL), reply(207, whole))
    assert set(session.listing(WORK).changed) == {f"{WORK}a.ics", f"{WORK}c.ics"}


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, dav.Unauthorized), (404, dav.NotFound), (410, dav.NotFound), (429, dav.Unavailable), (503, dav.Unavailable)],
)
def test_a_listing_is_not_tried_otherwise_when_that_would_not_help(web, status: int, kind: type[DavError]) -> None:
    session, server = said(web, reply(status))
    with pytest.raises(DavError) as caught:
        session.listing(WORK)
    assert (type(caught.value), len(server.requests)) == (kind, 1)


def test_a_withdrawn_share_is_forbidden_once_both_ways_were_tried(web) -> None:
    session, server = said(web, reply(403))
    with pytest.raises(dav.Forbidden):
        session.listing(WORK)
    assert [asked.method for asked in server.requests] == ["REPORT", "PROPFIND"]


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, dav.Unauthorized),
        (403, dav.Forbidden),
        (404, dav.NotFound),
        (410, dav.NotFound),
        (423, DavError),
        (500, dav.Unavailable),
        (503, dav.Unavailable),
    ],
)
@pytest.mark.parametrize("beside", ["", GONE, MEMBER])
def test_a_collection_refused_inside_a_listing_is_refused_and_not_empty(
    web, status: int, kind: type[DavError], beside: str
) -> None:
    itself = f"<href>{WORK}</href><status>HTTP/1.1 {status} X</status>"
    everything = multistatus(*filter(None, [itself, beside]), after="<sync-token>2</sync-token>")
    for replies in ([reply(207, everything)], [reply(501), reply(207, everything)]):
        session, _ = said(web, *replies)
        with pytest.raises(DavError) as caught:
            session.listing(WORK)
        assert (type(caught.value), caught.value.status) == (kind, status)


@pytest.mark.parametrize("status", [401, 404, 503])
def test_a_collection_refused_inside_a_delta_is_for_a_listing_to_explain(web, status: int) -> None:
    itself = f"<href>{WORK}</href><status>HTTP/1.1 {status} X</status>"
    session, _ = said(web, reply(207, multistatus(itself, GONE, after="<sync-token>2</sync-token>")))
    with pytest.raises(TokenExpired):
        session.changes(WORK, "1")


def test_a_propfind_that_is_cut_off_is_no_complete_listing(web) -> None:
    session, _ = said(web, reply(501), reply(207, multistatus(MEMBER, TRUNCATED)))
    with pytest.raises(dav.Unavailable):
        session.listing(WORK)


@pytest.mark.parametrize(("status", "there"), [(404, False), (410, False), (200, True)])
def test_a_collection_is_gone_if_its_own_answer_says_so_inside(web, status: int, there: bool) -> None:
    session, _ = said(web, reply(207, multistatus(f"<href>{WORK}</href><status>HTTP/1.1 {status} X</status>")))
    assert session.exists(WORK) is there


def test_a_collection_refused_inside_its_own_answer_is_forbidden_and_not_there(web) -> None:
    session, _ = said(web, reply(207, multistatus(f"<href>{WORK}</href><status>HTTP/1.1 403 X</status>")))
    with pytest.raises(dav.Forbidden):
        session.exists(WORK)
