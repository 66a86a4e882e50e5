"""A calendar by web address, from its connection to its end, and with every fault that its server can have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from bookings import actions
from bookings.models import Booking
from bookings.reconcile.audit import Mismatch, audit
from connections import accounts
from connections.freshness import FreshnessState, freshness
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence, SyncRun
from connections.sync.report import SyncReport
from connections.sync.run import sync_connection
from tests.bookings.practice import CARLA, Practice, berlin
from tests.bookings.practice import practice as practice  # a fixture
from tests.factories import START, ServiceFactory, UserFactory, office_hours
from tests.feed_server import SECRET, Fault, FeedServer, event_text, feed_text
from tests.provider_contract.practice import FREE, Chosen
from tests.provider_contract.practice import Practice as AnyPractice
from tests.servers import Served, reply

pytestmark = [pytest.mark.django_db, pytest.mark.processes]

HOUR = timedelta(hours=1)
INTERVAL = HOUR  # of a file that does not say how often it wants to be asked for
DENTIST = event_text("dentist@club.example", "20261201T110000", "20261201T120000", "SUMMARY:Dentist")
MATCH = event_text("match@club.example", "20261201T140000", "20261201T150000", "SUMMARY:Match")
WITH_BOTH = [hour for hour in FREE if hour not in (11, 14)]


class Feed(AnyPractice):
    """Anna, who has a calendar by web address and no other."""

    def add(self, server: FeedServer) -> Connection:
        return accounts.connect_feed(self.user, address=server.address, now=self.now)

    def sync_later(self, by: timedelta = INTERVAL) -> SyncReport:
        self.later(by)
        return self.sync()

    def code(self, by: timedelta = INTERVAL) -> str:
        """The problem that the next sync finds."""
        report = self.sync_later(by)
        return report.error.code if report.error else ""

    def policy(self, policy: str) -> None:
        CalendarConfiguration.objects.filter(user=self.user).update(stale_policy=policy)


@pytest.fixture
def unconnected(feed_server: FeedServer, db: None) -> Feed:
    feed_server.data = feed_text(DENTIST, MATCH)
    user = UserFactory.create(username="anna")
    office_hours(user)
    service = ServiceFactory.create(name="Talk", slug="talk", staff=[user])
    return Feed(None, Chosen("ics", lambda server: ""), user, service)  # type: ignore[arg-type]


@pytest.fixture
def feed(unconnected: Feed, feed_server: FeedServer) -> Feed:
    """The feed is connected and was read, and nothing was asked since."""
    unconnected.add(feed_server)
    feed_server.statuses.clear()
    return unconnected


# --- what reading is -------------------------------------------------------------------------------------------


def test_connecting_reads_it_and_what_it_says_blocks(unconnected: Feed, feed_server: FeedServer) -> None:
    connection = unconnected.add(feed_server)
    assert (connection.provider, connection.url, connection.error_code) == ("ics", feed_server.url, "")
    assert [(one.name, one.writable, one.is_conflict_calendar) for one in connection.calendars.all()] == [
        ("Club", False, True)
    ]
    assert (unconnected.titles(), unconnected.starts()) == (["Dentist", "Match"], WITH_BOTH)


def test_its_address_is_in_no_column_but_the_encrypted_one(feed: Feed) -> None:
    values = Connection.objects.values().get()
    assert [name for name, value in values.items() if SECRET in str(value)] == ["password"]
    with database.cursor() as cursor:
        cursor.execute("SELECT * FROM connections_connection")
        assert (SECRET in str(cursor.fetchall())) is False


def test_changes_and_deletions_are_followed(feed: Feed, feed_server: FeedServer) -> None:
    later = MATCH.replace("T140000", "T090000").replace("T150000", "T100000")
    feed_server.data = feed_text(later)
    report = feed.sync_later()
    assert (report.changed, report.removed, report.error) == (1, 1, None)
    assert (feed.titles(), feed.starts()) == (["Match"], FREE[1:])


def test_a_sync_of_what_is_unchanged_is_one_answer_that_says_so(feed: Feed, feed_server: FeedServer) -> None:
    assert [feed.sync_later().requests for _ in range(3)] == [1, 1, 1]
    assert feed_server.statuses == {304: 3}
    assert Calendar.objects.get().fresh_at == feed.now


def test_without_validators_an_unchanged_file_changes_no_row(feed: Feed, feed_server: FeedServer) -> None:
    feed_server.has_etag = feed_server.has_modified = False
    feed_server.data = feed_server.data.replace(b"DTSTAMP:20261129", b"DTSTAMP:20261130")  # as Google writes it anew
    before = list(Event.objects.order_by("pk").values())
    report = feed.sync_later()
    assert (report.changed, report.removed, feed_server.statuses) == (0, 0, {200: 1})
    assert list(Event.objects.order_by("pk").values()) == before


def test_it_receives_no_bookings(feed: Feed) -> None:
    with pytest.raises(accounts.ConfigurationRefused):
        accounts.configure(feed.user, linked=Calendar.objects.get(), conflicts=[], now=feed.now)
    booking = actions.book(start=START, service=feed.service, staff=feed.user, client=CARLA, now=feed.now)
    assert (booking.status, booking.linked_events.count(), feed.push()) == ("confirmed", 0, [])


def test_disconnecting_keeps_the_bookings_and_frees_the_hours(feed: Feed) -> None:
    actions.book(start=START, service=feed.service, staff=feed.user, client=CARLA, now=feed.now)
    actions.disconnect(feed.connection, remove=True, now=feed.now)
    assert (Connection.objects.count(), Event.objects.count(), Occurrence.objects.count()) == (0, 0, 0)
    assert list(Booking.objects.values_list("status", flat=True)) == ["confirmed"]
    assert feed.starts() == FREE[:1] + FREE[2:]


def test_a_new_address_reads_the_same_calendar_and_keeps_its_choices(feed: Feed, feed_server: FeedServer) -> None:
    Calendar.objects.update(is_conflict_calendar=False)
    calendar = Calendar.objects.get()
    moved = feed_server.address.replace("basic.ics", "other.ics")
    report = accounts.reconnect_feed(feed.connection, address=moved, now=feed.now)
    assert (report.matches, Calendar.objects.get().pk, Calendar.objects.get().is_conflict_calendar) == (
        True,
        calendar.pk,
        False,
    )
    assert Connection.objects.get().password == moved


def test_the_history_tells_of_changes_and_the_audit_finds_no_difference(feed: Feed, feed_server: FeedServer) -> None:
    SyncRun.objects.all().delete()
    feed_server.data = feed_text(DENTIST)
    feed.sync_later()
    feed.sync_later()
    assert [(run.changed, run.removed, run.error_code) for run in SyncRun.objects.all()] == [(0, 1, "")]
    assert audit(feed.user, feed.now) == []


def test_a_file_that_changed_since_it_was_read_is_no_difference_and_a_lost_row_is_one(
    feed: Feed, feed_server: FeedServer
) -> None:
    read = feed_server.data
    feed_server.data = feed_text(DENTIST.replace("SUMMARY:Dentist", "SUMMARY:Doctor"))
    assert audit(feed.user, feed.now) == []
    feed_server.data = read
    Event.objects.filter(uid="match@club.example").delete()
    assert [one.kind for one in audit(feed.user, feed.now)] == [Mismatch.NOT_MIRRORED]


# --- faults ----------------------------------------------------------------------------------------------------

FAULTS: list[tuple[Fault | int, str]] = [
    (Fault.HALF_A_FILE, "feed_broken"),
    (Fault.CUT_CONNECTION, "unavailable"),
    (Fault.HTML, "not_caldav"),
    (Fault.STRANGER, "foreign_host"),
    (Fault.ENDLESS, "too_large"),
    (Fault.CUT_GZIP, "unavailable"),
    (Fault.GZIP_BOMB, "too_large"),
    (401, "unauthorized"),
    (403, "home_refused"),
    (404, "no_home"),
    (410, "no_home"),
    (429, "throttled"),
    (500, "unavailable"),
    (502, "unavailable"),
    (503, "throttled"),
]


@pytest.mark.parametrize(("fault", "code"), FAULTS, ids=str)
def test_a_fault_is_said_and_removes_nothing(
    feed: Feed, feed_server: FeedServer, fault: Fault | int, code: str
) -> None:
    feed_server.fault = fault
    report = feed.sync_later()
    assert report.error is not None
    said = str(feed.connection.about(report.error).sentence)
    assert (report.error.code, report.removed, SECRET in said) == (code, 0, False)
    assert [word for word in ("password of", "list", "account") if word in said] == []
    assert (feed.titles(), feed.starts()) == (["Dentist", "Match"], WITH_BOTH)


@pytest.mark.parametrize("fault", [fault for fault, code in FAULTS if code != "unauthorized"], ids=str)
def test_after_a_fault_it_is_read_as_before(feed: Feed, feed_server: FeedServer, fault: Fault | int) -> None:
    feed_server.fault = fault
    for _ in range(3):
        feed.sync_later()
    feed_server.fault = Fault.NONE
    feed_server.data = feed_text(DENTIST)
    report = feed.sync_later(timedelta(days=1))
    assert (report.error, report.removed, feed.connection.error_code, feed.titles()) == (None, 1, "", ["Dentist"])


def test_an_address_that_asks_for_a_password_waits_for_a_person(feed: Feed, feed_server: FeedServer) -> None:
    feed_server.fault = 401
    feed.sync_later()
    asked = len(feed_server.requests)
    feed.sync_later(timedelta(days=1))
    assert (len(feed_server.requests), feed.connection.needs_attention) == (asked, True)
    feed_server.fault = Fault.NONE
    report = accounts.reconnect_feed(feed.connection, address=feed_server.address, now=feed.now)
    assert (report.matches, feed.connection.needs_attention) == (True, False)


def test_a_stranger_to_whom_it_redirects_is_not_asked(
    feed: Feed, feed_server: FeedServer, web: Callable[..., Served]
) -> None:
    stranger = web(reply(200, feed_text()), host="127.0.0.2")
    feed_server.fault, feed_server.location = Fault.STRANGER, f"{stranger.url}feed.ics"
    assert (feed.code(), stranger.requests, feed.titles()) == ("foreign_host", [], ["Dentist", "Match"])


def test_times_without_a_zone_of_their_own_are_those_that_the_file_names(
    unconnected: Feed, feed_server: FeedServer
) -> None:
    floating = event_text("a@club.example", "20261201T080000", "20261201T090000", "SUMMARY:Early", zone="")
    feed_server.data = feed_text(floating, head=["X-WR-TIMEZONE:Atlantic/Azores"])  # two hours behind Berlin
    unconnected.add(feed_server)
    assert unconnected.starts() == [hour for hour in FREE if hour != 10]


# --- how long it is believed ---------------------------------------------------------------------------------


def too_old() -> timedelta:
    """The age from which the last copy of the file is believed no more."""
    return INTERVAL + timedelta(minutes=settings.TRUST_MINUTES, seconds=1)


def booked(feed: Feed, hour: int) -> str:
    """The status of a booking at that hour of START's day, in Berlin; "" if it is refused."""
    start = berlin(1, hour)
    try:
        made = actions.book(start=start, service=feed.service, staff=feed.user, client=CARLA, now=feed.now)
    except actions.Refused:
        return ""
    return str(made.status)


