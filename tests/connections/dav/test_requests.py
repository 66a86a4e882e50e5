"""The XML that is sent."""

from __future__ import annotations

from connections.dav import Credentials, Session
from tests.servers import multistatus, prop, reply, script

WORK = "/1/calendars/work/"


MEMBER = prop(f"{WORK}a.ics", '<getetag>"1"</getetag>')


def said(web, *replies):
    """A session with a server that gives these replies in turn."""
    server = web(script(*replies))
    return Session(Credentials(server.url, "anna", "x"), timeout=5), server


def test_a_token_goes_out_as_it_came(web) -> None:
    session, server = said(web, reply(207, multistatus(after="<sync-token> HwoQ+/== </sync-token>")))
    assert session.changes(WORK, "a<b>&amp;c").token == "HwoQ+/=="
    assert b"<sync-token>a&lt;b&gt;&amp;amp;c</sync-token>" in server.requests[0].body
    assert server.requests[0].headers["depth"] == "0"


def test_hrefs_go_out_escaped(web) -> None:
    server = web(reply(207, multistatus()))
    with Session(Credentials(server.url, "anna", "x")) as session:
        session.fetch(WORK, [f"{WORK}a&b<c>.ics"])
    assert b"<href>/1/calendars/work/a&amp;b%3Cc%3E.ics</href>" in server.requests[0].body
    assert "depth" not in server.requests[0].headers
