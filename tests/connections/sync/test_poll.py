"""Polling many connections in one task, and asking once more before a booking, all within one deadline."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.db import connections as databases
from django_q.models import OrmQ, Schedule
from pytest_django import Settings

from connections import accounts, tasks
from connections.models import Calendar, Connection, SyncRun
from connections.sync import due, poll
from connections.sync.report import SyncReport
from connections.sync.run import Sync, carry_out, sync_connection
from connections.sync.state import lease
from sandbox.server.server import Sandbox
from tests.connections.engine import World, at
from tests.factories import NOW, CalendarConfigurationFactory, ConnectionFactory, UserFactory
from tests.ics_text import event

HOME = "PROPFIND /calendars/ 1 207"


def queued() -> list[tuple[str, tuple[object, ...]]]:
    return [(task.func(), task.args()) for task in OrmQ.objects.order_by("pk")]


def work() -> list[str]:
    """Do what is queued, as one worker would, until nothing is left; what was done."""
    done = []
    while task := OrmQ.objects.order_by("pk").first():
        task.delete()
        done.append(task.func())
        getattr(tasks, task.func().rpartition(".")[2])(*task.args())
    return done


def fall_due(world: World, count: int) -> None:
    """Let `count` connections with the calendars of that of `world` be due, it among them."""
    calendars = list(Calendar.objects.filter(connection=world.pk))
    rows = [world.connection for _ in range(count - 1)]
    for number, row in enumerate(rows):
        row.pk, row.user = None, UserFactory(username=f"otto{number}", configuration__saved_at=NOW)
    for row in Connection.objects.bulk_create(rows):
        for calendar in calendars:
            calendar.pk, calendar.connection = None, row
        Calendar.objects.bulk_create(calendars)
    Connection.objects.update(next_sync_at=world.now)


def test_a_poll_that_finds_a_change_leaves_the_reading_to_a_sync_of_its_own(world: World) -> None:
    world.add("Dentist", at(10))
    world.asked()
    [report] = world.poll()
    assert (world.asked(), report.unfinished, report.changed, world.seen()) == ([HOME], True, 0, [])
    assert world.sync(after=1, probed=True).changed == 1
    assert world.asked() == ["sync-collection /calendars/work/ 0 207", "calendar-multiget /calendars/work/ 207"]


def test_a_change_that_the_queue_lost_is_read_all_the_same(world: World) -> None:
    world.add("Dentist", at(10))
    assert world.poll()[0].unfinished is True
    assert world.poll(after=139) == []  # the task for it has its time
    assert world.poll(after=1)[0].unfinished is True
    assert world.sync(after=1, probed=True).changed == 1
    assert world.poll(after=299) == []
    assert world.poll(after=1)[0].unfinished is False


def test_a_sync_long_after_its_poll_lists_the_home_again(world: World) -> None:
    world.add("Dentist", at(10))
    world.poll()
    world.asked()
    world.sync(after=31, probed=True)
    assert world.asked()[0] == HOME


def test_the_task_queues_a_sync_for_what_changed_and_only_for_that(world: World) -> None:
    with time_machine.travel(world.now, tick=False) as clock:
        clock.shift(301)
        tasks.poll_connections()
        assert queued() == []
        world.add("Dentist", at(10))
        clock.shift(301)
        tasks.poll_connections()
        assert queued() == [("connections.tasks.sync_probed", (world.pk, False))]
        tasks.sync_probed(world.pk)
    assert world.seen() == ["01.12. 10:00-11:00 Dentist BUSY"]


def test_polls_queue_nothing_for_an_account_whose_reading_goes_on_in_the_queue(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connections.sync.run.MAX_TURN_SECONDS", 0)
    for number in range(120):
        world.theirs("Work").put(f"{number}.ics", event(f"EVENT-{number}"))
    with time_machine.travel(world.now, tick=False) as clock:
        tasks.sync_connection(world.pk)
        clock.shift(139)
        tasks.poll_connections()
        assert queued() == [("connections.tasks.sync_probed", (world.pk, False))]
        clock.shift(1)
        tasks.poll_connections()  # by now the queue may have lost it
        assert queued() == [("connections.tasks.sync_probed", (world.pk, False))] * 2
        assert work() == ["connections.tasks.sync_probed"] * 3
    assert world.known() == world.there()


def test_a_persons_request_during_a_poll_is_kept_for_later(world: World) -> None:
    [held] = lease(Connection.objects.all(), world.now)
    with time_machine.travel(world.now, tick=False):
        tasks.sync_connection(world.pk, True)
    [row] = Schedule.objects.filter(func="connections.tasks.sync_connection")
    assert (row.args, row.schedule_type, (row.next_run - world.now).total_seconds()) == (f"({world.pk}, True)", "O", 5)
    assert SyncRun.objects.filter(trigger="person").count() == 0
    assert world.connection.lease_token == held.connection.lease_token


def test_a_persons_request_has_its_row_of_history(world: World) -> None:
    with time_machine.travel(world.now, tick=False):
        tasks.sync_connection(world.pk)
    assert list(SyncRun.objects.filter(trigger="person").values_list("started_at", "error_code")) == [(world.now, "")]


@pytest.mark.django_db
def test_a_request_for_a_connection_that_is_no_longer_there_is_forgotten() -> None:
    tasks.sync_connection(4711)
    assert Schedule.objects.count() == 0


def test_only_the_due_are_polled_and_those_that_wait_longest_first(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "MAX_BATCH", 1)
    row = world.connection
    row.pk, row.username = None, "ANNA@example.com"
    row.save()
    Connection.objects.filter(pk=row.pk).update(next_sync_at=NOW)
    assert [[report.connection for report in world.poll(after=300)] for _ in range(3)] == [
        [row.pk],
        [world.pk],
        [row.pk],
    ]


def test_one_look_of_the_schedule_polls_450_connections_200_in_each_task(world: World) -> None:
    fall_due(world, 450)
    world.asked()
    with time_machine.travel(world.now + timedelta(minutes=1), tick=False):
        tasks.poll_connections()
        assert Connection.objects.filter(next_sync_at__gt=world.now).count() == 200
        assert work() == ["connections.tasks.poll_connections"] * 2
    assert world.asked() == [HOME] * 450
    polled = Connection.objects.filter(polled_at=world.now + timedelta(minutes=1), lease_token="", error_code="")
    assert polled.count() == 450


def test_the_next_task_is_queued_before_anything_is_asked(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "MAX_BATCH", 2)
    fall_due(world, 3)
    asked: list[list[str]] = []
    world.asked()
    poll.poll_due(world.now, lambda: asked.append(world.asked()))
    assert (asked, world.asked()) == ([[]], [HOME] * 2)


def test_after_a_killed_poll_each_of_its_accounts_is_polled_alone(world: World) -> None:
    fall_due(world, 3)
    assert len(due.lease_due(world.now)) == 3  # and the process is killed
    world.now += timedelta(seconds=140)
    fresh = ConnectionFactory(next_sync_at=world.now)
    asked: list[int] = []
    polled = [[report.connection for report in poll.poll_due(world.now, lambda: asked.append(1))] for _ in range(4)]
    killed = list(Connection.objects.exclude(pk=fresh.pk).order_by("next_sync_at", "pk").values_list("pk", flat=True))
    assert (sorted(polled), len(asked)) == (sorted([[pk] for pk in [*killed, fresh.pk]]), 3)
    assert set(Connection.objects.exclude(pk=fresh.pk).values_list("interruptions", "error_code")) == {(0, "")}


def test_an_account_whose_syncs_were_killed_again_and_again_is_not_asked_before_its_pause(world: World) -> None:
    Connection.objects.update(interruptions=1)
    lease(Connection.objects.all(), world.now)
    world.asked()
    [report] = world.poll(after=140)
    assert (report.error and report.error.code, world.asked()) == ("sync_interrupted", [])
    assert world.connection.next_sync_at > world.now


def test_polls_that_do_not_keep_up_end_when_the_schedule_has_come_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "MAX_BATCH", 1)
    fall_due(world, 5)
    with time_machine.travel(world.now, tick=False) as clock:
        tasks.poll_connections()
        for seconds, left in ((60, 1), (29, 1), (1, 0)):
            clock.shift(seconds)
            task = OrmQ.objects.get()
            task.delete()
            tasks.poll_connections(*task.args())
            assert len(queued()) == left
        assert Connection.objects.due(world.now).count() == 1


def test_homes_are_listed_in_parallel(world: World) -> None:
    rows = [world.connection for _ in range(9)]
    for number, row in enumerate(rows):
        row.pk, row.username = None, f"other{number}@example.com"
    Connection.objects.bulk_create(rows)
    world.icloud.faults.slow(0.2, times=None)
    reports = world.poll()
    assert len(reports) == 10
    assert max(report.seconds for report in reports) < 1
    assert {report.error.code if report.error else "" for report in reports} == {"", "unauthorized"}


def test_those_that_were_never_asked_because_others_hung_are_not_blamed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll, "MAX_THREADS", 1)
    monkeypatch.setattr(poll, "PROBE_TIMEOUT", 0.3)
    row = world.connection
    row.pk, row.username = None, "other@example.com"
    row.save()
    world.icloud.faults.slow(2, times=None)
    assert len(world.poll()) == 2
    failures = dict(Connection.objects.values_list("pk", "failures"))
    assert sorted(failures.values()) == [0, 1]
    spared = Connection.objects.get(failures=0)
    assert (spared.lease_token, spared.next_sync_at, spared.error_code) == ("", world.now, "")


@pytest.mark.django_db
def test_a_connection_without_calendars_is_polled_and_finds_its_first(icloud: Sandbox, settings: Settings) -> None:
    settings.ICLOUD_CALDAV_URL = icloud.entry_url
    otto = icloud.add_account("otto@example.com")
    user = UserFactory(configuration=None)
    CalendarConfigurationFactory(user=user, saved_at=None)
    row = ConnectionFactory(
        user=user, url=icloud.entry_url, origin="", username="otto@example.com", password=otto.new_app_password(),
        home_path="", next_sync_at=NOW,
    )  # fmt: skip
    assert poll.poll_due(NOW)[0].error is None
    row.refresh_from_db()
    assert (row.home_path, row.principal_path) == (f"/{otto.dsid}/calendars/", f"/{otto.dsid}/principal/")
    otto.add_calendar("Work")
    Connection.objects.update(next_sync_at=NOW)
    assert [report.unfinished for report in poll.poll_due(NOW)] == [True]
    assert list(row.calendars.values_list("name", "is_conflict_calendar", "asked_about")) == [("Work", True, True)]


HOME = "PROPFIND /calendars/ 1 207"
READ = ["sync-collection /calendars/work/ 0 207", "calendar-multiget /calendars/work/ 207"]


def homes(world: World) -> list[str]:
    """The requests for the home; what was asked for ahead may come while nobody waits for it any more."""
    return [line for line in world.asked() if line.startswith("PROPFIND")]


def test_when_nothing_changed_the_home_alone_says_that_everything_is_known_as_of_now(world: World) -> None:
    world.refresh()
    assert (homes(world), world.freshness().as_of) == ([HOME], world.now)


def test_what_changed_is_read_before_the_booking(world: World) -> None:
    world.add("Dentist", at(10))
    world.refresh()
    assert sorted(world.asked()) == sorted([HOME, *READ])
    assert (world.seen(), world.freshness().as_of) == (["01.12. 10:00-11:00 Dentist BUSY"], world.now)
    assert SyncRun.objects.values_list("trigger", "changed").first() == ("booking", 1)


@pytest.mark.parametrize("method", ["PROPFIND", "REPORT"])
@pytest.mark.parametrize("how", ["500", "reset"])
def test_one_failure_at_the_last_moment_is_not_believed(world: World, method: str, how: str) -> None:
    world.add("Dentist", at(10))
    if how == "500":
        world.icloud.faults.status(500, method=method)
    else:
        world.icloud.faults.refuse(method=method)
    world.refresh()
    assert (world.seen(), world.freshness().as_of) == (["01.12. 10:00-11:00 Dentist BUSY"], world.now)
    assert (world.connection.error_code, world.connection.failures) == ("", 0)


@pytest.mark.parametrize("status", [500, 503])
def test_a_failure_that_lasts_is_believed_at_the_last_moment_too(world: World, status: int) -> None:
    good = world.freshness().as_of
    world.icloud.faults.status(status, times=None)
    world.refresh()
    assert (len(homes(world)), world.freshness().as_of) == (2 if status == 500 else 1, good)


def test_a_listed_but_unread_member_means_not_fresh(world: World) -> None:
    good = world.freshness().as_of
    world.theirs("Work").spoil(world.add("Dentist", at(10)))
    world.refresh()
    assert world.freshness().as_of == good


def test_the_daily_comparison_does_not_hold_a_booking_up(world: World) -> None:
    world.refresh(after=25 * 3600)
    assert (homes(world), world.freshness().as_of) == ([HOME], world.now)
    assert world.poll(after=300)[0].unfinished is True  # the schedule does it


def test_a_connection_that_needs_a_person_is_not_asked(world: World) -> None:
    Connection.objects.update(needs_attention=True)
    world.refresh()
    assert world.asked() == []


def test_a_connection_without_a_chosen_calendar_is_not_asked(world: World) -> None:
    world.choose()
    world.refresh()
    assert world.asked() == []


def test_what_was_read_since_the_request_is_not_asked_again(world: World) -> None:
    world.sync()
    world.asked()
    poll.refresh(world.user.pk, world.now, seconds=4)
    assert world.asked() == []


def test_when_icloud_is_silent_the_deadline_ends_it_and_the_account_is_not_blamed(world: World) -> None:
    good = world.freshness().as_of
    world.icloud.faults.slow(10, times=None)
    started = time.monotonic()
    world.refresh(seconds=0.3)
    assert 0.25 < time.monotonic() - started < 5
    connection = world.connection
    assert (connection.failures, connection.error_code, connection.lease_token) == (0, "", "")
    assert (connection.next_sync_at, world.freshness().as_of) == (world.now, good)


def test_when_the_change_takes_too_long_to_read_the_calendar_is_not_fresh(world: World) -> None:
    good = world.freshness().as_of
    world.add("Dentist", at(10))
    world.icloud.faults.slow(2, method="REPORT", times=None)
    world.refresh(seconds=0.5)
    assert (world.freshness().as_of, world.connection.error_code, world.connection.next_sync_at) == (
        good,
        "",
        world.now,
    )
    world.icloud.faults.clear()
    world.sync()
    assert world.seen() == ["01.12. 10:00-11:00 Dentist BUSY"]


def test_a_password_that_is_refused_at_the_last_moment_needs_a_person(world: World) -> None:
    world.account.revoke_all()
    world.refresh()
    assert (world.connection.needs_attention, world.connection.error_code) == (True, "unauthorized")


def test_two_accounts_are_asked_at_the_same_time(world: World) -> None:
    otto = world.icloud.add_account("otto@example.com")
    otto.add_calendar("Otto")
    accounts.connect(world.user, username="otto@example.com", password=otto.new_app_password(), now=world.now)
    world.choose("Work", "Otto")
    poll.poll_due(world.now)
    for connection in Connection.objects.all():
        sync_connection(connection.pk, now=world.now)
    world.asked()
    world.icloud.faults.slow(1.5, times=None)
    started = time.monotonic()
    world.refresh()
    assert 1.5 < time.monotonic() - started < 2.95
    assert (len(homes(world)), world.freshness().as_of) == (2, world.now)


def test_several_staff_members_share_one_deadline(world: World) -> None:
    world.icloud.faults.slow(10, times=None)
    started = time.monotonic()
    poll.refresh_all([world.user.pk, world.user.pk + 1], world.now + timedelta(seconds=1), seconds=0.3)
    assert time.monotonic() - started < 5


def in_a_thread(action: object) -> threading.Thread:
    def run() -> None:
        action()  # type: ignore[operator]
        databases["default"].close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_a_poll_that_started_earlier_is_waited_for_and_repeated(world: World) -> None:
    [held] = lease(Connection.objects.all(), world.now)  # somebody's poll begins
    world.add("Dentist", at(10))
    world.now += timedelta(seconds=1)  # and then the client asks

    def end() -> None:
        time.sleep(0.2)
        Connection.objects.filter(lease_token=held.connection.lease_token).update(lease_token="", lease_until=None)

    thread = in_a_thread(end)
    poll.refresh(world.user.pk, world.now, seconds=4)
    thread.join()
    as_of = world.freshness().as_of
    assert as_of is not None
    assert (sorted(world.asked()), world.seen()) == (sorted([HOME, *READ]), ["01.12. 10:00-11:00 Dentist BUSY"])
    assert timedelta() <= as_of - world.now < timedelta(seconds=4)


@pytest.mark.django_db(transaction=True)
def test_a_poll_that_started_later_is_waited_for_and_is_enough(world: World) -> None:
    world.add("Dentist", at(10))
    asked_at = world.now + timedelta(seconds=1)
    [held] = lease(Connection.objects.all(), asked_at + timedelta(seconds=1))
    sync = Sync(held, now=asked_at + timedelta(seconds=1))
    reports: list[SyncReport] = []
    thread = in_a_thread(lambda: reports.append(carry_out(sync, sync.run, SyncRun.Trigger.SCHEDULE)))
    poll.refresh(world.user.pk, asked_at, seconds=4)
    thread.join()
    assert ([report.changed for report in reports], world.asked()) == ([1], [HOME, *READ])


@pytest.mark.django_db(transaction=True)
def test_a_poll_that_started_later_but_left_a_change_unread_is_not_enough(world: World) -> None:
    world.add("Dentist", at(10))
    asked_at = world.now + timedelta(minutes=5)
    assert world.poll(after=301)[0].unfinished is True
    world.asked()
    poll.refresh(world.user.pk, asked_at, seconds=4)
    assert sorted(world.asked()) == sorted([HOME, *READ])


@pytest.mark.django_db(transaction=True)
def test_a_poll_that_never_ends_is_waited_for_no_longer_than_the_deadline(world: World) -> None:
    lease(Connection.objects.all(), world.now)
    started = time.monotonic()
    world.refresh(seconds=0.3)
    assert 0.3 <= time.monotonic() - started < 5
    assert world.asked() == []


def test_a_change_that_could_not_be_read_when_it_was_listed_is_not_trusted_later(world: World) -> None:
    world.add("Dentist", at(10))
    world.icloud.faults.status(503, retry_after="1800", method="REPORT", times=None)
    world.sync()
    world.refresh(after=120)
    fresh = world.freshness()
    assert (fresh.state, fresh.pending, world.connection.error_code) == ("stale", True, "throttled")


def test_a_calendar_that_the_home_does_not_list_any_more_is_not_called_fresh_by_the_poll(world: World) -> None:
    known_up_to = world.calendar("Work").fresh_at
    world.theirs("Work").remove()

    report = world.poll()[0]

    assert (report.look_again, world.calendar("Work").fresh_at) == (True, known_up_to)