@pytest.mark.parametrize("policy", ["pending", "no_openings", "trust"])
def test_within_its_interval_and_the_trust_a_dead_feed_changes_nothing(
    feed: Feed, feed_server: FeedServer, policy: str
) -> None:
    feed.policy(policy)
    feed_server.fault = 500
    feed.later(too_old() - timedelta(seconds=2))
    feed.sync()
    assert (freshness(feed.user, now=feed.now).state, feed.starts()) == (FreshnessState.FRESH, WITH_BOTH)
    assert (booked(feed, 15), booked(feed, 11)) == ("confirmed", "")


@pytest.mark.parametrize(
    ("policy", "starts", "status"),
    [("pending", WITH_BOTH, "pending"), ("no_openings", [], ""), ("trust", WITH_BOTH, "confirmed")],
)
def test_beyond_that_the_policy_decides(
    feed: Feed, feed_server: FeedServer, policy: str, starts: list[int], status: str
) -> None:
    feed.policy(policy)
    feed_server.fault = 500
    feed.later(too_old())
    feed.sync()
    assert (freshness(feed.user, now=feed.now).state, feed.starts()) == (FreshnessState.STALE, starts)
    assert (booked(feed, 15), booked(feed, 11)) == (status, "")


def test_what_waited_is_confirmed_when_the_feed_answers_again(feed: Feed, feed_server: FeedServer) -> None:
    feed.policy("pending")
    feed_server.fault = 500
    feed.later(too_old())
    feed.sync()
    assert (booked(feed, 15), booked(feed, 9)) == ("pending", "pending")
    feed_server.fault = Fault.NONE
    early = event_text("early@club.example", "20261201T090000", "20261201T100000", "SUMMARY:Early")
    feed_server.data = feed_text(DENTIST, MATCH, early)
    feed.sync_later()
    found = Booking.objects.order_by("start").values_list("status", flat=True)
    assert list(found) == ["pending", "confirmed"]


