"""Many resources in few requests, and what becomes of those that cannot be read."""

from __future__ import annotations

import pytest

from connections import dav
from connections.dav import Credentials, DavError, Session
from sandbox.server.server import Sandbox
from sandbox.server.store import accounts
from sandbox.server.store.calendars import Calendar
from tests.ics_text import event
from tests.servers import multistatus, prop, reply, script

WORK = "/1/calendars/work/"


@pytest.fixture
def work(account: accounts.Account) -> Calendar:
    return account.calendar("work")


def filled(work: Calendar, count: int) -> list[str]:
    return [work.put(f"{number:03}.ics", event(f"U{number}")) for number in range(count)]


def data_of(href: str, data: str, etag: str = '"1"') -> str:
    return prop(href, f"<getetag>{etag}</getetag><C:calendar-data>{data}</C:calendar-data>")


def test_a_hundred_and_twenty_events_take_three_requests(work: Calendar, wire: Session) -> None:
    hrefs = filled(work, 120)
    fetched = wire.fetch(work.path, hrefs)
    assert (set(fetched.found), fetched.missing, wire.requests) == (set(hrefs), frozenset(), 3)


def test_what_came_twice_and_not_the_same_is_missing(web) -> None:
    again = [data_of(f"{WORK}a.ics", "A"), data_of(f"{WORK}a.ics", "A cut")]
    same = [data_of(f"{WORK}b.ics", "B")] * 2
    served = web(reply(207, multistatus(*again, *same)))
    with Session(Credentials(served.url, "anna", "x")) as session:
        fetched = session.fetch(WORK, [f"{WORK}a.ics", f"{WORK}b.ics"])
    assert (set(fetched.found), fetched.missing) == ({f"{WORK}b.ics"}, {f"{WORK}a.ics"})


def test_nothing_asked_is_nothing_sent(work: Calendar, wire: Session) -> None:
    assert (wire.fetch(work.path, []), wire.requests) == (dav.Fetched({}, frozenset()), 0)


def test_an_href_asked_twice_is_sent_once(work: Calendar, wire: Session, icloud: Sandbox) -> None:
    (href,) = filled(work, 1)
    wire.fetch_batch = 1
    assert set(wire.fetch(work.path, [href, href, href.replace("/", "//")]).found) == {href}
    assert wire.requests == 1


@pytest.mark.parametrize("cdata", [True, False])
def test_the_bytes_are_those_of_the_phone(icloud: Sandbox, work: Calendar, wire: Session, cdata: bool) -> None:
    icloud.switches.cdata = cdata
    data = event("A", "Grüße & <Küsse> ]] 🎉")
    href = work.put("A.ics", data)
    assert wire.fetch(work.path, [href]).found[href] == wire.get(href)
    assert wire.get(href).data == data


@pytest.mark.parametrize("fate", ["404", "404-propstat", "left-out", "empty-status"])
def test_a_member_that_is_not_there_is_missing_however_that_is_said(
    icloud: Sandbox, work: Calendar, wire: Session, fate: str
) -> None:
    icloud.switches.multiget_missing = fate
    (href,) = filled(work, 1)
    fetched = wire.fetch(work.path, [f"{work.path}gone.ics", href])
    assert (set(fetched.found), fetched.missing) == ({href}, {f"{work.path}gone.ics"})
    assert wire.requests == 1


@pytest.mark.parametrize("fate", ["missing", "left-out", "empty"])
def test_a_listed_member_that_cannot_be_read_is_missing(work: Calendar, wire: Session, fate: str) -> None:
    hrefs = filled(work, 3)
    work.spoil(hrefs[1], fate)
    fetched = wire.fetch(work.path, list(wire.listing(work.path).changed))
    assert (set(fetched.found), fetched.missing) == ({hrefs[0], hrefs[2]}, {hrefs[1]})


@pytest.mark.parametrize("culprit", [0, 24, 49])
def test_a_failing_batch_is_halved_until_the_culprit_stands_alone(work: Calendar, wire: Session, culprit: int) -> None:
    hrefs = filled(work, 50)
    work.spoil(hrefs[culprit], "error")
    fetched = wire.fetch(work.path, hrefs)
    assert (len(fetched.found), fetched.missing) == (49, {hrefs[culprit]})
    assert wire.requests <= 13


@pytest.mark.parametrize("fault", ["html", "truncate", "reset", "lost"])
def test_a_batch_that_broke_once_is_read_in_halves(icloud: Sandbox, work: Calendar, wire: Session, fault: str) -> None:
    hrefs = filled(work, 4)
    getattr(icloud.faults, fault)(method="REPORT")
    fetched = wire.fetch(work.path, hrefs)
    assert (set(fetched.found), fetched.missing, wire.requests) == (set(hrefs), frozenset(), 3)


def test_a_batch_whose_halves_all_break_off_is_given_up(icloud: Sandbox, work: Calendar, wire: Session) -> None:
    hrefs = filled(work, 50)
    icloud.faults.reset(method="REPORT", times=None)
    with pytest.raises(dav.Unavailable):
        wire.fetch(work.path, hrefs)
    assert wire.requests <= 10


