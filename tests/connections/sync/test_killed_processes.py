"""SIGKILL anywhere: started again, nothing is lost and nothing is doubled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from connections import accounts, dav
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence
from connections.sync.run import sync_connection
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.any_day import faketime_environment
from tests.connections.engine import World
from tests.factories import UserFactory
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[3]
EVENTS = 320
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def outside(
    shared_database: str,  # noqa: F811
    icloud: Sandbox,
    account: Account,
    app_password: str,
    settings: Settings,
) -> World:
    """Anna's account, chosen and unread, in a database that other processes reach; the time is the real one."""
    settings.ICLOUD_CALDAV_URL = icloud.entry_url
    settings.AFTER_SYNC = "bookings.tasks.after_sync"
    user = UserFactory(username="anna", configuration__saved_at=None)
    world = World(icloud, account, user, app_password, now=timezone.now())
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    for number in range(EVENTS):
        how: dict[str, Any] = {"rule": "FREQ=WEEKLY;COUNT=3"} if number % 10 == 0 else {}
        world.phone.add(world.theirs("Work"), f"Event {number}", start + timedelta(hours=number), **how)
    world.connect()
    world.choose("Work", linked="Work")
    return world


@pytest.fixture
def start(shared_database: str, icloud: Sandbox) -> Iterator[Start]:  # noqa: F811
    """Start a Python process on the test's database and iCloud."""
    started = []

    def go(*arguments: str) -> subprocess.Popen[str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        environment = {
            **kept,
            **faketime_environment(),
            "DEBUG": "true",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": shared_database,
            "ICLOUD_CALDAV_URL": icloud.entry_url,
        }
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environment, **pipes))
        return started[-1]

    yield go
    for process in started:
        process.kill()
        process.communicate()


def occurrences(user_id: int) -> list[tuple[str, datetime, datetime, bool, str, str, str]]:
    """Everything that is known of a user's time, doubles included."""
    rows = Occurrence.objects.filter(calendar__connection__user=user_id, calendar__name="Work")
    facts = ("event__href", "start", "end", "blocks", "reason", "summary", "recurrence_id")
    return sorted(rows.values_list(*facts))


def as_read_by_nobody_before(world: World) -> list[tuple[str, datetime, datetime, bool, str, str, str]]:
    """What a clean first sync of the same account gives."""
    otto = UserFactory(configuration__saved_at=None)
    password = world.account.new_app_password("Otto")
    connection = accounts.connect(otto, username="anna@example.com", password=password, now=timezone.now())
    work = Calendar.objects.get(connection=connection, name="Work")
    accounts.configure(otto, linked=None, conflicts=[work], now=timezone.now())
    assert sync_connection(connection.pk, now=timezone.now()).error is None
    return occurrences(otto.pk)


def let_the_lease_end() -> None:
    Connection.objects.exclude(lease_until=None).update(lease_until=timezone.now() - timedelta(seconds=1))


def finish(world: World, start: Start) -> None:
    """Start it again, and let it end."""
    let_the_lease_end()
    process = start("manage.py", "sync_calendars", "--json")
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err, '"error": null' in out) == (0, "", True)
    assert world.known() == world.there()
    seen = occurrences(world.user.pk)
    assert len(seen) == EVENTS + 2 * EVENTS // 10
    assert seen == as_read_by_nobody_before(world)
    connection = world.connection
    assert (connection.lease_token, connection.error_code) == ("", "")
    assert CalendarConfiguration.objects.get(user=world.user).reconcile_due is False


@pytest.mark.today
def test_killed_in_the_middle_of_a_first_sync_and_started_again(outside: World, start: Start) -> None:
    outside.icloud.faults.slow(0.1, method="REPORT", times=None)
    outside.connection.note_limits(dav.Limits(50, 1), timezone.now())
    process = start("-m", "tests.connections.sync.killed", "connections.sync.apply.finish:1", "sync_calendars")
    until = time.monotonic() + 60
    while len(outside.icloud.log.matching(report="calendar-multiget")) < 5 and time.monotonic() < until:
        time.sleep(0.01)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    outside.icloud.faults.clear()
    calendar = outside.calendar()
    assert (0 < len(outside.known()) < EVENTS, calendar.sync_token, calendar.read_at) == (True, "", None)
    assert outside.freshness().bookable is False
    finish(outside, start)