def test_a_server_that_says_for_ever_that_nothing_has_changed_is_not_believed_for_ever(
    feed: Feed, feed_server: FeedServer
) -> None:
    feed.policy("pending")
    feed_server.fault = Fault.ALWAYS_304
    assert ([feed.code() for _ in range(3)], booked(feed, 15)) == (["", "", ""], "confirmed")
    assert feed.code(timedelta(hours=21)) == "not_caldav"
    feed.later(too_old() - INTERVAL)
    assert booked(feed, 12) == "pending"


def test_at_the_last_moment_it_is_asked_only_after_its_interval(feed: Feed, feed_server: FeedServer) -> None:
    feed.later(INTERVAL - timedelta(seconds=1))
    assert (booked(feed, 15), feed_server.statuses) == ("confirmed", {})
    feed.later(timedelta(seconds=1))
    assert (booked(feed, 12), feed_server.statuses) == ("confirmed", {304: 1})


# --- beside an account ---------------------------------------------------------------------------------------


def test_a_dead_feed_never_stops_what_comes_back_from_the_calendars(
    practice: Practice, feed_server: FeedServer
) -> None:
    feed_server.data = feed_text(DENTIST)
    feed = accounts.connect_feed(practice.user, address=feed_server.address, now=practice.now)
    moved, deleted = practice.booked(), practice.booked(berlin(1, 15))
    feed_server.fault = 404
    practice.later(timedelta(hours=12))
    sync_connection(feed.pk, now=practice.now)
    practice.sync()
    practice.phone.move(practice.href(moved), berlin(1, 13))
    practice.phone.delete(practice.href(deleted))
    practice.poll_later(2)
    moved.refresh_from_db()
    assert (moved.start, practice.proposals()) == (
        berlin(1, 13),
        [("deleted", "The event was deleted on the iPhone.")],
    )


