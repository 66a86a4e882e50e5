"""The practice of the demo in Kalends: staff, hours, services, connections and a few bookings, all by the services."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from availability.models import write_week
from bookings.actions import ClientDetails, NotOpen, book
from bookings.models import Booking, Service
from bookings.openings.search import find
from bookings.push import outbox
from connections import accounts
from connections.models import Calendar, CalendarConfiguration, Connection
from connections.sync.run import sync_connection
from practice.models import User
from sandbox.demo import calendars, people
from sandbox.demo.people import Person
from sandbox.server.server import Sandbox

DAY = timedelta(days=1)
# Days from today, hour and service of what is booked with each of them, where that time is open.
WISHES = {
    "mara": (
        (-2, 14, "massage"),
        (-1, 10, "massage"),
        (1, 10, "massage"),
        (1, 15, "first-visit"),
        (2, 14, "massage"),
        (3, 9, "massage"),
        (4, 11, "first-visit"),
    ),
    "jonas": ((-1, 9, "massage"), (1, 13, "video-call"), (2, 9, "massage"), (5, 10, "video-call")),
    "lea": ((-1, 11, "massage"), (1, 13, "massage"), (3, 10, "first-visit")),
}


def create_practice(icloud: Sandbox, *, now: datetime) -> None:
    """Everything, for the first time: in the empty `icloud` and in the empty database."""
    calendars.open_accounts(icloud, now.date())
    for person in people.PEOPLE:
        create_staff_member(person)
    _offer_services()
    for monday in weeks_of(now):
        calendars.fill_week(icloud, monday)
    for person in people.PEOPLE:
        if person.linked:
            _connect(icloud, person, now)
        _book_some(person, now=now)
    outbox.push_due(now)
    _read_all(now)


def bring_up_to_date(icloud: Sandbox, *, filled: Iterable[date], now: datetime) -> None:
    """Another start: iCloud may have another port, and weeks that are not `filled` yet get their single events."""
    Connection.objects.exclude(url=icloud.entry_url).update(url=icloud.entry_url)
    Connection.objects.filter(needs_person=False).update(origin="", next_sync_at=now, not_before=None)
    for monday in sorted(set(weeks_of(now)) - set(filled)):
        calendars.fill_week(icloud, monday)
    _read_all(now)
    for person in people.PEOPLE:
        if not Booking.objects.live().filter(staff__username=person.username, start__gt=now).exists():
            _book_some(person, now=now)


def weeks_of(now: datetime) -> list[date]:
    """The Mondays of the weeks that the demo fills: this one and the next two."""
    monday = now.date() - now.weekday() * DAY
    return [monday, monday + 7 * DAY, monday + 14 * DAY]


def _read_all(now: datetime) -> None:
    """Bring every connection that works up to date."""
    for connection in Connection.objects.filter(needs_person=False):
        sync_connection(connection.pk, now=now)


def create_staff_member(person: Person) -> User:
    """A staff member with a zone and hours, without any calendar."""
    user = User.objects.create_user(
        person.username,
        f"{person.username}@practice.example",
        people.PASSWORD,
        first_name=person.name,
        last_name=person.family_name,
    )
    CalendarConfiguration.objects.update_or_create(user=user, defaults={"time_zone": person.zone})
    write_week(user, [(weekday, period) for weekday, periods in person.hours.items() for period in periods])
    return user


def _offer_services() -> None:
    for one in people.TREATMENTS:
        service = Service.objects.create(
            slug=one.slug,
            name=one.name,
            minutes=one.minutes,
            slot_minutes=one.slot_minutes,
            buffer_after_minutes=one.buffer_after_minutes,
        )
        service.staff.set(User.objects.filter(username__in=one.staff))


def _connect(icloud: Sandbox, person: Person, now: datetime) -> None:
    """Connect every Apple ID, choose all calendars, link the one where bookings shall stand, and read them."""
    user = User.objects.get(username=person.username)
    for apple_id in person.apple_ids:
        password = icloud.account(apple_id).new_app_password("Kalends")
        accounts.connect(user, username=apple_id, password=password, now=now)
    linked = Calendar.objects.of(user).get(name=person.linked)
    accounts.configure(user, linked=linked, conflicts=list(Calendar.objects.of(user)), now=now)
    _read_all(now)


def _book_some(person: Person, *, now: datetime) -> None:
    """Book what is wished for where that is open, else at the next opening of that day or the day after."""
    user = User.objects.get(username=person.username)
    for (days, hour, slug), client in zip(WISHES[person.username], cycle(people.CLIENTS), strict=False):
        local = now.astimezone(ZoneInfo(person.zone)) + days * DAY
        wanted = local.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(UTC)
        # What lies behind us was booked two days before.
        then = min(now, wanted - 2 * DAY)
        service = Service.objects.get(slug=slug)
        start = _best_start(user, service, wanted, then)
        with suppress(NotOpen):  # iCloud is asked once more, and knows better
            if start:
                book(service=service, staff=user, start=start, client=ClientDetails(*client), now=then)


def _best_start(user: User, service: Service, wanted: datetime, now: datetime) -> datetime | None:
    """The opening at `wanted`, or the next one within two days, that leaves an hour behind it to be dragged to."""
    starts = [one.start for one in find(service, [user], wanted, wanted + 2 * DAY, now=now).openings]
    roomy = [start for start in starts if start + timedelta(hours=1) in starts]
    return next(iter(roomy or starts), None)
