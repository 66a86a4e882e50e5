"""Who may write what was read: leases, and choices that change while a sync is under way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections as databases

from connections.models import Calendar, CalendarConfiguration, Connection, SyncRun
from connections.sync import due
from connections.sync.report import SyncReport
from connections.sync.run import Sync, carry_out
from connections.sync.state import LeasedConnection, lease
from tests.connections.engine import World, at
from tests.factories import NOW, ConnectionFactory
from tests.shared_database import shared_database  # noqa: F401 - a fixture

LEASE = timedelta(seconds=140)


def leased_now(world: World) -> LeasedConnection:
    """The connection under a lease, five minutes later."""
    world.now += timedelta(minutes=5)
    [leased] = lease(Connection.objects.filter(pk=world.pk), world.now)
    return leased


def finish(world: World, leased: LeasedConnection) -> SyncReport:
    sync = Sync(leased, now=world.now)
    return carry_out(sync, sync.run, SyncRun.Trigger.SCHEDULE)


@pytest.mark.django_db
def test_a_lease_is_given_to_one_and_outlives_the_task_that_may_be_killed() -> None:
    row = ConnectionFactory()
    [leased] = lease(Connection.objects.all(), NOW)
    assert lease(Connection.objects.all(), NOW + LEASE - timedelta(seconds=1)) == []
    row.refresh_from_db()
    assert (row.lease_token, row.lease_until, row.next_sync_at) == (
        leased.connection.lease_token,
        NOW + LEASE,
        NOW + LEASE,
    )
    [later] = lease(Connection.objects.all(), NOW + LEASE)
    assert later.connection.lease_token != leased.connection.lease_token


@pytest.mark.django_db
def test_a_lease_that_was_lost_gives_nothing_back() -> None:
    row = ConnectionFactory()
    [leased] = lease(Connection.objects.all(), NOW)
    [later] = lease(Connection.objects.all(), NOW + LEASE)
    assert leased.connection.release(NOW, error_code="bug") is False
    row.refresh_from_db()
    assert (row.lease_token, row.error_code) == (later.connection.lease_token, "")


@pytest.mark.django_db
def test_a_time_that_somebody_asked_for_meanwhile_is_kept() -> None:
    row = ConnectionFactory()
    [leased] = lease(Connection.objects.all(), NOW)
    Connection.objects.update(next_sync_at=NOW)
    assert leased.connection.release(NOW + timedelta(hours=1), failures=0) is True
    row.refresh_from_db()
    assert (row.next_sync_at, row.lease_token) == (NOW, "")


@pytest.mark.django_db
def test_connections_without_calendars_are_leased_too() -> None:
    rows = [ConnectionFactory(), ConnectionFactory()]
    assert {leased.connection.pk for leased in lease(Connection.objects.all(), NOW)} == {row.pk for row in rows}


def all_at_once(workers: int, lease_some: Callable[[], list[int]]) -> list[list[int]]:
    """The connections that each of so many threads gets."""
    won: list[list[int]] = []
    ready = threading.Barrier(workers)

    def try_it() -> None:
        ready.wait()
        won.append(lease_some())
        databases["default"].close()

    threads = [threading.Thread(target=try_it) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won


@pytest.mark.usefixtures("shared_database")
def test_of_twenty_that_lease_at_once_one_wins() -> None:
    row = ConnectionFactory()
    won = all_at_once(20, lambda: [one.connection.pk for one in lease(Connection.objects.all(), NOW)])
    assert sorted(won) == [[]] * 19 + [[row.pk]]


@pytest.mark.usefixtures("shared_database")
def test_workers_that_poll_at_once_share_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "MAX_BATCH", 5)
    rows = [ConnectionFactory(next_sync_at=NOW - timedelta(minutes=number)) for number in range(42)]
    won = [
        pk for _ in range(8) for some in all_at_once(8, lambda: [one.pk for one in due.lease_due(NOW)]) for pk in some
    ]
    assert (len(won), set(won)) == (42, {row.pk for row in rows})
    assert Connection.objects.filter(lease_until=NOW + LEASE).count() == 42


def test_who_lost_the_lease_drops_what_was_read(world: World) -> None:
    world.add("Dentist", at(10))
    leased = leased_now(world)
    Connection.objects.update(lease_until=world.now)
    [winner] = lease(Connection.objects.all(), world.now)
    report = finish(world, leased)
    assert (report.busy, report.changed, world.seen(), world.known()) == (True, 0, [], {})
    assert world.connection.lease_token == winner.connection.lease_token
    assert (finish(world, winner).changed, world.seen()) == (1, ["01.12. 10:00-11:00 Dentist BUSY"])


def test_a_sync_while_somebody_is_at_it_does_nothing_and_says_so(world: World) -> None:
    leased_now(world)
    world.asked()
    assert (world.sync(after=1).busy, world.person_syncs().busy, world.poll(after=1)) == (True, True, [])
    assert world.asked() == []


def test_after_the_lease_of_a_killed_process_the_connection_comes_due_by_itself(world: World) -> None:
    world.add("Dentist", at(10))
    leased_now(world)  # and then SIGKILL
    assert world.poll(after=139) == []
    assert [report.unfinished for report in world.poll(after=1)] == [True]
    assert world.sync(after=1).changed == 1


def test_a_rule_changed_while_a_sync_is_under_way_is_obeyed_by_the_next_one(world: World) -> None:
    world.phone.add(world.theirs("Work"), "Crete", at(0, day=3).date())
    leased = leased_now(world)
    Calendar.objects.filter(name="Work").update(all_day_rule="always")
    report = finish(world, leased)
    assert (report.unfinished, world.seen(), world.connection.next_sync_at) == (True, [], world.now)
    assert world.poll(after=0)[0].unfinished is True
    world.sync(after=0)
    assert world.seen() == ["03.12. 00:00-00:00 Crete ALL_DAY_RULE"]


def test_a_zone_changed_while_a_sync_is_under_way_is_obeyed_by_the_next_one(world: World) -> None:
    world.add("Yoga", at(10), floating=True)
    leased = leased_now(world)
    CalendarConfiguration.objects.update(time_zone="America/New_York")
    assert finish(world, leased).unfinished is True
    world.sync(after=0)
    assert world.seen() == ["01.12. 16:00-17:00 Yoga BUSY"]


def test_a_calendar_unticked_while_it_is_read_keeps_nothing(world: World) -> None:
    world.add("Dentist", at(10))
    leased = leased_now(world)
    world.choose("Home")
    assert (finish(world, leased).unfinished, world.known(), world.calendar().is_conflict_calendar) == (True, {}, False)
    assert (world.sync(after=0).changed, world.known()) == (0, {})


def test_a_calendar_unticked_and_ticked_again_while_it_is_read_is_read_from_the_start(world: World) -> None:
    world.add("Dentist", at(10))
    world.sync()
    world.add("New", at(12))
    leased = leased_now(world)
    world.choose("Home")
    world.now += timedelta(seconds=1)
    world.choose("Work")
    assert finish(world, leased).unfinished is True
    world.sync(after=0)
    assert (world.known(), world.calendar().read_at) == (world.there(), world.now)


def test_a_choice_made_while_a_sync_is_under_way_is_read_at_once_and_not_in_five_minutes(world: World) -> None:
    leased = leased_now(world)
    world.choose("Work", "Home", linked="Work")
    finish(world, leased)
    assert (world.connection.next_sync_at, world.connection.lease_token) == (world.now, "")