# --- size ----------------------------------------------------------------------------------------------------

MANY = 10_000
FIRST = berlin(2, 6)


def many(*more: str, without: int = 0) -> bytes:
    """So many events, an hour every two hours; those of `more` instead of the first of them, `without` so many more."""
    starts = (FIRST + timedelta(minutes=15) * number for number in range(MANY))
    texts = [
        event_text(f"{number}@club.example", f"{start:%Y%m%dT%H%M%S}", f"{start + HOUR:%Y%m%dT%H%M%S}", "SUMMARY:Match")
        for number, start in enumerate(starts)
    ]
    return feed_text(*more, *texts[len(more) + without :])


@pytest.mark.slow
def test_a_changed_file_of_many_events_costs_its_differences_in_rows(
    unconnected: Feed, feed_server: FeedServer
) -> None:
    feed_server.data = many()
    unconnected.add(feed_server)
    assert Event.objects.count() == MANY
    before = dict(Event.objects.values_list("href", "pk"))
    changed = event_text("0@club.example", "20261202T070000", "20261202T080000", "SUMMARY:Moved")
    feed_server.data = many(changed, DENTIST, without=3)
    unconnected.later(INTERVAL)
    with CaptureQueriesContext(database) as queries:
        report = unconnected.sync()
    after = dict(Event.objects.values_list("href", "pk"))
    assert (report.changed, report.removed, len(before.items() & after.items())) == (2, 4, MANY - 4)
    assert len(queries) < 80
