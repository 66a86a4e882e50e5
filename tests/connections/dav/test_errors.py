"""Statuses, and what they mean to the caller."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connections import dav
from connections.dav import Credentials, DavError, Session
from connections.dav.errors import retry_after
from tests.servers import reply

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CONFLICT = (
    b'<error xmlns="DAV:"><no-uid-conflict xmlns="urn:ietf:params:xml:ns:caldav">'
    b"<href xmlns='DAV:'>https://p42-caldav.icloud.com:443/1/calendars/home/x%40y.ics</href>"
    b"</no-uid-conflict><responsedescription>taken</responsedescription></error>"
)
NO_UID_CONFLICT = "{urn:ietf:params:xml:ns:caldav}no-uid-conflict"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("5", 5.0),
        (" 120 ", 120.0),
        ("0", 0.0),
        ("Sun, 22 Nov 2026 12:01:30 GMT", 90.0),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0),
        ("Sunday, 22-Nov-26 12:00:10 GMT", 10.0),
        ("9" * 400, 86400.0),
        ("Sun, 22 Nov 2099 12:00:00 GMT", 86400.0),
        ("-5", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_is_read_in_both_forms(value: str | None, seconds: float | None) -> None:
    assert retry_after(value, None, now=NOW) == seconds


def test_a_retry_date_is_held_against_the_servers_own_clock() -> None:
    said = "Sun, 22 Nov 2026 09:00:30 GMT"
    assert retry_after(said, "Sun, 22 Nov 2026 09:00:00 GMT", now=NOW) == 30.0
    assert retry_after(said, "no date", now=NOW) == 0.0


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, dav.Unauthorized),
        (403, dav.Forbidden),
        (404, dav.NotFound),
        (410, dav.NotFound),
        (409, dav.Conflict),
        (412, dav.Conflict),
        (413, dav.TooLarge),
        (421, dav.Unavailable),
        (429, dav.Unavailable),
        (500, dav.Unavailable),
        (502, dav.Unavailable),
        (503, dav.Unavailable),
        (504, dav.Unavailable),
        (507, dav.Unavailable),
        (400, dav.DavError),
        (405, dav.DavError),
        (300, dav.NotCalDav),
        (303, dav.NotCalDav),
    ],
)
@pytest.mark.parametrize("method", ["put", "etag"])
def test_a_status_has_one_meaning(web, status: int, kind: type[DavError], method: str) -> None:
    server = web(reply(status, b"<html>sorry</html>"))
    arguments = (b"BEGIN:VCALENDAR",) if method == "put" else ()
    with Session(Credentials(server.url, "anna", "secret")) as session, pytest.raises(DavError) as caught:
        getattr(session, method)("/1/calendars/work/a.ics", *arguments)
    assert (type(caught.value), caught.value.status) == (kind, status)
    assert caught.value.path == "/1/calendars/work/a.ics"
    assert "secret" not in f"{caught.value} {caught.value!r} {vars(caught.value)}"


@pytest.mark.parametrize("status", [429, 503])
def test_a_wish_for_a_pause_reaches_the_caller(web, status: int) -> None:
    server = web(reply(status, retry_after="7"))
    with Session(Credentials(server.url, "anna", "x")) as session, pytest.raises(dav.Unavailable) as caught:
        session.calendars("/1/calendars/")
    assert (caught.value.retry_after, session.requests) == (7.0, 1)


@pytest.mark.parametrize("status", [403, 409, 412])
def test_a_taken_uid_is_a_conflict_whatever_the_status(web, status: int) -> None:
    server = web(reply(status, CONFLICT))
    with Session(Credentials(server.url, "anna", "x")) as session, pytest.raises(dav.Conflict) as caught:
        session.put("/1/calendars/work/a.ics", b"BEGIN:VCALENDAR")
    assert caught.value.preconditions == (NO_UID_CONFLICT,)
    assert caught.value.location == "/1/calendars/home/x@y.ics"


def test_a_bare_403_that_names_the_holder_is_a_taken_uid(web) -> None:
    server = web(reply(403, location="/1/calendars/home/x.ics"))
    with Session(Credentials(server.url, "anna", "x")) as session, pytest.raises(dav.Conflict) as caught:
        session.put("/1/calendars/work/a.ics", b"BEGIN:VCALENDAR")
    assert (caught.value.location, caught.value.preconditions) == ("/1/calendars/home/x.ics", ())


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Calendar object with uid already exists in this calendar collection.", dav.Conflict),
        ("Validation error in iCalendar: no DTSTART", dav.DavError),
    ],
)
def test_a_400_is_a_taken_uid_only_if_it_says_so(web, message: str, kind: type[dav.DavError]) -> None:
    body = f'<d:error xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns"><s:message>{message}</s:message></d:error>'
    server = web(reply(400, body.encode()))
    with Session(Credentials(server.url, "anna", "x")) as session, pytest.raises(dav.DavError) as caught:
        session.put("/1/calendars/work/a.ics", b"BEGIN:VCALENDAR")
    assert type(caught.value) is kind


def test_a_refused_write_is_forbidden_with_its_reasons(web) -> None:
    body = b'<D:error xmlns:D="DAV:"><D:need-privileges/></D:error>'
    server = web(reply(403, body))
    with Session(Credentials(server.url, "anna", "x")) as session, pytest.raises(dav.Forbidden) as caught:
        session.put("/1/calendars/team/a.ics", b"BEGIN:VCALENDAR")
    assert caught.value.preconditions == ("{DAV:}need-privileges",)


@pytest.mark.parametrize("etag", ["", "*"])
def test_a_delete_without_a_concrete_etag_is_never_sent(web, etag: str) -> None:
    server = web(reply(204))
    with Session(Credentials(server.url, "anna", "x")) as session, pytest.raises(DavError):
        session.delete("/1/calendars/work/a.ics", etag=etag)
    assert server.requests == []


def test_an_update_of_whatever_is_there_is_never_sent(web) -> None:
    server = web(reply(204))
    with Session(Credentials(server.url, "anna", "x")) as session, pytest.raises(DavError):
        session.put("/1/calendars/work/a.ics", b"BEGIN:VCALENDAR", etag="*")
    assert server.requests == []


@pytest.mark.parametrize(("given", "condition"), [('"abc"', '"abc"'), ("abc", '"abc"'), ('W/"abc"', '"abc"')])
def test_an_etag_goes_out_in_quotes_and_never_as_a_weak_one(web, given: str, condition: str) -> None:
    server = web(reply(204))
    with Session(Credentials(server.url, "anna", "x")) as session:
        session.delete("/1/calendars/work/a.ics", etag=given)
    assert server.requests[0].headers["if-match"] == condition


@pytest.mark.parametrize("etag", ['"a"\r\nX-Evil: 1', '"\u202e"', '"\x00"'])
def test_an_etag_that_is_none_makes_no_header(web, etag: str) -> None:
    server = web(reply(204))
    with Session(Credentials(server.url, "anna", "x")) as session, pytest.raises(DavError):
        session.delete("/1/calendars/work/a.ics", etag=etag)
    assert server.requests == []