PLACES = [
    "connections.sync.apply.write:1",
    "connections.sync.apply.write after 3",
    "connections.sync.apply.replace_occurrences after 2",  # inside its transaction
    "connections.sync.apply.finish:1",
    "connections.sync.apply._remove after 1",  # inside the finishing transaction
    "connections.sync.apply.finish after 1",
    "connections.leases.release:1",
    "connections.leases.release after 1",
    "connections.sync.run.after_sync:1",  # between apply and reconciling
]


@pytest.mark.parametrize("place", PLACES)
def test_killed_at_any_place_of_a_first_sync_and_started_again(outside: World, start: Start, place: str) -> None:
    process = start("-m", "tests.connections.sync.killed", place, "sync_calendars")
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    finish(outside, start)


def test_killed_between_applying_a_delta_and_its_token_nothing_is_lost(outside: World, start: Start) -> None:
    finish(outside, start)
    hrefs = list(outside.known())
    for href in hrefs[:5]:
        outside.phone.delete(href)
    for href in hrefs[5:10]:
        outside.phone.free(href)
    process = start("-m", "tests.connections.sync.killed", "connections.sync.apply.finish:1", "sync_calendars")
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    let_the_lease_end()
    process = start("manage.py", "sync_calendars", "--json")
    process.communicate(timeout=60)
    assert (process.returncode, outside.known()) == (0, outside.there())
    assert occurrences(outside.user.pk) == as_read_by_nobody_before(outside)


def sync_until_read(start: Start, word: str, *options: str) -> int:
    """Sync in a process that is killed when it reads an event in whose text the word stands; how it ended."""
    let_the_lease_end()
    trap = f"connections.sync.apply.read_event given {word}"
    process = start("-m", "tests.connections.sync.killed", trap, "sync_calendars", *options)
    process.communicate(timeout=60)
    return process.returncode


def test_an_event_that_kills_whoever_reads_it_is_found_and_left_alone_until_it_changes(
    outside: World, start: Start
) -> None:
    killer = outside.phone.add(outside.theirs("Work"), "Killer", timezone.now())
    for number in range(9):
        outside.phone.add(outside.theirs("Work"), f"Neighbour {number}", timezone.now())
    others = {href: etag for href, etag in outside.there().items() if href != killer}

    def sync(*options: str) -> int:
        return sync_until_read(start, "Killer", *options)

    # Together with others, then in a piece that was noted. Without the piece everything is read.
    assert [sync(), sync(), sync()] == [-signal.SIGKILL, -signal.SIGKILL, 0]
    noted = set(Event.objects.pending().values_list("href", flat=True))
    assert (killer in noted, len(noted), outside.calendar().sync_token != "") == (True, 10, True)
    # Then each alone; after that it is left alone, and what else was noted is read.
    assert [sync("--force"), sync()] == [-signal.SIGKILL, 0]
    event = outside.event(killer)
    assert (outside.known(), event.problem) == ({**others, killer: ""}, "read_interrupted")
    assert event.pending_next_at is not None
    assert event.pending_next_at > timezone.now() + timedelta(hours=23)
    # A comparison with everything that is listed does not ask for it either, but another version is read.
    assert sync("--full") == 0
    outside.phone.rename(killer, "Harmless")
    assert sync() == 0
    event = outside.event(killer)
    assert (event.problem, event.pending_etag, event.summary) == ("", "", "Harmless")
    assert outside.known() == outside.there()


def test_ctrl_c_gives_the_connection_back_at_once(outside: World, start: Start) -> None:
    outside.icloud.faults.slow(60, body="calendar-multiget", times=None)  # the signal comes while it waits for this
    process = start("manage.py", "sync_calendars")
    until = time.monotonic() + 60
    while not outside.icloud.log.matching(report="calendar-multiget") and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert (process.returncode != 0, outside.connection.lease_token) == (True, "")
    assert outside.connection.next_sync_at <= timezone.now()


def test_a_command_waits_for_a_sync_that_is_running(outside: World, start: Start) -> None:
    outside.icloud.faults.slow(0.1, method="REPORT", times=None)
    outside.connection.note_limits(dav.Limits(50, 3), timezone.now())
    processes = [start("manage.py", "sync_calendars", "--json") for _ in range(2)]
    ended = [process.communicate(timeout=60) for process in processes]
    assert [(process.returncode, err) for process, (_, err) in zip(processes, ended, strict=True)] == [(0, "")] * 2
    assert len(outside.icloud.log.matching(report="calendar-multiget")) == 7  # every event was fetched once
    assert outside.known() == outside.there()
