"""The practice under test: what clients read of it, four staff members with Apple Accounts, and their services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.utils import timezone

from availability.models import write_week
from bookings.models import Service
from connections import accounts
from connections.models import Calendar, CalendarConfiguration
from connections.sync.run import sync_connection
from practice.models import Practice, User
from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store.accounts import Account
from soak.mails.server import MailServer

ZONE = "Europe/Berlin"
BERLIN = ZoneInfo(ZONE)
PASSWORD = "soak soak soak"  # noqa: S105 - invented accounts
FIRST, LAST = time(8), time(20)


@dataclass(frozen=True)
class Role:
    """A staff member. `calendars`: the conflict calendars by Apple ID; the first of all is the linked calendar.

    `choices`: fields of CalendarConfiguration.
    """

    name: str
    calendars: dict[str, tuple[str, ...]]
    choices: dict[str, object] = field(default_factory=dict)


CALENDARS = {
    "anna@example.com": ("Home", "Work", "Private"),
    "ben@example.com": ("Praxis", "Familie"),
    "verein@example.com": ("Verein",),
    "cleo@example.com": ("Studio", "Kurse", "Privat"),
}
ROLES = (
    Role("anna", {"anna@example.com": ("Home", "Work")}),
    Role(
        "ben",
        {"ben@example.com": ("Praxis", "Familie"), "verein@example.com": ("Verein",)},
        {"when_deleted": "put_back", "detail": "full", "alarm_minutes": 30},
    ),
    Role(
        "cleo",
        {"cleo@example.com": ("Studio", "Kurse")},
        {"when_moved": "ask", "when_deleted": "cancel", "mirror_blocked_slots": True},
    ),
    Role("dora", {"anna@example.com": ("Work",)}, {"when_moved": "put_back"}),  # uses Anna's Apple ID as well
)
SERVICES = (
    {"slug": "talk", "minutes": 30, "slot_minutes": 15, "buffer_before_minutes": 5, "buffer_after_minutes": 10},
    {"slug": "massage", "minutes": 60, "slot_minutes": 30, "buffer_after_minutes": 15},
    {"slug": "visit", "minutes": 45, "slot_minutes": 15, "approval_hours": 24},
)


@dataclass
class People:
    """All staff members with their phones, and the mail server of the practice.

    `passwords`: the app-specific ones, by staff member and Apple ID.
    """

    icloud: Sandbox
    mail_server: MailServer
    phones: dict[str, AppleDevice] = field(default_factory=dict)
    passwords: dict[tuple[str, str], str] = field(default_factory=dict)

    def account(self, apple_id: str) -> Account:
        return self.icloud.account(apple_id)

    @property
    def staff(self) -> list[User]:
        return list(User.objects.order_by("pk"))


def create_people(icloud: Sandbox, mail_server: MailServer) -> People:
    """Create the practice, the Apple Accounts, the staff members with their connections, and the services."""
    people = People(icloud, mail_server)
    describe_practice()
    for apple_id, names in CALENDARS.items():
        account = icloud.add_account(apple_id, zone=ZONE)
        for name in names:
            account.add_calendar(name, id=name.lower())
        people.phones[apple_id] = AppleDevice(account, zone=ZONE)
    for role in ROLES:
        _create_staff_member(people, role, timezone.now())
    for facts in SERVICES:
        service = Service.objects.create(
            name=str(facts["slug"]).title(),
            notice_minutes=0,
            horizon_days=30,
            visibility=Service.Visibility.PUBLIC,
            series_allowed=True,
            **facts,
        )
        service.staff.set(User.objects.all())
    return people


def describe_practice() -> None:
    """Say all that clients must know before they can book."""
    Practice.objects.create(
        name="Praxis Winter",
        country="DE",
        time_zone=ZONE,
        language="en",
        email="praxis@practice.example",
        phone="030 1234567",
        address="Lindenweg 1\n10115 Berlin",
        imprint="Praxis Winter, Lindenweg 1, 10115 Berlin.",
        privacy_notice="Nothing leaves this machine.",
    )


def _create_staff_member(people: People, role: Role, now: datetime) -> None:
    user = User.objects.create_user(role.name, f"{role.name}@practice.example", PASSWORD)
    choices = {"time_zone": ZONE, "when_moved": "follow", **role.choices}
    CalendarConfiguration.objects.update_or_create(user=user, defaults=choices)
    write_week(user, [(weekday, (FIRST, LAST)) for weekday in range(7)])
    chosen: list[Calendar] = []
    for apple_id, names in role.calendars.items():
        password = people.account(apple_id).new_app_password(role.name)
        people.passwords[role.name, apple_id] = password
        connection = accounts.connect(user, username=apple_id, password=password, now=now)
        chosen += [Calendar.objects.get(connection=connection, name=name) for name in names]
    accounts.configure(user, linked=chosen[0], conflicts=chosen, now=now)
    for connection in user.connections.all():
        sync_connection(connection.pk, now=timezone.now())
