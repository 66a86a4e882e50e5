"""What other servers do besides, Apple's own open one among them: Kalends stays calm about all of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from bookings import actions
from bookings.models import Booking, LinkedEvent, Proposal
from bookings.push import outbox
from connections import accounts
from connections.models import Calendar, Connection, Event
from connections.sync.run import sync_connection
from practice.models import User
from tests.bookings.practice import CARLA, utc
from tests.connections.ical.museum import museum
from tests.factories import NOW, START, ServiceFactory, UserFactory, office_hours
from tests.ics_text import event
from tests.servers import PASSWORD, USERNAME, Asked, CalendarServer, Served, multistatus, prop, reply
from tests.traps.looking import times
from tests.traps.scripted import REFUSED, WORK, Answer, Server, customer, gone, token

Web = Callable[..., Served]
MANY = 12
pytestmark = pytest.mark.django_db


def uids() -> list[str]:
    return sorted(Event.objects.values_list("uid", flat=True))


def full_of(count: int = MANY) -> Server:
    """A server with so many events."""
    return Server({f"{n}.ics": (f'"{n}"', event(f"U{n:02}")) for n in range(count)})


def to_deltas(answer: Callable[[Asked], Answer]) -> Callable[[Asked], Answer | None]:
    """Answer so whoever sends a token."""
    return lambda asked: answer(asked) if Server.since(asked) else None


# --- tokens -----------------------------------------------------------------------------------------------

REFUSALS: dict[str, Answer] = {
    "Radicale, Cyrus, Apple: 403 with its precondition": (403, REFUSED),
    "Xandikos: 412": (412, b""),
    "Apple, to another's token: 500": (500, b""),
    "400": (400, b"<html><body>Bad Request</body></html>"),
    "501": (501, b""),
    "422": (422, b""),
    "a page": (200, b"<html></html>"),
    "nothing": (204, b""),
}


@pytest.mark.parametrize("server", REFUSALS)
def test_a_refused_token_costs_a_listing_and_only_differences_are_fetched(web: Web, server: str) -> None:
    shop = customer(web, full_of())
    shop.server.delete("0.ics")
    shop.server.put("1.ics", event("U01", "Changed"), '"new"')
    shop.server.answers.append(to_deltas(lambda asked: REFUSALS[server]))
    shop.sync()
    assert shop.said() == ["PROPFIND", "sync-collection", "sync-collection", "calendar-multiget"]
    assert uids() == [f"U{n:02}" for n in range(1, MANY)]


def test_a_forgotten_token_answered_with_the_full_list_still_loses_what_was_deleted(web: Web) -> None:
    shop = customer(web, full_of())
    shop.server.answers.append(to_deltas(lambda asked: (207, everything(shop.server))))
    shop.server.delete("0.ics")
    shop.sync()
    assert uids() == [f"U{n:02}" for n in range(1, MANY)]


def everything(server: Server) -> bytes:
    return multistatus(*(server.member(name) for name in server.members), after=token(str(server.step)))


def nothing(server: Server) -> bytes:
    return multistatus(after=token(str(server.step)))


def test_an_empty_delta_is_not_proof_where_the_home_says_that_something_changed(web: Web) -> None:
    shop = customer(web, full_of())
    shop.server.answers.append(to_deltas(lambda asked: (207, nothing(shop.server))))
    shop.server.delete("0.ics")
    shop.server.put("new.ics", event("NEW"), '"new"')
    shop.sync()
    assert uids() == ["NEW", *(f"U{n:02}" for n in range(1, MANY))]


def test_an_empty_delta_is_not_proof_so_once_a_day_everything_is_compared(web: Web) -> None:
    shop = customer(web, full_of())
    step = shop.server.step
    shop.server.delete("0.ics")
    shop.server.put("new.ics", event("NEW"), '"new"')
    shop.server.step = step  # neither the home nor a delta says a word
    shop.server.history.clear()
    shop.sync()
    assert ("NEW" in uids(), shop.said()) == (False, ["PROPFIND"])
    shop.now += timedelta(hours=24)
    shop.sync()
    assert uids() == ["NEW", *(f"U{n:02}" for n in range(1, MANY))]


# --- deltas -----------------------------------------------------------------------------------------------


def test_members_that_are_repeated_unchanged_are_not_fetched_again(web: Web) -> None:
    shop = customer(web, full_of(3))
    shop.server.put("new.ics", event("NEW"), '"new"')
    shop.server.answers.append(to_deltas(lambda asked: (207, everything(shop.server))))
    shop.sync()
    (multiget,) = [one.body for one in shop.server.requests if b"calendar-multiget" in one.body]
    assert (multiget.count(b"<href>"), b"new.ics" in multiget, len(uids())) == (1, True, 4)


def test_what_came_and_went_in_between_leaves_no_trace(web: Web) -> None:
    shop = customer(web, full_of(3))
    shop.server.put("short.ics", event("SHORT"), '"s"')
    shop.server.delete("short.ics")
    shop.sync()
    left_out = shop.said()
    shop.server.answers.append(to_deltas(lambda asked: (207, multistatus(after=token(str(shop.server.step))))))
    shop.server.put("short.ics", event("SHORT"), '"s"')
    shop.server.delete("short.ics")
    shop.sync()
    assert (uids(), left_out) == (["U00", "U01", "U02"], ["PROPFIND", "sync-collection"])
    assert shop.calendar.error_code == ""


def test_members_deleted_long_ago_in_a_first_listing_are_no_events(web: Web) -> None:
    server = full_of(2)
    initial = multistatus(server.member("0.ics"), gone("old.ics"), server.member("1.ics"), after=token("1"))
    server.answers.append(lambda asked: (207, initial) if b"<sync-token></sync-token>" in asked.body else None)
    shop = customer(web, server)
    assert (uids(), shop.calendar.error_code) == (["U00", "U01"], "")


def test_pages_that_a_server_cuts_off_with_507_are_followed(web: Web) -> None:
    shop = customer(web, full_of(2))
    for n in range(2, 8):
        shop.server.put(f"{n}.ics", event(f"U{n:02}"), f'"{n}"')

    def page(asked: Asked) -> Answer:
        changed = [one for one in shop.server.history if one[0] > Server.since(asked)]
        cut = f"<href>{WORK}</href><status>HTTP/1.1 507 Insufficient Storage</status>"
        members = [shop.server.member(name) for _, name in changed[:2]]
        last = changed[1][0] if len(changed) > 2 else shop.server.step
        return 207, multistatus(*members, *([cut] if len(changed) > 2 else []), after=token(str(last)))

    shop.server.answers.append(to_deltas(page))
    shop.sync()
    assert (uids(), shop.said().count("sync-collection")) == ([f"U{n:02}" for n in range(8)], 3)


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", None])
def test_a_multiget_may_leave_out_what_is_not_there(web: Web, status: str | None) -> None:
    shop = customer(web, full_of(3))
    shop.server.put("1.ics", event("U01", "Changed"), '"new"')
    shop.server.put("2.ics", event("U02", "Changed"), '"new"')

    def without_one(asked: Asked) -> Answer | None:
        if b"calendar-multiget" not in asked.body:
            return None
        lost = [] if status is None else [f"<href>{WORK}1.ics</href><status>HTTP/1.1 {status}</status>"]
        return 207, multistatus(shop.server.full("2.ics"), *lost)

    shop.server.answers.append(without_one)
    shop.sync()
    etags = dict(Event.objects.values_list("uid", "etag"))
    owed = list(Event.objects.exclude(pending_etag="").values_list("uid", flat=True))
    assert (etags["U01"], etags["U02"], owed, len(times("Work"))) == ('"1"', '"new"', ["U01"], 3)


# --- what is never asked ----------------------------------------------------------------------------------


def test_no_server_is_asked_for_time_ranges_expansion_or_limits(web: Web) -> None:
    shop = customer(web, full_of(3))
    shop.server.put("1.ics", museum("range_this_and_future"), '"new"')
    shop.sync()
    shop.sync(full=True)
    bodies = b"".join(asked.body for asked in shop.server.requests)
    assert [
        word for word in (b"calendar-query", b"time-range", b"expand", b"limit", b"allprop") if word in bodies
    ] == []
    found = [one for one in times("Work") if "12:00-12:30" in one]
    assert found == ["03 12:00-12:30", "04 12:00-12:30", "05 12:00-12:30"]  # shifted by the override, here


# --- privileges -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("granted", "writable"),
    [
        (["read", "write"], True),
        (["read", "write-content"], True),
        (["read", "bind"], True),
        (["all"], True),
        (["read"], False),
        (["read", "write-properties"], False),
        (["read", "write-properties", "write-acl", "C:admin", "C:remove-collection"], False),
        ([], False),
    ],
)
def test_only_write_write_content_and_bind_make_a_calendar_writable(
    web: Web, granted: list[str], writable: bool
) -> None:
    privileges = "".join(f"<privilege><{name}/></privilege>" for name in granted)
    server = Server(privileges=f"<current-user-privilege-set>{privileges}</current-user-privilege-set>")
    assert customer(web, server).calendar.writable is writable


@pytest.mark.parametrize(("status", "writable"), [(403, False), (404, True)])
def test_silence_about_privileges_is_not_the_same_as_a_refusal_to_tell(web: Web, status: int, writable: bool) -> None:
    refused = f"<propstat><prop><current-user-privilege-set/></prop><status>HTTP/1.1 {status} X</status></propstat>"
    server = Server(privileges="")
    plain = server.listed
    server.listed = lambda: plain() + refused  # type: ignore[method-assign]
    assert customer(web, server).calendar.writable is writable


# --- who may have the password ----------------------------------------------------------------------------


def test_every_request_brings_its_password_along(web: Web) -> None:
    server = full_of(3)
    shop = customer(web, server)
    everything_asked = list(server.requests)
    server.put("1.ics", event("U01", "Changed"), '"new"')
    shop.sync()
    assert [one for one in everything_asked + server.requests if "authorization" not in one.headers] == []


def test_a_207_that_says_unauthenticated_is_no_account(web: Web) -> None:
    body = multistatus(prop("/", "<current-user-principal><unauthenticated/></current-user-principal>"))
    url = web(reply(207, body)).url
    with pytest.raises(accounts.ConnectFailed) as failed:
        accounts.connect(UserFactory(), username=USERNAME, password=PASSWORD, url=url, now=NOW)
    assert (failed.value.problem.code, Connection.objects.count()) == ("no_caldav", 0)


@pytest.mark.parametrize(("host", "code"), [("127.0.0.2", "foreign_home"), ("127.0.0.1", "")])
def test_a_home_on_another_host_gets_no_password_and_one_on_another_port_does(web: Web, host: str, code: str) -> None:
    elsewhere = web(Server().app, host=host)
    entry = Server()
    home = f"<C:calendar-home-set><href>{elsewhere.url}1/cal/</href></C:calendar-home-set>"
    principal = "<current-user-principal><href>/1/</href></current-user-principal>"
    entry.answers.append(lambda asked: (207, multistatus(prop(asked.path, principal + home))))
    try:
        accounts.connect(UserFactory(), username=USERNAME, password=PASSWORD, url=web(entry.app).url, now=NOW)
        found = ""
    except accounts.ConnectFailed as failed:
        found = failed.problem.code
    assert (found, len(elsewhere.requests) > 0) == (code, code == "")


# --- writing ----------------------------------------------------------------------------------------------


@dataclass
class Elsewhere:
    """A practice whose calendars are on another server."""

    server: CalendarServer
    user: User
    connection: Connection
    paths: tuple[str, str]
    now: datetime = NOW

    def sync(self) -> None:
        self.now += timedelta(minutes=5)
        assert sync_connection(self.connection.pk, now=self.now).error is None

    def push(self) -> list[str]:
        return [one.state for one in outbox.push_due(self.now)]

    def book(self) -> Booking:
        service = ServiceFactory(staff=[self.user])
        return actions.book(service=service, staff=self.user, start=START, client=CARLA, now=self.now)

    def placed(self) -> LinkedEvent:
        return LinkedEvent.objects.get()

    def hrefs(self) -> list[str]:
        return list(Event.objects.values_list("href", flat=True))


@pytest.fixture(params=["radicale", "xandikos"])
def elsewhere(request: pytest.FixtureRequest) -> Elsewhere:
    """Anna with a linked and a conflict calendar there."""
    server: CalendarServer = request.getfixturevalue(request.param)
    paths = server.add_calendar("home", "Home"), server.add_calendar("work", "Work")
    user = UserFactory(username="anna", configuration__saved_at=None)
    office_hours(user)
    connection = accounts.connect(user, username=server.username, password=server.password, url=server.url, now=NOW)
    home, work = (Calendar.objects.get(path=path) for path in paths)
    accounts.configure(user, linked=home, conflicts=[work], now=NOW)
    there = Elsewhere(server, user, connection, paths)
    there.sync()
    return there


def test_a_body_that_comes_back_rewritten_is_still_what_we_wrote(elsewhere: Elsewhere) -> None:
    booking = elsewhere.book()
    assert elsewhere.push() == ["pushed"]
    for _ in range(2):
        elsewhere.sync()
    actions.reschedule(booking, start=utc(1, 13), now=elsewhere.now)
    assert (elsewhere.push(), Proposal.objects.count()) == (["pushed"], 0)
    elsewhere.sync()
    assert (times("Home"), elsewhere.push(), Proposal.objects.count()) == (["01 14:00-15:00"], [], 0)
    actions.cancel(booking, now=elsewhere.now)
    assert elsewhere.push() == ["pushed"]
    elsewhere.sync()
    assert elsewhere.hrefs() == []


def test_a_uid_that_the_server_holds_under_another_name_is_found_by_the_next_sync(elsewhere: Elsewhere) -> None:
    """As after a create whose answer was lost and whose event another device has moved since."""
    elsewhere.book()
    moved = f"{elsewhere.paths[0]}moved.ics"
    text = event(elsewhere.placed().uid).replace(b"20261201T1", b"20261201T0").replace(b"T00", b"T09")
    elsewhere.server.write(moved, text)
    elsewhere.push()
    elsewhere.sync()
    elsewhere.now += timedelta(hours=1)
    elsewhere.push()
    elsewhere.sync()
    assert (elsewhere.hrefs(), elsewhere.placed().href) == ([moved], moved)


@pytest.mark.parametrize("weak", [True, False])
def test_weak_etags_do_not_stop_a_booking_from_being_changed(web: Web, weak: bool) -> None:
    shop = customer(web, Server(weak=weak), linked=True)
    user = shop.connection.user
    office_hours(user)
    booking = actions.book(service=ServiceFactory(staff=[user]), staff=user, start=START, client=CARLA, now=shop.now)
    assert [one.state for one in outbox.push_due(shop.now)] == ["pushed"]
    shop.sync()
    actions.reschedule(booking, start=utc(1, 13), now=shop.now)
    assert [one.state for one in outbox.push_due(shop.now)] == ["pushed"]
    actions.cancel(booking, now=shop.now)
    assert ([one.state for one in outbox.push_due(shop.now)], shop.server.members) == (["pushed"], {})
