"""What the wire promises, asked of every server we can start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from connections.dav import (
    Conflict,
    Credentials,
    NotFound,
    RemoteCalendar,
    Session,
    TokenExpired,
    Unauthorized,
)
from tests.ics_text import event
from tests.sandboxed import SandboxServer
from tests.servers import CalendarServer

pytestmark = pytest.mark.processes

HOUR = timedelta(hours=1)
REFUSED_TOKENS = ["junk", "http://radicale.org/ns/sync/" + "0" * 64, "0" * 40, "HwoQEgwAAFRPu0k="]


@pytest.fixture(params=["sandboxed_icloud", "fastmail", "nextcloud_server", "radicale", "xandikos"])
def server(request: pytest.FixtureRequest) -> CalendarServer | SandboxServer:
    return request.getfixturevalue(request.param)


@pytest.fixture
def wire(server: CalendarServer) -> Iterator[Session]:
    with Session(Credentials(server.url, server.username, server.password), timeout=10) as session:
        yield session


@pytest.fixture
def work(server: CalendarServer) -> str:
    return server.add_calendar("work", "Work")


def test_discovery_takes_two_requests_and_finds_the_home(server: CalendarServer, wire: Session) -> None:
    home = wire.discover()
    assert (home.path, wire.requests) == (server.home, 2)
    assert home.principal.lower() in home.addresses


def test_the_home_lists_event_calendars_in_one_request(server: CalendarServer, wire: Session) -> None:
    server.add_calendar("work", "Work & Fun")
    server.add_calendar("errands", "Errands", component="VTODO")
    (calendar,) = wire.calendars(server.home)
    expected = RemoteCalendar(
        f"{server.home}work/", "Work & Fun", "#1BADF8", writable=True, shared=False, token=calendar.token
    )
    assert (calendar, wire.requests) == (expected, 1)


def test_the_probe_token_moves_with_a_change_and_only_then(server: CalendarServer, wire: Session, work: str) -> None:
    first = wire.calendars(server.home)[0].token
    assert wire.calendars(server.home)[0].token == first != ""
    server.write(f"{work}a.ics", event("A"))
    assert wire.calendars(server.home)[0].token != first


def test_a_listing_is_complete_and_gives_a_token(server: CalendarServer, wire: Session, work: str) -> None:
    server.write(f"{work}a.ics", event("A"))
    server.write(f"{work}b.ics", event("B"))
    listing = wire.listing(work)
    assert listing.changed == {f"{work}{name}.ics": wire.etag(f"{work}{name}.ics") for name in "ab"}
    assert (listing.removed, listing.complete, listing.token != "") == (frozenset(), True, True)


def test_a_listing_drops_what_was_deleted_before_it(server: CalendarServer, wire: Session, work: str) -> None:
    server.write(f"{work}a.ics", event("A"))
    server.remove(f"{work}a.ics")
    assert wire.listing(work).changed == {}


def test_a_delta_names_what_changed_in_one_request(server: CalendarServer, wire: Session, work: str) -> None:
    for name in "abc":
        server.write(f"{work}{name}.ics", event(name.upper()))
    token = wire.listing(work).token
    server.write(f"{work}b.ics", event("B", "Moved"))
    server.write(f"{work}d.ics", event("D"))
    server.remove(f"{work}c.ics")
    before = wire.requests
    delta = wire.changes(work, token)
    assert wire.requests - before == 1
    assert (set(delta.changed), delta.removed) == ({f"{work}b.ics", f"{work}d.ics"}, {f"{work}c.ics"})
    assert (delta.complete, delta.token != token) == (False, True)


def test_a_delta_without_a_change_is_empty(server: CalendarServer, wire: Session, work: str) -> None:
    server.write(f"{work}a.ics", event("A"))
    delta = wire.changes(work, wire.listing(work).token)
    assert (delta.changed, delta.removed) == ({}, frozenset())


@pytest.mark.parametrize("token", REFUSED_TOKENS)
def test_a_token_the_server_does_not_know_is_expired(wire: Session, work: str, token: str) -> None:
    with pytest.raises(TokenExpired):
        wire.changes(work, token)


def test_a_deleted_calendar_is_not_found_by_any_question(server: CalendarServer, wire: Session, work: str) -> None:
    token = wire.listing(work).token
    assert wire.exists(work) is True
    server.remove(work)
    assert wire.exists(work) is False
    for question in (
        lambda: wire.changes(work, token),
        lambda: wire.listing(work),
        lambda: wire.fetch(work, [f"{work}a.ics"]),
    ):
        with pytest.raises(NotFound):
            question()


def test_the_events_of_a_span_come_in_one_request(server: CalendarServer, wire: Session, work: str) -> None:
    server.write(f"{work}a.ics", event("A"))
    ten = datetime(2026, 12, 1, 10, tzinfo=UTC)
    found = [wire.between(work, ten + shift, ten + shift + HOUR) for shift in (HOUR / 2, HOUR, -HOUR)]
    assert [[(one.href, b"UID:A" in one.data) for one in some] for some in found] == [[(f"{work}a.ics", True)], [], []]
    assert wire.requests == 3


def test_fetch_asks_in_batches(server: CalendarServer, wire: Session, work: str) -> None:
    for number in range(5):
        server.write(f"{work}{number}.ics", event(f"U{number}"))
    hrefs = list(wire.listing(work).changed)
    before = wire.requests
    wire.fetch_batch = 2
    fetched = wire.fetch(work, hrefs)
    assert (set(fetched.found), fetched.missing, wire.requests - before) == (set(hrefs), frozenset(), 3)


def test_what_is_fetched_is_what_is_served(server: CalendarServer, wire: Session, work: str) -> None:
    server.write(f"{work}a.ics", event("A", "Grüße & <Küsse> 🎉"))
    href = f"{work}a.ics"
    assert wire.fetch(work, [href]).found[href] == wire.get(href)
    assert "Grüße & <Küsse> 🎉".encode() in wire.get(href).data


def test_an_href_that_leads_nowhere_is_missing_and_costs_the_others_nothing(
    server: CalendarServer, wire: Session, work: str
) -> None:
    server.write(f"{work}a.ics", event("A"))
    fetched = wire.fetch(work, [f"{work}gone.ics", f"{work}a.ics"])
    assert (set(fetched.found), fetched.missing) == ({f"{work}a.ics"}, {f"{work}gone.ics"})


def test_a_needlessly_escaped_href_is_the_same_href(server: CalendarServer, wire: Session, work: str) -> None:
    server.write(f"{work}anna@home.ics", event("A"))
    assert set(wire.listing(work).changed) == {f"{work}anna@home.ics"}
    assert set(wire.fetch(work, [f"{work}anna%40home.ics"]).found) == {f"{work}anna@home.ics"}


def test_a_create_gives_the_etag_the_server_then_serves(wire: Session, work: str) -> None:
    etag = wire.put(f"{work}a.ics", event("A"))
    assert etag == wire.etag(f"{work}a.ics") == wire.get(f"{work}a.ics").etag


def test_creating_what_is_there_is_a_conflict(wire: Session, work: str) -> None:
    wire.put(f"{work}a.ics", event("A"))
    with pytest.raises(Conflict):
        wire.put(f"{work}a.ics", event("A", "Again"))


def test_an_update_needs_the_current_etag(wire: Session, work: str) -> None:
    first = wire.put(f"{work}a.ics", event("A"))
    second = wire.put(f"{work}a.ics", event("A", "Moved"), etag=first)
    with pytest.raises(Conflict):
        wire.put(f"{work}a.ics", event("A", "Too late"), etag=first)
    assert wire.get(f"{work}a.ics").etag == second
    assert b"SUMMARY:Moved" in wire.get(f"{work}a.ics").data


def test_updating_what_was_deleted_is_a_conflict_and_creates_nothing(
    server: CalendarServer, wire: Session, work: str
) -> None:
    etag = wire.put(f"{work}a.ics", event("A"))
    server.remove(f"{work}a.ics")
    with pytest.raises((Conflict, NotFound)):
        wire.put(f"{work}a.ics", event("A", "Back again"), etag=etag)
    assert wire.listing(work).changed == {}


def test_a_delete_needs_the_current_etag(wire: Session, work: str) -> None:
    first = wire.put(f"{work}a.ics", event("A"))
    second = wire.put(f"{work}a.ics", event("A", "Moved"), etag=first)
    with pytest.raises(Conflict):
        wire.delete(f"{work}a.ics", etag=first)
    wire.delete(f"{work}a.ics", etag=second)
    assert wire.listing(work).changed == {}


@pytest.mark.parametrize("question", ["get", "etag"])
def test_a_resource_that_is_gone_is_not_found(wire: Session, work: str, question: str) -> None:
    with pytest.raises(NotFound):
        getattr(wire, question)(f"{work}gone.ics")


def test_deleting_what_is_gone_is_not_found(server: CalendarServer, wire: Session, work: str) -> None:
    etag = wire.put(f"{work}a.ics", event("A"))
    server.remove(f"{work}a.ics")
    with pytest.raises((NotFound, Conflict)):
        wire.delete(f"{work}a.ics", etag=etag)


def test_a_uid_under_a_second_name_is_a_conflict(wire: Session, work: str) -> None:
    wire.put(f"{work}a.ics", event("A"))
    with pytest.raises(Conflict):
        wire.put(f"{work}b.ics", event("A"))
    assert set(wire.listing(work).changed) == {f"{work}a.ics"}


def test_a_wrong_password_is_unauthorized_at_the_first_request(server: CalendarServer) -> None:
    with Session(Credentials(server.url, server.username, "wrong")) as session:
        with pytest.raises(Unauthorized):
            session.discover()
        assert session.requests == 1


def test_no_request_goes_out_without_password_or_with_a_wildcard_condition(
    server: CalendarServer, wire: Session, work: str
) -> None:
    wire.discover()
    etag = wire.put(f"{work}a.ics", event("A"))
    wire.delete(f"{work}a.ics", etag=wire.put(f"{work}a.ics", event("A", "Moved"), etag=etag))
    assert [method for method, _, _ in server.sent] == ["PROPFIND", "PROPFIND", "PUT", "PUT", "DELETE"]
    assert [password for _, password, _ in server.sent] == [True] * 5
    assert "*" not in {condition for _, _, condition in server.sent}
