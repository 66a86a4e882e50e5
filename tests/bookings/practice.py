"""A staff member on a road of her own: connected to the sandbox's iCloud, configured and read, with a service."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail

from bookings import actions
from bookings.models import Booking, LinkedEvent, Proposal, Service
from bookings.notifications.mails import delivery
from bookings.push import outbox
from connections import accounts, ical
from connections.models import Calendar, Connection
from connections.sync.report import SyncReport
from connections.sync.run import sync_connection
from practice.models import User
from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from tests.factories import NOW, START, ServiceFactory, UserFactory, office_hours

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
DEADLINE = 0.4  # seconds; what `short_deadline` leaves for the question at the last moment
CARLA = actions.ClientDetails("Carla Client", "carla@example.org", "+49 30 1")


@dataclass
class Practice:
    """Anna's practice. `now` is its clock: it moves only by `later`."""

    icloud: Sandbox
    account: Account
    phone: AppleDevice
    user: User
    service: Service
    connection: Connection
    now: datetime = NOW
    reports: list[SyncReport] = field(default_factory=list)

    def later(self, by: timedelta = timedelta(minutes=5)) -> None:
        self.now += by
        self.icloud.advance(by.total_seconds())

    def sync(self, *, full: bool = False) -> SyncReport:
        report = sync_connection(self.connection.pk, now=self.now, full=full)
        self.reports.append(report)
        return report

    def poll_later(self, times: int = 1) -> None:
        """Some polls, five minutes apart."""
        for _ in range(times):
            self.later()
            self.sync()

    def book(self, start: datetime = START, **more: object) -> Booking:
        given = {"service": self.service, "staff": self.user, "client": CARLA, "now": self.now, **more}
        return actions.book(start=start, **given)  # type: ignore[arg-type]

    def push(self) -> list[str]:
        """Push what is due; the states it ended in."""
        return [str(one.state) for one in outbox.push_due(self.now)]

    def booked(self, start: datetime = START) -> Booking:
        """A booking that stands in iCloud."""
        booking = self.book(start)
        assert self.push() == ["pushed"]
        self.sync()
        return booking

    def placement(self, booking: Booking) -> LinkedEvent:
        return booking.linked_events.order_by("-pk")[0]

    def href(self, booking: Booking) -> str:
        return self.placement(booking).href

    def text(self, booking: Booking) -> str:
        """What iCloud has of a booking's event."""
        return self.account.calendar("Home").resources[self.href(booking)].data.decode()

    def there(self, booking: Booking) -> ical.OwnEvent:
        return ical.own_event(self.text(booking).encode())

    def proposals(self) -> list[tuple[str, str]]:
        """Kinds and reasons of what waits for a decision."""
        return [(row.kind, row.reason) for row in Proposal.objects.open().filter(booking__staff=self.user)]

    def mails(self) -> list[tuple[str, list[str]]]:
        """Subjects and receivers of the mail sent so far."""
        delivery.send_due(self.now)
        return [(str(one.subject), one.to) for one in mail.outbox]

    def client_mails(self) -> list[str]:
        """Subjects of the mail that the client got so far."""
        return [subject for subject, receivers in self.mails() if receivers == [CARLA.email]]

    def events(self) -> list[str]:
        """The resources of both calendars."""
        return sorted(href for name in ("Home", "Work") for href in self.account.calendar(name).resources)


@pytest.fixture
def practice(db: None, icloud: Sandbox, account: Account, phone: AppleDevice) -> Practice:
    """Anna's practice: connected, configured and read."""
    return make_practice(icloud, account, phone)


def make_practice(icloud: Sandbox, account: Account, phone: AppleDevice, *, username: str = "anna") -> Practice:
    """Anna with office hours, an hour-long service, Home linked and Work a conflict calendar."""
    user = UserFactory.create(username=username, configuration__saved_at=None)
    office_hours(user)
    password = account.new_app_password("Kalends")
    connection = accounts.connect(user, username="anna@example.com", password=password, url=icloud.entry_url, now=NOW)
    home, work = (Calendar.objects.get(connection=connection, name=name) for name in ("Home", "Work"))
    accounts.configure(user, linked=home, conflicts=[work], now=NOW)
    practice = Practice(
        icloud, account, phone, user, ServiceFactory.create(name="Talk", slug="talk", staff=[user]), connection
    )
    assert practice.sync().error is None
    return practice


def berlin(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2026 in Berlin."""
    return datetime(2026, 12, day, hour, minute, tzinfo=BERLIN)


def utc(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2026, UTC."""
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC)
