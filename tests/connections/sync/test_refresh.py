"""At the last moment before a booking: ask once more, all within one deadline."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connections as databases

from connections import accounts
from connections.models import Connection, SyncRun
from connections.sync import poll
from connections.sync.report import SyncReport
from connections.sync.run import Sync, carry_out, sync_connection
from connections.sync.state import lease
from tests.connections.engine import World, at

HOME = "PROPFIND /calendars/ 1 207"
READ = ["sync-collection /calendars/work/ 0 207", "calendar-multiget /calendars/work/ 207"]


def test_when_nothing_changed_it_is_one_request_and_everything_is_known_as_of_now(world: World) -> None:
    world.refresh()
    assert (world.asked(), world.freshness().as_of) == ([HOME], world.now)


def test_what_changed_is_read_before_the_booking(world: World) -> None:
    world.add("Dentist", at(10))
    world.refresh()
    assert world.asked() == [HOME, *READ]
    assert (world.seen(), world.freshness().as_of) == (["01.12. 10:00-11:00 Dentist BUSY"], world.now)
    assert SyncRun.objects.values_list("trigger", "changed").first() == ("booking", 1)


def test_a_listed_but_unread_member_means_not_fresh(world: World) -> None:
    good = world.freshness().as_of
    world.theirs("Work").spoil(world.add("Dentist", at(10)))
    world.refresh()
    assert world.freshness().as_of == good


def test_the_daily_comparison_does_not_hold_a_booking_up(world: World) -> None:
    world.refresh(after=25 * 3600)
    assert (world.asked(), world.freshness().as_of) == ([HOME], world.now)
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
    world.icloud.faults.slow(2, times=None)
    started = time.monotonic()
    world.refresh(seconds=0.3)
    assert 0.25 < time.monotonic() - started < 1.2
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
    world.icloud.faults.slow(0.5, times=None)
    started = time.monotonic()
    world.refresh()
    assert 0.5 < time.monotonic() - started < 0.95
    assert (len(world.asked()), world.freshness().as_of) == (2, world.now)


def test_several_staff_members_share_one_deadline(world: World) -> None:
    world.icloud.faults.slow(3, times=None)
    started = time.monotonic()
    poll.refresh_all([world.user.pk, world.user.pk + 1], world.now + timedelta(seconds=1), seconds=0.3)
    assert time.monotonic() - started < 1.2


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
    assert (world.asked(), world.seen()) == ([HOME, *READ], ["01.12. 10:00-11:00 Dentist BUSY"])
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
    assert world.asked() == [HOME, *READ]


@pytest.mark.django_db(transaction=True)
def test_a_poll_that_never_ends_is_waited_for_no_longer_than_the_deadline(world: World) -> None:
    lease(Connection.objects.all(), world.now)
    started = time.monotonic()
    world.refresh(seconds=0.3)
    assert 0.3 <= time.monotonic() - started < 0.8
    assert world.asked() == []


def test_a_change_that_could_not_be_read_when_it_was_listed_is_not_trusted_later(world: World) -> None:
    world.add("Dentist", at(10))
    world.icloud.faults.status(503, retry_after="1800", method="REPORT", times=None)
    world.sync()
    world.refresh(after=120)
    fresh = world.freshness()
    assert (fresh.state, fresh.pending, world.connection.error_code) == ("stale", True, "throttled")
