"""Many clients, staff and an iPhone after the same few openings at once, from several processes."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.test import override_settings
from django.utils import timezone

from bookings import actions
from bookings.models import Booking, Client, LinkedEvent, Proposal, Service
from bookings.openings import search
from bookings.push import outbox
from connections.accounts import configure, connect
from connections.models import Calendar, Connection
from connections.sync.poll import refresh
from connections.sync.run import sync_connection
from practice.models import User
from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.bookings.racing import Racers
from tests.factories import ServiceFactory, UserFactory, office_hours
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("shared_database")

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
RACERS = 8
CLIENTS = 5  # of the processes; the others reschedule, decide and sync
TRIES = 200
OPENINGS = 50
SEED = 20261122


@pytest.fixture
def anna(icloud: Sandbox, account: Account, app_password: str) -> User:
    """She has her calendars in iCloud: Home gets the bookings, Work blocks too."""
    user = UserFactory(username="anna", configuration__saved_at=None)
    office_hours(user)
    now = timezone.now()
    connection = connect(user, username="anna@example.com", password=app_password, url=icloud.entry_url, now=now)
    home, work = (Calendar.objects.get(connection=connection, name=name) for name in ("Home", "Work"))
    configure(user, linked=home, conflicts=[work], now=now)
    sync_connection(connection.pk, now=now)
    return user


def next_monday(hour: int) -> datetime:
    today = datetime.now(BERLIN).replace(hour=hour, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday())


def settled() -> None:
    """Everything pushed and read: what stands in iCloud is what the bookings say."""
    connection = Connection.objects.get()
    sync_connection(connection.pk, now=timezone.now())
    outbox.push_due(timezone.now(), force=True)
    sync_connection(connection.pk, now=timezone.now())


# --- what each process does ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Job:
    """One process's part; `tries` are pairs of a staff member's name and a start."""

    verb: str
    tries: tuple[tuple[str, datetime], ...] = ()
    seed: int = 0


@dataclass(frozen=True)
class Try:
    """What a client was told: the booking, or how many next openings after the start that was asked for."""

    name: str
    booking: int | None
    told: int = 0


def take_part(job: Job) -> Any:
    """Do one process's part; iCloud is waited for as long as a busy machine needs."""
    with override_settings(FRESHNESS_DEADLINE_SECONDS=60):
        return VERBS[job.verb](job)


def book_all(job: Job) -> list[Try]:
    """Try to book one opening after the other."""
    service = Service.objects.get(slug="talk")
    return [_try(service, name, start, f"Client {job.seed}-{number}") for number, (name, start) in enumerate(job.tries)]


def _try(service: Service, staff: str, start: datetime, client: str) -> Try:
    user = User.objects.get(username=staff)
    try:
        details = actions.ClientDetails(client)
        booking = actions.book(service=service, staff=user, start=start, client=details, now=timezone.now())
    except actions.NotOpen as refusal:
        later = [one for one in refusal.alternatives if one.start >= start and one.staff == user]
        return Try(client, None, len(later))
    return Try(client, booking.pk)


def reschedule_some(job: Job) -> int:
    """Move whatever was booked first to any of these times; how often that went well."""
    choose, moved = random.Random(job.seed), 0
    booked = Booking.objects.live().filter(seats__client__name__startswith="Client")
    while not booked.exists():
        time.sleep(0.1)
    for _staff, start in job.tries:
        with suppress(actions.Refused):
            actions.reschedule(choose.choice(list(booked)), start=start, now=timezone.now())
            moved += 1
    return moved


def accept_all(job: Job) -> int:
    """Accept every proposal there is, whatever it overlaps; how many."""
    accepted = 0
    for proposal in list(Proposal.objects.open().filter(kind=Proposal.Kind.MOVED)):
        with suppress(actions.Refused):
            actions.decide(proposal, choice=Proposal.Choice.ACCEPT, now=timezone.now())
            accepted += 1
    return accepted


def sync_often(job: Job) -> None:
    """Read what the phone moved."""
    connection = Connection.objects.get()
    for _ in range(12):
        sync_connection(connection.pk, now=timezone.now())


VERBS = {"book": book_all, "reschedule": reschedule_some, "accept": accept_all, "sync": sync_often}


# --- the race -----------------------------------------------------------------------------------------------------


def make_booked(service: Service, staff: User, start: datetime, name: str) -> Booking:
    details = actions.ClientDetails(name)
    return actions.book(service=service, staff=staff, start=start, client=details, now=timezone.now())


def ask_about(booking: Booking, start: datetime) -> None:
    """As if the phone had moved the event of a booking to where it does not fit."""
    Proposal.objects.create(
        booking=booking,
        linked_event=booking.linked_events.first(),
        kind=Proposal.Kind.MOVED,
        new_start=start,
        new_end=start + booking.service.duration,
        created_at=timezone.now(),
    )


