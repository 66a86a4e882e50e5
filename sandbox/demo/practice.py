"""Creates the demo's practice in Kalends: staff, hours, services, connections and a few bookings."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from availability.models import write_week
from bookings.actions import ClientDetails, NotOpen, book
from bookings.models import Booking, Question, Service
from bookings.openings.search import find
from bookings.push import outbox
from connections import accounts
from connections.models import Calendar, CalendarConfiguration, Connection
from connections.sync.run import sync_connection
from practice.models import Practice, User
from sandbox.demo import calendars, people
from sandbox.demo.people import Asked, Person
from sandbox.server.server import Sandbox

DAY = timedelta(days=1)
# What is booked with each staff member if the time is open: days from today, hour and service.
PREFERRED = {
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
    """Create everything in the empty `icloud` and the empty database."""
    _describe_practice()
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
    _sync_all(now)


def _describe_practice() -> None:
    """Say all that clients must know before they can book."""
    Practice.objects.create(
        name="Praxis Winter",
        country="DE",
        time_zone="Europe/Berlin",
        language="en",
        email="praxis@example.com",
        phone="030 1234567",
        address="Lindenweg 1\n10115 Berlin",
        imprint="Praxis Winter, Lindenweg 1, 10115 Berlin. This practice is invented.",
        privacy_notice="This is a demo: nothing that you type leaves this machine.",
    )


def bring_up_to_date(icloud: Sandbox, *, filled: Iterable[date], now: datetime) -> None:
    """Update an existing demo: the URL of `icloud`, the events of weeks that are not in `filled`, and bookings."""
    Connection.objects.exclude(url=icloud.entry_url).update(url=icloud.entry_url)
    Connection.objects.filter(needs_attention=False).update(origin="", next_sync_at=now, not_before=None)
    for monday in sorted(set(weeks_of(now)) - set(filled)):
        calendars.fill_week(icloud, monday)
    _sync_all(now)
    for person in people.PEOPLE:
        if not Booking.objects.live().filter(staff__username=person.username, start__gt=now).exists():
            _book_some(person, now=now)


def weeks_of(now: datetime) -> list[date]:
    """The Mondays of the weeks that the demo fills: this one and the next two."""
    monday = now.date() - now.weekday() * DAY
    return [monday, monday + 7 * DAY, monday + 14 * DAY]


def _sync_all(now: datetime) -> None:
    """Sync every connection with a valid password."""
    for connection in Connection.objects.filter(needs_attention=False):
        sync_connection(connection.pk, now=now)


def create_staff_member(person: Person) -> User:
    """Create a staff member with a time zone and working hours, without a connection."""
    user = User.objects.create_user(
        person.username,
        f"{person.username}@practice.example",
        people.PASSWORD,
        first_name=person.name,
        last_name=person.family_name,
        role=person.role,
    )
    choices = {"time_zone": person.zone, "when_moved": CalendarConfiguration.WhenMoved.FOLLOW}
    CalendarConfiguration.objects.update_or_create(user=user, defaults=choices)
    write_week(user, [(weekday, period) for weekday, periods in person.hours.items() for period in periods])
    return user


def _offer_services() -> None:
    kinds = Service.LocationKind
    for one in people.TREATMENTS:
        service = Service.objects.create(
            slug=one.slug,
            name=one.name,
            minutes=one.minutes,
            slot_minutes=one.slot_minutes,
            buffer_after_minutes=one.buffer_after_minutes,
            visibility=Service.Visibility.PUBLIC,
            location_kind=kinds.VIDEO if one.call_link else kinds.PLACE,
            location=one.call_link,
            other_minutes=list(one.other_minutes),
            approval_hours=one.approval_hours,
            series_allowed=one.series_allowed,
        )
        service.staff.set(User.objects.filter(username__in=one.staff))
        _ask(service, one.asked)


def _ask(service: Service, asked: Iterable[Asked]) -> None:
    for one in asked:
        words = {"words": one.words, "kind": one.kind, "options": "\n".join(one.options)}
        Question(service=service, required=one.required, private=one.private, **words).append()


def _connect(icloud: Sandbox, person: Person, now: datetime) -> None:
    """Connect every Apple ID, select all calendars, link the one for bookings, and sync."""
    user = User.objects.get(username=person.username)
    for apple_id in person.apple_ids:
        password = icloud.account(apple_id).new_app_password("Kalends")
        accounts.connect(user, username=apple_id, password=password, now=now)
    linked = Calendar.objects.of(user).get(name=person.linked)
    accounts.configure(user, linked=linked, conflicts=list(Calendar.objects.of(user)), now=now)
    _sync_all(now)


def _book_some(person: Person, *, now: datetime) -> None:
    """Make the preferred bookings; where a time is not open, take the next opening of that day or the day after."""
    user = User.objects.get(username=person.username)
    for (days, hour, slug), client in zip(PREFERRED[person.username], cycle(people.CLIENTS), strict=False):
        local = now.astimezone(ZoneInfo(person.zone)) + days * DAY
        preferred = local.replace(hour=hour, minute=0, second=0, microsecond=0).astimezone(UTC)
        # Past bookings were made two days before their start.
        then = min(now, preferred - 2 * DAY)
        service = Service.objects.get(slug=slug)
        start = _best_start(user, service, preferred, then)
        with suppress(NotOpen):  # iCloud is asked again and may know of a conflict
            if start:
                book(service=service, staff=user, start=start, client=ClientDetails(*client), now=then)


def _best_start(user: User, service: Service, preferred: datetime, now: datetime) -> datetime | None:
    """An opening on the first open day within two days from `preferred`, if possible one that can be moved by an hour.

    So tomorrow has several bookings even at the weekend, and somebody who is ill then has something to decide.
    """
    starts = [one.start for one in find(service, [user], preferred, preferred + 2 * DAY, now=now).openings]
    that_day = [start for start in starts if start.date() == starts[0].date()]
    movable = [start for start in that_day if start + timedelta(hours=1) in starts]
    return next(iter(movable or that_day), None)
