"""Calendars by web address, read by the sync that reads accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from connections import accounts, tasks
from connections.freshness import freshness
from connections.models import Calendar, Connection, Event, Occurrence, SyncRun
from connections.sync import due, poll
from connections.sync.report import SyncReport
from connections.sync.run import sync_connection
from practice.models import User
from tests.factories import NOW, CalendarFactory, ConnectionFactory, FeedConnectionFactory
from tests.feed_server import MATCH, TRAINING, Fault, FeedServer, event_text, feed_text

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@dataclass
class FeedWorld:
    """A staff member with one feed, which was read at NOW."""

    user: User
    server: FeedServer
    pk: int
    now: datetime = NOW

    @property
    def row(self) -> Connection:
        return Connection.objects.get(pk=self.pk)

    @property
    def calendar(self) -> Calendar:
        return Calendar.objects.get(connection=self.pk)

    def sync(self, *, after: timedelta = HOUR, full: bool = False) -> SyncReport:
        self.now += after
        self.server.statuses.clear()
        return sync_connection(self.pk, now=self.now, full=full)

    def titles(self) -> list[str]:
        return sorted(Occurrence.objects.filter(calendar=self.calendar, blocks=True).values_list("summary", flat=True))


@pytest.fixture
def world(user: User, feed_server: FeedServer) -> Iterator[FeedWorld]:
    connection = accounts.connect_feed(user, address=feed_server.address, now=NOW)
    feed_server.statuses.clear()
    return FeedWorld(user, feed_server, connection.pk)


def test_a_quiet_poll_is_one_304(world: FeedWorld) -> None:
    report = world.sync()
    assert (dict(world.server.statuses), report.requests, report.changed) == ({304: 1}, 1, 0)
    assert (world.calendar.fresh_at, world.row.polled_at) == (world.now, world.now)
    assert dict(report.answers) == {"GET 304": 1}


def test_a_change_costs_one_200_and_the_rows_that_differ(world: FeedWorld) -> None:
    kept = Event.objects.get(uid="training@club.example").pk
    party = event_text("party@club.example", "20261206T180000", "20261206T200000", "SUMMARY:Party")
    world.server.data = feed_text(TRAINING, MATCH.replace("SUMMARY:Match", "SUMMARY:Final"), party)
    report = world.sync()
    assert (dict(world.server.statuses), report.changed, report.removed) == ({200: 1}, 2, 0)
    assert world.titles() == ["Final", "Party", "Training"]
    assert Event.objects.get(uid="training@club.example").pk == kept


def test_what_the_file_has_no_more_blocks_no_more(world: FeedWorld) -> None:
    world.server.data = feed_text(TRAINING, event_text("a@b", "20261206T180000", "20261206T200000", "SUMMARY:A"))
    report = world.sync()
    assert (report.removed, world.titles()) == (1, ["A", "Training"])


def test_a_file_that_only_says_when_it_was_written_changes_no_row(world: FeedWorld) -> None:
    world.server.has_etag = world.server.has_modified = False
    world.sync()
    world.server.data = world.server.data.replace(b"DTSTAMP:20261129T120000Z", b"DTSTAMP:20261129T130000Z")
    report = world.sync()
    assert (dict(world.server.statuses), report.changed, report.removed) == ({200: 1}, 0, 0)
    assert world.calendar.fresh_at == world.now


@pytest.mark.parametrize(
    ("said", "minutes"),
    [
        ("X-WR-CALNAME:Club", 60),
        ("REFRESH-INTERVAL;VALUE=DURATION:PT4H", 240),
        ("X-PUBLISHED-TTL:PT1M", 15),
        ("X-PUBLISHED-TTL:P7D", 1440),
    ],
)
def test_the_file_says_how_often_it_is_asked_for(world: FeedWorld, said: str, minutes: int) -> None:
    world.server.data = feed_text(TRAINING, MATCH, head=[said])
    world.sync()
    assert world.row.next_sync_at == world.now + timedelta(minutes=minutes)
    assert world.row.interval_minutes == minutes


def test_an_unchanged_file_keeps_its_interval(world: FeedWorld) -> None:
    world.server.data = feed_text(TRAINING, MATCH, head=["X-PUBLISHED-TTL:PT4H"])
    world.sync()
    world.sync(after=4 * HOUR)
    assert world.row.next_sync_at == world.now + 4 * HOUR


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.HALF_A_FILE, "feed_broken"),
        (Fault.HTML, "not_caldav"),
        (Fault.STRANGER, "foreign_host"),
        (Fault.CUT_CONNECTION, "unavailable"),
        (Fault.CUT_GZIP, "unavailable"),
        (Fault.GZIP_BOMB, "too_large"),
        (403, "home_refused"),
        (404, "no_home"),
        (500, "unavailable"),
    ],
)
def test_what_is_wrong_with_a_feed_removes_nothing(world: FeedWorld, fault: Fault | int, code: str) -> None:
    world.server.fault = fault
    world.sync()
    assert (world.row.error_code, world.titles()) == (code, ["Match", "Training"])
    assert world.calendar.fresh_at == NOW
    assert world.row.next_sync_at is not None
    world.server.fault = Fault.NONE
    world.sync()
    assert (world.row.error_code, world.calendar.fresh_at) == ("", world.now)


def test_a_file_that_is_gone_is_asked_for_once(world: FeedWorld) -> None:
    world.server.fault = 404
    report = world.sync()
    assert (report.requests, dict(world.server.statuses)) == (1, {404: 1})


def test_a_server_that_says_for_ever_that_nothing_changed_is_asked_without_a_condition_once_a_day(
    world: FeedWorld,
) -> None:
    world.server.fault = Fault.ALWAYS_304
    world.sync()
    assert (world.row.error_code, world.calendar.fresh_at) == ("", world.now)
    world.sync(after=24 * HOUR)
    assert (world.row.error_code, dict(world.server.statuses)) == ("not_caldav", {304: 1})
    assert world.titles() == ["Match", "Training"]


def test_a_file_that_has_lost_nearly_everything_is_believed_the_second_time(world: FeedWorld) -> None:
    world.server.data = feed_text()
    world.sync()
    assert (world.row.error_code, world.titles()) == ("mass_deletion_suspected", ["Match", "Training"])
    assert world.row.next_sync_at == world.now + timedelta(seconds=60)
    world.sync(after=timedelta(seconds=61))
    assert (world.row.error_code, world.titles()) == ("", [])


def test_a_file_with_new_uids_in_each_answer_never_grows(world: FeedWorld) -> None:
    for number in range(3):
        days = [event_text(f"{number}-{day}@x", f"202612{day}T180000", f"202612{day}T190000") for day in range(10, 25)]
        world.server.data = feed_text(*days)
        world.sync()
        assert (world.row.error_code, len(world.titles())) == ("", 15)
        assert freshness(world.user, now=world.now).state == "fresh"


def test_a_file_that_shrinks_and_has_new_uids_in_each_answer_is_believed_the_second_time(world: FeedWorld) -> None:
    days = [event_text(f"{day}@x", f"202612{day}T180000", f"202612{day}T190000") for day in range(10, 25)]
    world.server.data = feed_text(*days)
    world.sync()
    world.server.data = feed_text(days[0].replace("10@x", "first"))
    world.sync()
    assert (world.row.error_code, len(world.titles())) == ("mass_deletion_suspected", 16)
    world.server.data = feed_text(days[0].replace("10@x", "second"))
    world.sync(after=timedelta(seconds=61))
    assert (world.row.error_code, len(world.titles())) == ("", 1)


def test_a_full_sync_asks_without_a_condition(world: FeedWorld) -> None:
    world.sync(full=True)
    assert dict(world.server.statuses) == {200: 1}
    assert world.calendar.compared_at == world.now


def test_a_poll_leaves_a_feed_to_a_sync_of_its_own(world: FeedWorld) -> None:
    Connection.objects.update(next_sync_at=NOW)
    assert poll.poll_due(NOW) == []
    assert due.due_feeds(NOW) == [world.pk]
    Connection.objects.update(next_sync_at=None)
    assert due.due_feeds(NOW) == []


def test_of_a_host_that_does_not_answer_one_feed_is_asked_at_a_time(world: FeedWorld) -> None:
    silent = {"url": "https://silent.example/", "error_code": "unavailable", "next_sync_at": NOW}
    first, second = (FeedConnectionFactory(user=world.user, **silent) for _number in range(2))
    missing = FeedConnectionFactory.create_batch(2, user=world.user, next_sync_at=NOW, error_code="no_home", failures=1)
    assert len(due.due_feeds(NOW)) == 4
    Connection.objects.filter(pk=first.pk).update(failures=1, next_sync_at=NOW - HOUR)
    assert due.due_feeds(NOW) == [first.pk, *(one.pk for one in missing)]
    Connection.objects.filter(pk=first.pk).update(next_sync_at=NOW + HOUR)
    assert set(due.due_feeds(NOW)) == {second.pk, *(one.pk for one in missing)}


def test_the_schedule_queues_a_feed_once(world: FeedWorld) -> None:
    Connection.objects.update(next_sync_at=timezone.now())
    tasks.poll_connections()
    tasks.poll_connections()
    queued = [task.task["func"] for task in OrmQ.objects.all()]
    assert queued == ["connections.tasks.sync_probed"]
    assert world.server.statuses == {}


# --- at the last moment before a booking --------------------------------------------------------------------------


def test_at_the_last_moment_it_is_not_asked_within_its_interval(world: FeedWorld) -> None:
    poll.refresh(world.user.pk, NOW + timedelta(minutes=59), seconds=4)
    assert world.server.statuses == {}
    assert freshness(world.user, now=NOW + timedelta(minutes=59), asked=True).state == "fresh"


def test_at_the_last_moment_it_is_asked_where_its_interval_has_run_out(world: FeedWorld) -> None:
    poll.refresh(world.user.pk, NOW + HOUR, seconds=4)
    assert (dict(world.server.statuses), world.calendar.fresh_at) == ({304: 1}, NOW + HOUR)


def test_at_the_last_moment_a_change_is_read_with_the_file_that_told_of_it(world: FeedWorld) -> None:
    world.server.data = feed_text(TRAINING, MATCH.replace("SUMMARY:Match", "SUMMARY:Final"))
    poll.refresh(world.user.pk, NOW + HOUR, seconds=4)
    assert (dict(world.server.statuses), world.titles()) == ({200: 1}, ["Final", "Training"])


def test_at_the_last_moment_a_dead_feed_is_asked_only_when_its_next_try_is_due(world: FeedWorld) -> None:
    world.server.fault = 500
    world.sync()
    world.server.statuses.clear()
    poll.refresh(world.user.pk, world.now + timedelta(seconds=1), seconds=4)
    assert world.server.statuses == {}


def test_a_feed_that_was_just_ticked_is_read_soon_though_somebody_wants_to_book_before_that(world: FeedWorld) -> None:
    accounts.configure(world.user, linked=None, conflicts=[], now=world.now)
    world.sync()
    accounts.configure(world.user, linked=None, conflicts=[world.calendar], now=world.now)
    poll.refresh(world.user.pk, world.now, seconds=4)
    assert freshness(world.user, now=world.now).state == "never_read"
    assert due.due_feeds(world.now) == [world.pk]
    world.sync(after=timedelta(seconds=1))
    assert freshness(world.user, now=world.now).state == "fresh"


# --- a dead feed ---------------------------------------------------------------------------------------------------


def test_a_dead_feed_never_makes_the_other_calendars_old(world: FeedWorld) -> None:
    CalendarFactory(connection=ConnectionFactory(user=world.user), fresh_at=NOW + HOUR, read_at=NOW)
    world.server.fault = 500
    world.sync()
    found = freshness(world.user, now=NOW + HOUR)
    assert (found.state, found.as_of) == ("fresh", NOW + HOUR)
    later = NOW + HOUR + timedelta(minutes=16)
    assert freshness(world.user, now=later).state == "stale"


def test_the_history_has_a_row_for_a_change_and_for_a_fault_and_none_for_quiet_polls(world: FeedWorld) -> None:
    before = SyncRun.objects.count()
    world.sync()
    world.server.fault = 500
    world.sync()
    world.server.fault = Fault.NONE
    world.server.data = feed_text(TRAINING)
    world.sync(after=2 * HOUR)
    rows = SyncRun.objects.order_by("pk")[before:]
    assert [(row.error_code, row.changed, row.removed) for row in rows] == [("unavailable", 0, 0), ("", 0, 1)]


def test_a_changed_file_of_thousands_costs_queries_by_what_differs(world: FeedWorld) -> None:
    many = [event_text(f"{n}@many", "20261206T180000", "20261206T200000", f"SUMMARY:{n}") for n in range(3000)]
    world.server.data = feed_text(*many)
    world.sync()
    world.sync()
    many[7] = many[7].replace("SUMMARY:7", "SUMMARY:seven")
    world.server.data = feed_text(*many)
    with CaptureQueriesContext(
        database,
    ) as captured:
        report = world.sync()
    written = [one for one in captured.captured_queries if one["sql"].startswith(("INSERT", "DELETE"))]
    assert (report.changed, report.removed, report.requests) == (1, 0, 1)
    assert len(written) <= 5


def test_a_feed_whose_syncs_were_killed_pauses(world: FeedWorld) -> None:
    ended = NOW + HOUR
    Connection.objects.filter(pk=world.pk).update(lease_until=ended, lease_token="x", interruptions=1)
    world.sync(after=2 * HOUR)
    assert (world.row.error_code, world.server.statuses) == ("sync_interrupted", {})
    assert SyncRun.objects.filter(error_code="sync_interrupted").count() == 1
    world.sync(after=2 * HOUR)
    assert (world.row.error_code, dict(world.server.statuses)) == ("", {304: 1})
