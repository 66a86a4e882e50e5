"""Twenty processes after times with three people at once: nobody waits for ever, and the minutes stay even."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bookings import actions
from bookings.models import Booking, Claim, Hold, Service
from connections.models import CalendarConfiguration
from practice.models import User
from tests.bookings.racing import Racers
from tests.factories import NOW, START, ServiceFactory, UserFactory, office_hours
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("shared_database")

RACERS = 20
LENGTH = timedelta(minutes=20)


@pytest.fixture
def three(db: None) -> list[User]:
    """Anna, Ben and Cem, who offer the same service."""
    people = [UserFactory.create(username=name) for name in ("anna", "ben", "cem")]
    for user in people:
        office_hours(user)
    ServiceFactory.create(slug="talk", minutes=20, slot_minutes=20, staff=people)
    return people


def start_of(number: int) -> datetime:
    """One of twenty times of the day, at each of which all three are free."""
    return START + number * LENGTH


def book(number: int) -> str:
    client = actions.ClientDetails(f"Client {number}")
    try:
        booking = actions.book(
            service=Service.objects.get(slug="talk"),
            staff=None,
            start=start_of(number),
            client=client,
            now=NOW,
        )
    except actions.Refused as error:
        return str(error)
    return booking.staff.username


def hold_and_book(number: int) -> str:
    service, start = Service.objects.get(slug="talk"), start_of(number)
    try:
        visitor = actions.Visitor(f"v{number}")
        held = actions.hold(service=service, staff=None, start=start, visitor=visitor, now=NOW)
        client = actions.ClientDetails(f"Client {number}")
        booking = actions.book(service=service, staff=None, start=start, client=client, now=NOW, hold=held)
    except actions.Refused as error:
        return str(error)
    return booking.staff.username if booking.staff == held.staff else "exchanged"


def minutes() -> list[int]:
    """What each of the three has, the fewest first."""
    lengths: Counter[str] = Counter()
    for booking in Booking.objects.all():
        lengths[booking.staff.username] += (booking.end - booking.start) // timedelta(minutes=1)
    return sorted(lengths.values())


def overlapping() -> list[tuple[Claim, Claim]]:
    claims = Claim.objects.order_by("staff", "start")
    return [(one, other) for one, other in pairwise(claims) if one.staff_id == other.staff_id and one.end > other.start]


@pytest.mark.parametrize("act", [book, hold_and_book])
def test_of_twenty_who_book_at_once_all_are_booked_and_the_minutes_differ_by_one_booking(
    racers: Racers, three: list[User], act: object
) -> None:
    outcomes = racers.race(act, range(RACERS))  # type: ignore[arg-type]
    assert set(outcomes) == {"anna", "ben", "cem"}
    assert minutes() == [120, 140, 140]
    assert overlapping() == []
    assert Hold.objects.exclude(claim=None).count() == 0


def test_people_without_a_configuration_get_one_each_and_one_of_each_is_booked(
    racers: Racers, three: list[User]
) -> None:
    CalendarConfiguration.objects.all().delete()
    outcomes = racers.race(book, [0] * RACERS)
    refused = [one for one in outcomes if one not in ("anna", "ben", "cem")]
    assert CalendarConfiguration.objects.count() == 3
    assert (sorted(set(outcomes) - set(refused)), len(refused)) == (["anna", "ben", "cem"], RACERS - 3)


def test_people_who_offer_other_services_with_others_do_not_wait_for_ever(racers: Racers, three: list[User]) -> None:
    """Each service has its people in another order; the locks are taken in one order all the same."""
    for number, people in enumerate((three[::-1], three[1:], [three[2], three[0]])):
        ServiceFactory.create(slug=f"other-{number}", minutes=20, slot_minutes=20, staff=people)
    outcomes = racers.race(book_another, range(RACERS))
    assert [one for one in outcomes if one not in ("anna", "ben", "cem", "refused")] == []
    assert overlapping() == []


def book_another(number: int) -> str:
    service = Service.objects.get(slug=f"other-{number % 3}")
    client = actions.ClientDetails(f"Client {number}")
    try:
        start = start_of(number % 7)
        booking = actions.book(service=service, staff=None, start=start, client=client, now=NOW)
    except actions.Refused:
        return "refused"
    return booking.staff.username
