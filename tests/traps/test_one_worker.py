"""One worker for all: whose calendar costs minutes to read keeps nobody else waiting for more than a turn."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django_q.tasks import async_task
from pytest_django import Settings

from bookings import actions
from bookings.models import Booking, LinkedEvent
from connections.models import Connection, Event
from practice.models import User
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.bookings.practice import CARLA
from tests.connections.engine import World
from tests.connections.worker.clusters import running_cluster
from tests.factories import ServiceFactory, UserFactory
from tests.ics_text import event
from tests.shared_database import shared_database  # noqa: F401 - a fixture

MINUTES = ",".join(map(str, range(60)))
RULES = [
    f"RRULE:FREQ=MINUTELY;INTERVAL=7;COUNT=1000000000;BYMINUTE={MINUTES};BYHOUR=1;BYSECOND=1",
    *["RRULE:FREQ=HOURLY;COUNT=100000000;BYMINUTE=1;BYSETPOS=1"] * 6,  # a quarter of a second each
]
CALENDARS = 10
MAX_WAIT = 40.0  # seconds for the tasks of others: two turns, what they may overrun, and their own work

pytestmark = pytest.mark.processes


def hostile(uid: str, rule: str) -> bytes:
    """An event with a rule that has very many times, most of them before the window."""
    return event(uid).replace(
        b"DTSTART:20261201T100000Z\r\nDTEND:20261201T110000Z", b"DTSTART:19000101T000000Z\r\n" + rule.encode()
    )


def connect(icloud: Sandbox, account: Account, user: User, *names: str) -> World:
    """The user's account, with these calendars chosen and unread."""
    world = World(icloud, account, user, account.new_app_password("Kalends"), now=timezone.now())
    world.connect()
    world.choose(*names, linked=names[0])
    return world


@pytest.fixture
def otto(shared_database: str, icloud: Sandbox, settings: Settings) -> World:  # noqa: F811
    """Otto, in each of whose calendars somebody put 28 hostile events."""
    settings.ICLOUD_CALDAV_URL = icloud.entry_url
    account = icloud.add_account("otto@example.com", name="Otto Example")
    names = [f"Shared {number}" for number in range(CALENDARS)]
    for name in names:
        shared = account.add_calendar(name, "#1BADF8FF", name.replace(" ", "-").lower())
        for number in range(28):
            shared.put(f"{number}.ics", hostile(f"{name} {number}", RULES[number % len(RULES)]))
    return connect(icloud, account, UserFactory.create(username="otto", configuration__saved_at=None), *names)


@pytest.fixture
def anna(shared_database: str, icloud: Sandbox, account: Account, settings: Settings) -> World:  # noqa: F811
    """Anna, whose calendar was read."""
    settings.ICLOUD_CALDAV_URL = icloud.entry_url
    world = connect(icloud, account, UserFactory.create(username="anna", configuration__saved_at=None), "Work")
    assert world.sync(after=0).error is None
    return world


def wait_for(what: Callable[[], bool], seconds: float) -> float:
    """Seconds that it took; a failure if it takes longer."""
    began = time.monotonic()
    while not what():
        assert time.monotonic() - began < seconds
        time.sleep(0.05)
    return time.monotonic() - began


def book_anyway(user: User, start: datetime) -> Booking:
    """Book this time with the user, whatever their hours; the push is queued."""
    service = ServiceFactory.create(staff=[user])
    return actions.book(
        service=service, staff=user, start=start, client=CARLA, now=timezone.now(), actor=user, anyway=True
    )


def test_a_hostile_calendar_delays_neither_a_push_nor_a_sync_of_others(
    shared_database: str,  # noqa: F811
    otto: World,
    anna: World,
) -> None:
    start = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    with running_cluster(shared_database, workers=1, ICLOUD_CALDAV_URL=otto.icloud.entry_url):
        async_task("connections.tasks.sync_connection", otto.pk)
        wait_for(lambda: otto.connection.lease_until is not None, 30)
        booking = book_anyway(anna.user, start)
        there = anna.phone.add(anna.theirs("Work"), "Dentist", start + timedelta(days=1))
        Connection.objects.filter(pk=anna.pk).update(next_sync_at=timezone.now())
        async_task("connections.tasks.poll_connections")  # as the schedule does
        pushed = LinkedEvent.objects.filter(booking=booking, state=LinkedEvent.State.PUSHED)
        wait_for(lambda: pushed.exists() and there in anna.known(), MAX_WAIT)
        read = Event.objects.filter(calendar__connection=otto.pk).count()
    assert 0 < read < 28 * CALENDARS
