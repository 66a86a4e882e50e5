"""Visitors and staff after the same time at the same moment: no two claims that count ever overlap."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bookings import actions
from bookings.models import Booking, Claim, Hold, Service
from practice.models import User
from tests.bookings.racing import Racers
from tests.factories import NOW, START, ServiceFactory, UserFactory, office_hours
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("shared_database", "at_work")

RACERS = 8
HOUR = timedelta(hours=1)


def hold(start: datetime, visitor: object) -> str:
    try:
        service = Service.objects.get(slug="talk")
        actions.hold(service=service, staff=None, start=start, visitor=actions.Visitor(f"v{visitor}"), now=NOW)
    except actions.Refused:
        return "refused"
    return "held"


def book(start: datetime, name: object, held: Hold | None = None) -> str:
    service = Service.objects.get(slug="talk")
    client = actions.ClientDetails(f"Client {name}")
    try:
        booking = actions.book(service=service, staff=None, start=start, client=client, now=NOW, hold=held)
    except actions.Refused:
        return "refused"
    return f"booked {booking.pk}"


def hold_the_last_time(number: int) -> str:
    return hold(START, number)


def hold_or_book(number: int) -> str:
    return hold(START, number) if number % 2 else book(START, number).split()[0]


def hold_for_vera(number: int) -> str:
    return hold(START, "vera")


def submit(number: int) -> str:
    return book(START, "Vera", Hold.objects.get(visitor="vvera"))


def swap_at_random(number: int) -> int:
    """Go from time to time; how often that went well."""
    choose = random.Random(number)
    return [hold(START + choose.randrange(4) * HOUR / 2, number) for _ in range(10)].count("held")


def overlapping() -> list[tuple[Claim, Claim]]:
    exact = Claim.objects.filter(overlap_allowed=False).order_by("staff", "start")
    return [(one, other) for one, other in pairwise(exact) if one.staff_id == other.staff_id and one.end > other.start]


def test_of_many_visitors_after_the_last_time_one_holds_it(racers: Racers, anna: User) -> None:
    ServiceFactory(slug="talk", staff=[anna])
    assert sorted(racers.race(hold_the_last_time, range(RACERS))) == ["held"] + ["refused"] * (RACERS - 1)
    assert Claim.objects.count() == 1


def test_a_form_that_is_sent_many_times_at_once_keeps_its_time_once(racers: Racers, anna: User) -> None:
    ServiceFactory(slug="talk", staff=[anna])
    assert racers.race(hold_for_vera, range(RACERS)) == ["held"] * RACERS
    assert Hold.objects.count() == Claim.objects.count() == 1


def test_of_holds_and_bookings_of_one_time_one_wins(racers: Racers, anna: User) -> None:
    ServiceFactory(slug="talk", staff=[anna])
    outcomes = racers.race(hold_or_book, range(RACERS))
    assert outcomes.count("refused") == RACERS - 1
    assert (Claim.objects.count(), Booking.objects.count()) == (1, outcomes.count("booked"))


def test_a_hold_that_many_submit_at_once_gives_one_booking(racers: Racers, anna: User) -> None:
    ServiceFactory(slug="talk", staff=[anna])
    assert hold(START, "vera") == "held"
    outcomes = racers.race(submit, range(RACERS))
    assert outcomes == [f"booked {Booking.objects.get().pk}"] * RACERS
    assert [claim.kind for claim in Claim.objects.all()] == ["booking"]


def test_visitors_who_swap_their_times_never_keep_the_same(racers: Racers, anna: User) -> None:
    ben = UserFactory(username="ben")
    office_hours(ben)
    ServiceFactory(slug="talk", staff=[anna, ben])
    assert sum(racers.race(swap_at_random, range(RACERS))) > 0
    assert overlapping() == []
    kept = list(Hold.objects.active(NOW).values_list("visitor", flat=True))
    assert (len(kept), Claim.objects.count()) == (len(set(kept)), len(kept))