def move_about(phone: AppleDevice, hrefs: list[str], starts: list[datetime], ended: threading.Event) -> None:
    """Drag events of bookings to random starts, until told to end."""
    choose = random.Random(SEED)
    while not ended.wait(0.2):
        phone.move(choose.choice(hrefs), choose.choice(starts))


def colliding() -> list[tuple[Booking, Booking]]:
    """Live bookings of one staff member whose times with buffers overlap, though nobody insisted."""
    live = (
        Booking.objects.live()
        .filter(claim__overlap_allowed=False)
        .select_related("claim")
        .order_by("staff", "claim__start")
    )
    return [
        (one, other)
        for one, other in pairwise(live)
        if one.staff == other.staff and one.blocked_span[1] > other.blocked_span[0]
    ]


def test_of_two_hundred_tries_over_fifty_openings_each_success_is_unique_and_each_loser_told_what_is_left(
    racers: Racers, anna: User, account: Account, phone: AppleDevice
) -> None:
    staff = [anna, UserFactory(username="ben"), UserFactory(username="cleo")]
    for user in staff[1:]:
        office_hours(user)
    service = ServiceFactory(slug="talk", staff=staff, minutes=30, buffer_before_minutes=5, buffer_after_minutes=10)
    tuesday = next_monday(9) + timedelta(days=1)
    pushed = [make_booked(service, anna, tuesday + number * HOUR, f"Phone {number}") for number in range(3)]
    asked = [make_booked(service, user, tuesday + 4 * HOUR, f"Asked {user}") for user in staff]
    settled()
    monday = next_monday(9)
    day = search.find(service, staff, monday, monday + 8 * HOUR, now=timezone.now()).openings
    openings = [(one.staff.username, one.start) for one in day][:OPENINGS]
    choose = random.Random(SEED)
    tries = [choose.choice(openings) for _ in range(TRIES)]
    for booking in asked:
        ask_about(booking, choose.choice(openings)[1])

    dragged, *others = [row.href for row in LinkedEvent.objects.filter(booking__in=pushed)]
    free_hour = tuesday + 3 * HOUR  # nobody else wants it, so this move can always be followed
    phone.move(dragged, free_hour)
    ended = threading.Event()
    hand = threading.Thread(target=move_about, args=(phone, others, [start for _name, start in openings], ended))
    hand.start()
    jobs = [Job("book", tuple(tries[number::CLIENTS]), number) for number in range(CLIENTS)]
    elsewhere = [("", tuesday + 6 * HOUR + number * 45 * MINUTE) for number in range(3)]
    jobs += [Job("reschedule", tuple(tries[:20] + elsewhere), SEED), Job("accept"), Job("sync")]
    try:
        *told, moved, accepted, _synced = racers.race(take_part, jobs)
    finally:
        ended.set()
        hand.join()

    outcomes = [one for each in told for one in each]
    won = [one for one in outcomes if one.booking]
    assert colliding() == []
    assert len(outcomes) == TRIES
    assert len({one.booking for one in won}) == len(won)
    names = Client.objects.filter(name__startswith="Client", seats__isnull=False).values_list("name", flat=True)
    assert sorted(names) == sorted(one.name for one in won)
    assert [one for one in outcomes if not one.booking and not 1 <= one.told <= 3] == []
    assert (accepted, moved > 0, 0 < len(won) < OPENINGS) == (3, True, True)
    settled()
    assert Booking.objects.get(pk=pushed[0].pk).start == free_hour
    wanted = LinkedEvent.objects.filter(wanted=LinkedEvent.Wanted.PRESENT, booking__staff=anna)
    there = list(account.calendar("Home").resources) + list(account.calendar("Work").resources)
    assert sorted(row.href for row in wanted) == sorted(there)


# --- asking iCloud together ---------------------------------------------------------------------------------------

THREADS = 5


def ask_in_threads(processes: int) -> None:
    """Several clients of one process, as in a web server with threads, each want to know how it stands now."""
    user = User.objects.get(username="anna")

    def ask(_number: int) -> None:
        try:
            refresh(user.pk, timezone.now(), seconds=30)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(ask, range(THREADS)))


@pytest.mark.parametrize("trouble", [False, True])
def test_forty_clients_at_once_share_a_few_polls(
    racers: Racers, anna: User, icloud: Sandbox, account: Account, trouble: bool
) -> None:
    AppleDevice(account).add(account.calendar("Work"), "Dentist", next_monday(12))
    icloud.log.clear()
    icloud.faults.slow(0.3, times=None)
    if trouble:
        icloud.faults.clear()
        icloud.faults.status(503, times=None)
    racers.race(ask_in_threads, [RACERS] * RACERS)
    polls = icloud.log.matching(method="PROPFIND", depth="1")
    assert 1 <= len(polls) <= 4
