"""A staff member whose calendars are at any server, from the first connection to the last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from bookings import actions
from bookings.models import Booking, Service
from bookings.openings import search
from bookings.push import outbox
from connections import accounts
from connections.models import Calendar, Connection, Occurrence
from connections.sync.report import SyncReport
from connections.sync.run import sync_connection
from practice.models import User
from tests.factories import NOW, START, ServiceFactory, UserFactory, office_hours

BERLIN = ZoneInfo("Europe/Berlin")
CARLA = actions.ClientDetails("Carla Client", "carla@example.org", "+49 30 1")
DAY = timedelta(days=1)
MORNING = datetime(2026, 12, 1, tzinfo=BERLIN)  # the day of START
FREE = [9, 10, 11, 12, 13, 14, 15, 16]  # the hours at which an appointment of an hour can start that day


class Server(Protocol):
    """A server with one account, and a hand to edit its calendars as another client would."""

    username: str
    password: str

    def add_calendar(self, id: str, name: str = "") -> str:  # noqa: A002
        """Make a calendar; its path."""

    def write(self, path: str, data: bytes) -> None:
        """Put a resource."""

    def read(self, path: str) -> bytes:
        """The bytes of a resource."""

    def remove(self, path: str) -> None:
        """Delete a resource."""

    def paths(self, calendar: str) -> list[str]:
        """The paths of the resources of a calendar."""


@dataclass(frozen=True)
class Chosen:
    """What a person chooses and types to connect an account: the provider, and the address of the server."""

    provider: str
    address: Callable[[Server], str]


@dataclass
class Practice:
    """Anna, with office hours and a service of an hour. `now` moves only by `later`."""

    server: Server
    chosen: Chosen
    user: User
    service: Service
    home: str = ""
    work: str = ""
    now: datetime = NOW

    # --- the account ------------------------------------------------------------------------------------------

    def connect(self, password: str = "") -> Connection:
        """Connect the account as a person does, with calendars Home and Work in it, with the right password or this."""
        self.home = self.server.add_calendar("home", "Home")
        self.work = self.server.add_calendar("work", "Work")
        return accounts.connect(
            self.user,
            username=self.server.username,
            password=password or self.server.password,
            url=self.chosen.address(self.server),
            provider=self.chosen.provider,
            now=self.now,
        )

    def choose(self) -> None:
        """Home receives bookings, both block."""
        home, work = (Calendar.objects.get(path=path) for path in (self.home, self.work))
        accounts.configure(self.user, linked=home, conflicts=[home, work], now=self.now)

    @property
    def connection(self) -> Connection:
        return Connection.objects.get(user=self.user)

    def sync(self, *, full: bool = False) -> SyncReport:
        return sync_connection(self.connection.pk, now=self.now, full=full)

    def poll_later(self, times: int = 1) -> SyncReport:
        """Some polls, five minutes apart; the report of the last."""
        for _ in range(times):
            self.later()
            report = self.sync()
        return report

    def later(self, by: timedelta = timedelta(minutes=5)) -> None:
        self.now += by

    # --- bookings ---------------------------------------------------------------------------------------------

    def book(self, start: datetime = START) -> Booking:
        """A booking that reached the calendar."""
        booking = actions.book(start=start, service=self.service, staff=self.user, client=CARLA, now=self.now)
        assert self.push() == ["pushed"]
        return booking

    def push(self) -> list[str]:
        """Push what is due; the states it ended in."""
        return [str(one.state) for one in outbox.push_due(self.now)]

    def href(self, booking: Booking) -> str:
        """The path of a booking's event."""
        return booking.linked_events.order_by("-pk")[0].href

    # --- what is known ----------------------------------------------------------------------------------------

    def starts(self) -> list[int]:
        """The full hours of START's day at which the service can be booked."""
        found = search.find(self.service, [self.user], MORNING, MORNING + DAY, now=self.now)
        local = [opening.start.astimezone(BERLIN) for opening in found.openings]
        return [start.hour for start in local if start.minute == 0]

    def titles(self) -> list[str]:
        """What stands in the calendars, of others."""
        rows = Occurrence.objects.filter(calendar__connection__user=self.user, reason="busy")
        return sorted(rows.values_list("summary", flat=True))


def make_practice(server: Server, chosen: Chosen) -> Practice:
    """Anna, who works Monday to Friday, nine to five, and has not connected anything yet."""
    user = UserFactory.create(username="anna", configuration__saved_at=None)
    office_hours(user)
    return Practice(server, chosen, user, ServiceFactory.create(name="Talk", slug="talk", staff=[user]))
