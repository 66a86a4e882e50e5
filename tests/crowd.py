"""A whole practice in a few statements: many staff, clients and bookings, to count what pages cost.

Each staff member works office hours and has confirmed bookings, hour after hour and day after day, with one client
after the other. Nobody has a calendar account.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import cycle, islice, product

from availability.models import WorkingHours
from bookings.contacts.written import email_key, name_key
from bookings.models import Booking, Claim, Client, Seat, Service
from connections.models import CalendarConfiguration
from practice.models import User
from tests.factories import NOW, START

HOURS = 8
HOUR = timedelta(hours=1)


def make_staff(count: int, service: Service) -> list[User]:
    """Staff with office hours in Berlin who offer the service."""
    before = User.objects.count()
    names = [f"crowd-{before + number}" for number in range(count)]
    people = User.objects.bulk_create(User(username=name, slug=name, first_name=name.title()) for name in names)
    CalendarConfiguration.objects.bulk_create(
        CalendarConfiguration(user=user, time_zone="Europe/Berlin", saved_at=NOW) for user in people
    )
    WorkingHours.objects.bulk_create(
        WorkingHours(user=user, weekday=weekday, start=time(9), end=time(17))
        for user, weekday in product(people, range(5))
    )
    service.staff.add(*people)
    return people


def make_clients(count: int) -> list[Client]:
    """Clients with a name and an address, found by both."""
    before = Client.objects.count()
    numbers = range(before, before + count)
    rows = (Client(name=f"Clara Blum {number}", email=f"clara{number}@example.org") for number in numbers)
    return Client.objects.bulk_create(_with_keys(client) for client in rows)


def make_bookings(count: int, staff: list[User], clients: list[Client], service: Service) -> None:
    """Bookings of an hour each, from nine o’clock of the day of START on; everybody has the first hour first."""
    spans = islice(_spans(staff), count)
    claims = Claim.objects.bulk_create(Claim(staff=user, start=start, end=start + HOUR) for user, start in spans)
    confirmed = Booking.Status.CONFIRMED
    bookings = Booking.objects.bulk_create(
        Booking(claim=claim, staff=claim.staff, service=service, start=claim.start, end=claim.end, status=confirmed)
        for claim in claims
    )
    Seat.objects.bulk_create(
        Seat(booking=booking, client=client) for booking, client in zip(bookings, cycle(clients), strict=False)
    )


def _spans(staff: list[User]) -> Iterator[tuple[User, datetime]]:
    days = range(10_000 // (len(staff) * HOURS) + 1)
    starts = [START - HOUR + timedelta(days=day, hours=hour) for day, hour in product(days, range(HOURS))]
    return ((user, start) for start in starts for user in staff)


def _with_keys(client: Client) -> Client:
    client.name_key, client.email_key = name_key(client.name), email_key(client.email)
    return client
