"""`make bench-freshness`: does a booking know what iCloud knew a second before?

TRIES=1000 ROUNDS=20 CLIENTS=20, and DATABASE_URL for a PostgreSQL (a database of its own is made there and dropped
again); without it a SQLite file. iCloud is the sandbox; bookings are made by the service behind the pages. Exit 1 if a
figure misses its goal.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.bench.runner import workplace
from benchmarks.databases import database
from benchmarks.fleet import settle_in

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
MONDAY = datetime(2026, 11, 30, 6, tzinfo=UTC)  # the clock of Kalends and iCloud begins here and moves when it is told
HOURS = range(9, 17)
DEADLINE = 4.0
SEED = 20261122


def chance(seed: int = SEED) -> random.Random:
    return random.Random(seed)  # noqa: S311 - the same tries each time


@dataclass(slots=True)
class Figure:
    """One line of the outcome."""

    what: str
    value: str
    good: bool

    def __str__(self) -> str:
        return f"  {self.what:<66} {self.value:<31} {'PASS' if self.good else 'MISSED'}"


class Practice:
    """Anna with two calendars in iCloud, one service, and one clock for both sides."""

    def __init__(self, icloud: Any, moment: list[datetime]) -> None:
        from availability.models import WorkingHours
        from bookings.models import Service
        from connections import accounts
        from connections.models import Calendar, CalendarConfiguration
        from practice.models import User
        from sandbox.device.device import AppleDevice

        self.icloud, self.moment = icloud, moment
        account = icloud.add_account("anna@example.com", name="Anna Example")
        self.calendars = [account.add_calendar("Home", id="home"), account.add_calendar("Work", id="work")]
        self.phone = AppleDevice(account, zone="Europe/Berlin")
        self.user = User.objects.create(username="anna")
        CalendarConfiguration.objects.update_or_create(user=self.user, defaults={"time_zone": "Europe/Berlin"})
        for weekday in range(5):
            WorkingHours.objects.create(user=self.user, weekday=weekday, start="09:00", end="17:00")
        self.service = Service.objects.create(slug="talk", name="Talk", minutes=60, horizon_days=400)
        self.service.staff.add(self.user)
        password = account.new_app_password("Kalends")
        url, now = icloud.entry_url, self.now
        self.connection = accounts.connect(self.user, username="anna@example.com", password=password, url=url, now=now)
        rows = list(Calendar.objects.filter(connection=self.connection, writable=True))
        accounts.configure(self.user, linked=rows[0], conflicts=rows, now=now)
        self.sync()

    @property
    def now(self) -> datetime:
        return self.moment[0]

    def later(self, by: timedelta) -> None:
        self.moment[0] += by

    def sync(self) -> None:
        """What the schedule does every five minutes."""
        from connections.sync.run import sync_connection

        report = sync_connection(self.connection.pk, now=self.now)
        if report.error:
            raise RuntimeError(f"the sync failed: {report.error}")

    def book(self, start: datetime) -> str:
        """Book; its status, or "refused"."""
        from bookings import actions

        details = actions.ClientDetails("Carla Client")
        try:
            booking = actions.book(service=self.service, staff=self.user, start=start, client=details, now=self.now)
        except actions.NotOpen:
            return "refused"
        return str(booking.status)


def slots() -> Iterator[datetime]:
    """Hours that Anna works, one after the other, from the day after tomorrow on."""
    day = MONDAY.astimezone(BERLIN) + 2 * DAY
    while True:
        if day.weekday() < 5:
            yield from (day.replace(hour=hour, minute=0) for hour in HOURS)
        day += DAY


# --- what may be put into iCloud over an hour ----------------------------------------------------------------------


def plain(practice: Practice, start: datetime, choose: random.Random) -> None:
    practice.phone.add(choose.choice(practice.calendars), "Dentist", start, start + HOUR)


def a_minute(practice: Practice, start: datetime, choose: random.Random) -> None:
    at = start + timedelta(minutes=choose.randrange(59))
    practice.phone.add(choose.choice(practice.calendars), "Call", at, at + timedelta(minutes=1))


def by_travel(practice: Practice, start: datetime, choose: random.Random) -> None:
    practice.phone.add(choose.choice(practice.calendars), "Fair", start + HOUR, start + 2 * HOUR, travel=HOUR / 4)


def moved_here(practice: Practice, start: datetime, choose: random.Random) -> None:
    night = start.replace(hour=3)
    href = practice.phone.add(choose.choice(practice.calendars), "Moved", night, night + HOUR)
    practice.sync()
    practice.phone.move(href, start)


def by_series(practice: Practice, start: datetime, choose: random.Random) -> None:
    first = start - timedelta(days=7 * 60)
    practice.phone.add(choose.choice(practice.calendars), "Class", first, first + HOUR, rule="FREQ=WEEKLY;COUNT=61")


def made_busy(practice: Practice, start: datetime, choose: random.Random) -> None:
    href = practice.phone.add(choose.choice(practice.calendars), "Free", start, start + HOUR, free=True)
    practice.sync()
    practice.phone.free(href, False)


KINDS: tuple[Callable[[Practice, datetime, random.Random], None], ...] = (
    plain,
    a_minute,
    by_travel,
    moved_here,
    by_series,
    made_busy,
)


# --- measurements --------------------------------------------------------------------------------------------------


def prevented(practice: Practice, tries: int, free: Iterator[datetime]) -> Iterator[Figure]:
    """An event a second old prevents the booking; an hour without one can be booked all the same."""
    choose, outcomes, controls = chance(), [], []
    for number in range(tries):
        start = next(free)
        kind = KINDS[number % len(KINDS)]
        kind(practice, start, choose)
        practice.later(SECOND)
        outcomes.append(practice.book(start))
        if kind is by_travel:
            next(free)  # the event itself lies there
        if number % 10 == 0:
            controls.append(practice.book(next(free)))
        practice.later(10 * SECOND)
    refused, booked = outcomes.count("refused"), controls.count("confirmed")
    yield Figure(
        "an event put into iCloud 1 s before prevents the booking", f"{refused:,} of {tries:,}", refused == tries
    )
    yield Figure("and an hour without one is booked", f"{booked:,} of {len(controls):,}", booked == len(controls))


def lagging(practice: Practice, tries: int, free: Iterator[datetime]) -> Iterator[Figure]:
    """With reads that lag behind writes nothing is confirmed over what could not be read."""
    outcomes = []
    for number in range(tries):
        practice.icloud.switches.lag_seconds = 20
        practice.icloud.switches.lag_shows = ("missing", "old")[number % 2]
        start = next(free)
        plain(practice, start, chance(number))
        practice.later(SECOND)
        outcomes.append(practice.book(start))
        practice.later(timedelta(minutes=2))
        practice.sync()
    practice.icloud.switches.lag_seconds = 0
    told = ", ".join(f"{outcomes.count(one)} {one}" for one in sorted(set(outcomes)))
    yield Figure("confirmed over an event that iCloud lists and does not show yet", told, "confirmed" not in outcomes)


TROUBLES: dict[str, Callable[[Any], object]] = {
    "hangs": lambda faults: faults.slow(30, times=None),
    "drips a byte a second": lambda faults: faults.drip(1.0, 1, times=None),
    "answers the listing, then hangs": lambda faults: faults.slow(30, method="REPORT", times=None),
    "refuses connections": lambda faults: faults.refuse(times=None),
}


def within_the_deadline(practice: Practice, rounds: int, free: Iterator[datetime]) -> Iterator[Figure]:
    """However iCloud behaves, a booking is answered within the deadline of 4 s plus one."""
    for name, begin in TROUBLES.items():
        took = []
        for _ in range(rounds):
            practice.later(SECOND)
            plain(practice, next(free), chance())  # something to read, where it comes to reading
            begin(practice.icloud.faults)
            started = time.monotonic()
            practice.book(next(free))
            took.append(time.monotonic() - started)
            practice.icloud.faults.clear()
            practice.later(timedelta(minutes=3))
            practice.sync()
        told = f"{max(took):.2f} s, {median(took):.2f} s in the middle"
        yield Figure(f"slowest of {rounds} bookings while iCloud {name}", told, max(took) <= DEADLINE + 1)


def together(practice: Practice, clients: int, free: Iterator[datetime]) -> Iterator[Figure]:
    """Clients who book with one staff member at once share a few polls."""
    from django.db import connections

    for latency in (0.05, 0.3):
        practice.later(timedelta(minutes=1))
        plain(practice, next(free), chance())
        starts = [next(free) for _ in range(clients)]
        practice.icloud.faults.slow(latency, times=None)
        practice.icloud.log.clear()
        # Nobody asks at exactly the same time: each has a clock of its own, as threads and processes do.
        began, then = time.monotonic(), practice.now

        def book(start: datetime, began: float = began, then: datetime = then) -> str:
            try:
                return _at(practice, then + timedelta(seconds=time.monotonic() - began), start)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(clients) as pool:
            outcomes = list(pool.map(book, starts))
        polls = len(practice.icloud.log.matching(method="PROPFIND", depth="1"))
        practice.icloud.faults.clear()
        done = outcomes.count("confirmed")
        good = polls <= 4 and done == clients
        told = f"{polls} polls, {done} confirmed"
        yield Figure(f"{clients} clients book at once, iCloud answers after {latency * 1000:.0f} ms", told, good)
        practice.later(timedelta(minutes=1))


def _at(practice: Practice, now: datetime, start: datetime) -> str:
    from bookings import actions

    details = actions.ClientDetails("Carla Client")
    return str(actions.book(service=practice.service, staff=practice.user, start=start, client=details, now=now).status)


def measure(tries: int, rounds: int, clients: int) -> Iterator[Figure]:
    """All of it, each figure as soon as it is known."""
    from sandbox.server.server import Sandbox

    moment = [MONDAY]
    with Sandbox(clock=lambda: moment[0]) as icloud:
        practice, free = Practice(icloud, moment), slots()
        yield from prevented(practice, tries, free)
        yield from lagging(practice, min(tries, 100), free)
        yield from together(practice, clients, free)
        yield from within_the_deadline(practice, rounds, free)


def main() -> int:
    """As the environment asks."""
    os.environ["FRESHNESS_DEADLINE_SECONDS"] = str(DEADLINE)
    tries, rounds, clients = (
        int(os.environ.get(name, default)) for name, default in (("TRIES", "1000"), ("ROUNDS", "20"), ("CLIENTS", "20"))
    )
    url = os.environ.get("DATABASE_URL", "")
    good = True
    with workplace() as folder, database(folder, url, "freshness") as own:
        settle_in(own, None, folder, workers=2)
        engine = "PostgreSQL" if own.startswith("postgres") else "SQLite"
        busy = os.getloadavg()[0]
        sys.stdout.write(f"Freshness at the moment of booking, {engine}, {os.cpu_count()} cores, load {busy:.1f}\n")
        for figure in measure(tries, rounds, clients):
            sys.stdout.write(f"{figure}\n")
            sys.stdout.flush()
            good = good and figure.good
        from django.db import connections

        connections.close_all()
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