def test_a_portal_that_answers_everything_with_a_page_is_no_caldav(
    icloud: Sandbox, work: Calendar, wire: Session
) -> None:
    hrefs = filled(work, 50)
    icloud.faults.html(method="REPORT", times=None)
    with pytest.raises(dav.NotCalDav):
        wire.fetch(work.path, hrefs)
    assert wire.requests <= 10


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_a_pause_is_asked_once(
    icloud: Sandbox, work: Calendar, wire: Session, status: int
) -> None:
    hrefs = filled(work, 50)
    icloud.faults.status(status, retry_after="9", times=None)
    with pytest.raises(dav.Unavailable) as caught:
        wire.fetch(work.path, hrefs)
    assert (caught.value.retry_after, wire.requests) == (9.0, 1)


def test_what_was_read_before_the_server_went_away_is_kept(icloud: Sandbox, work: Calendar, wire: Session) -> None:
    hrefs = filled(work, 6)
    wire.fetch_batch = 2
    icloud.faults.status(503, method="REPORT", skip=1, times=None)
    fetched = wire.fetch(work.path, hrefs)
    assert (set(fetched.found), fetched.missing) == (set(hrefs[:2]), set(hrefs[2:]))
    assert wire.requests == 2


@pytest.mark.parametrize(
    ("status", "kind"), [(401, dav.Unauthorized), (403, dav.Forbidden), (404, dav.NotFound), (410, dav.NotFound)]
)
def test_a_refusal_of_the_whole_calendar_is_passed_on_at_once(
    icloud: Sandbox, work: Calendar, wire: Session, status: int, kind: type[DavError]
) -> None:
    hrefs = filled(work, 8)
    icloud.faults.status(status, method="REPORT", times=None)
    with pytest.raises(DavError) as caught:
        wire.fetch(work.path, hrefs)
    assert (type(caught.value), wire.requests) == (kind, 1)


def test_a_lone_resource_that_makes_the_server_fail_is_the_servers_failure(work: Calendar, wire: Session) -> None:
    (href,) = filled(work, 1)
    work.spoil(href, "error")
    with pytest.raises(dav.Unavailable):
        wire.fetch(work.path, [href])


def test_a_lone_resource_that_is_refused_is_missing(web) -> None:
    server = web(reply(400))
    with Session(Credentials(server.url, "anna", "x")) as session:
        assert session.fetch(WORK, [f"{WORK}a.ics"]).missing == {f"{WORK}a.ics"}


def test_an_event_too_large_to_parse_costs_only_itself(web) -> None:
    hrefs = [f"{WORK}{number}.ics" for number in range(4)]

    def app(environ, start_response):
        asked = environ["wsgi.input"].read().decode()
        wanted = [href for href in hrefs if href in asked]
        data = {href: "BEGIN:VCALENDAR" + "x" * 11_000_000 * (href == hrefs[2]) for href in wanted}
        return reply(207, multistatus(*map(data_of, data, data.values())))(environ, start_response)

    with Session(Credentials(web(app).url, "anna", "x")) as session:
        fetched = session.fetch(WORK, hrefs)
    assert (set(fetched.found), fetched.missing) == ({*hrefs} - {hrefs[2]}, {hrefs[2]})


def test_members_nobody_asked_for_are_not_taken(web) -> None:
    data = event("A").decode()
    server = web(reply(207, multistatus(data_of(f"{WORK}a.ics", data), data_of(f"{WORK}b.ics", data))))
    with Session(Credentials(server.url, "anna", "x")) as session:
        assert set(session.fetch(WORK, [f"{WORK}b.ics"]).found) == {f"{WORK}b.ics"}


def test_members_are_known_by_path_however_it_is_spelled(web) -> None:
    spelled = f"http://elsewhere.example:443//1/calendars/work/{'a%40b.ics'}"
    server = web(reply(207, multistatus(data_of(spelled, "BEGIN:VCALENDAR\nEND:VCALENDAR"))))
    with Session(Credentials(server.url, "anna", "x")) as session:
        found = session.fetch(WORK, [f"{WORK}a@b.ics"]).found
    expected = dav.Resource(f"{WORK}a@b.ics", '"1"', b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")
    assert found == {f"{WORK}a@b.ics": expected}


def test_line_ends_lost_in_xml_are_restored_whatever_was_kept_of_them(web) -> None:
    kept = "\n  BEGIN:VCALENDAR&#13;\nVERSION:2.0\nX-A:&#13;\n folded\nEND:VCALENDAR\n\n"
    server = web(reply(207, multistatus(data_of(f"{WORK}a.ics", kept))))
    with Session(Credentials(server.url, "anna", "x")) as session:
        data = session.fetch(WORK, [f"{WORK}a.ics"]).found[f"{WORK}a.ics"].data
    assert data == b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nX-A:\r\n folded\r\nEND:VCALENDAR\r\n"


def test_a_get_of_a_page_is_no_calendar(web) -> None:
    page = b"<!DOCTYPE html><html>Sign in</html>"
    server = web(script(reply(200, page), reply(200, b""), reply(200, b"\xef\xbb\xbf\r\nbegin:vcalendar\r\n")))
    with Session(Credentials(server.url, "anna", "x")) as session:
        for _ in range(2):
            with pytest.raises(dav.NotCalDav):
                session.get(f"{WORK}a.ics")
        assert session.get(f"{WORK}a.ics").etag == ""
