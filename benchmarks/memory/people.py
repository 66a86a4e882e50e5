"""Five people with iCloud accounts full of events, connected to an empty Kalends that has not read them yet."""

from __future__ import annotations

import random
from datetime import datetime, time, timedelta
from typing import Any, Final

NAMES: Final = ("Anna", "Ben", "Carla", "David", "Emma")
CALENDARS: Final = ("Home", "Work", "Family")
DAYS: Final = 60
SERVICE: Final = "massage"
PASSWORD: Final = "bench-bench-bench"  # noqa: S105 - for invented people in a temporary folder


def create_people(icloud: Any, *, events: int, now: datetime, choose: random.Random) -> None:
    """Create the practice, the people, their service, and accounts with so many events each; nothing is synced."""
    from bookings.models import Service
    from practice.models import Practice

    Practice.objects.create(
        name="Praxis",
        country="DE",
        time_zone="Europe/Berlin",
        email="praxis@example.com",
        phone="030 1234567",
        address="Lindenweg 1\n10115 Berlin",
        imprint="Invented.",
        privacy_notice="Invented.",
    )
    service = Service.objects.create(slug=SERVICE, name="Massage", minutes=60, visibility=Service.Visibility.PUBLIC)
    for name in NAMES:
        account = icloud.add_account(f"{name.lower()}@example.com", name=f"{name} Example", zone="Europe/Berlin")
        _fill(account, events, now, choose)
        service.staff.add(_connected_user(icloud, account, name, now))


def _fill(account: Any, events: int, now: datetime, choose: random.Random) -> None:
    """Events in the evenings and nights, so that there are times to book; every tenth is a weekly series."""
    from sandbox.device.device import AppleDevice

    phone, calendars = AppleDevice(account), [account.add_calendar(name) for name in CALENDARS]
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(events):
        start = midnight + timedelta(days=choose.randrange(DAYS), hours=choose.choice((19, 20, 21, 22)))
        rule = "FREQ=WEEKLY" if number % 10 == 0 else ""
        phone.add(choose.choice(calendars), f"Event {number}", start, start + timedelta(minutes=45), rule=rule)


def _connected_user(icloud: Any, account: Any, name: str, now: datetime) -> Any:
    """The user of that name, an owner, who works every day and whose calendars are chosen."""
    from availability.models import write_week
    from connections import accounts
    from connections.models import Calendar, CalendarConfiguration
    from practice.models import User

    user = User.objects.create_user(
        name.lower(), f"{name.lower()}@example.com", PASSWORD, first_name=name, role=User.Role.OWNER
    )
    CalendarConfiguration.objects.update_or_create(user=user, defaults={"time_zone": "Europe/Berlin"})
    write_week(user, [(weekday, (time(8), time(18))) for weekday in range(7)])
    password = account.new_app_password("Kalends")
    accounts.connect(user, username=account.apple_id, password=password, url=icloud.entry_url, now=now)
    rows = list(Calendar.objects.of(user))
    linked = next(row for row in rows if row.name == "Work")
    accounts.configure(user, linked=linked, conflicts=rows, now=now)
    return user
