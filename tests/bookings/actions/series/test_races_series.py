"""Many series after the same times at the same moment: each is there as a whole or not at all."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bookings import actions
from bookings.models import Booking, Claim, Hold, Series, Service
from practice.models import User
from tests.bookings.practice import CARLA
from tests.bookings.racing import Racers
from tests.factories import NOW, START, ServiceFactory, UserFactory, office_hours
from tests.shared_database import shared_database  # noqa: F401 - a fixture

pytestmark = pytest.mark.usefixtures("shared_database", "at_work")

RACERS = 10
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
SIX = [START + number * WEEK for number in range(6)]


@pytest.fixture
def talk(anna: User) -> Service:
    ben = UserFactory(username="ben")
    office_hours(ben)
    return ServiceFactory(slug="talk", staff=[anna, ben], series_allowed=True)


def person(name: str) -> User:
    return User.objects.get(username=name)


def book(starts: list[datetime], client: object, name: str = "anna", hold: Hold | None = None) -> str:
    details = actions.ClientDetails(f"Client {client}")
    service = Service.objects.get(slug="talk")
    try:
        series = actions.book_series(
            service=service, staff=person(name), starts=starts, client=details, now=NOW, hold=hold
        )
    except actions.Refused:
        return "refused"
    return f"booked {series.pk}"


def book_the_same(number: int) -> str:
    return book(SIX, number).split()[0]


def book_in_any_order(number: int) -> list[str]:
    """Some series that cross those of the others, with one person or the other."""
    choose = random.Random(number)
    done = []
    for attempt in range(4):
        starts = choose.sample([start + half * HOUR / 2 for start in SIX for half in range(4)], 4)
        done.append(book(starts, f"{number}.{attempt}", choose.choice(["anna", "ben"])).split()[0])
    return done


def hold_and_book(number: int) -> str:
    visitor = actions.Visitor(f"v{number}")
    service = Service.objects.get(slug="talk")
    try:
        held = actions.hold_series(service=service, staff=person("anna"), starts=SIX, visitor=visitor, now=NOW)
    except actions.Refused:
        return "refused"
    return book(SIX, number, hold=held).split()[0]


def submit(number: int) -> str:
    return book(SIX, "Vera", hold=Hold.objects.get(visitor="vera", part_of=None))


def move_all(number: int) -> str:
    """Move the own series to and fro, over the times of the others."""
    series = Series.objects.order_by("pk")[number]
    choose = random.Random(number)
    for _attempt in range(4):
        by = choose.choice([-1, 1]) * HOUR / 2
        first, *others = actions.following(series.bookings.all()[0])
        try:
            actions.move_following(first, starts=[one.start + by for one in (first, *others)], now=NOW)
        except actions.Refused:
            continue
    return "done"


def whole_series() -> bool:
    """Has each series as many live bookings as it was made with?"""
    return all(series.bookings.live().count() == series.count for series in Series.objects.all())


def overlapping() -> list[tuple[Claim, Claim]]:
    exact = Claim.objects.filter(overlap_allowed=False).order_by("staff", "start")
    return [(one, other) for one, other in pairwise(exact) if one.staff_id == other.staff_id and one.end > other.start]


def test_of_many_series_at_the_same_times_one_is_booked(racers: Racers, talk: Service) -> None:
    assert sorted(racers.race(book_the_same, range(RACERS))) == ["booked"] + ["refused"] * (RACERS - 1)
    assert (Series.objects.count(), Booking.objects.count(), Claim.objects.count()) == (1, 6, 6)


def test_of_many_visitors_who_hold_the_same_times_one_books_them(racers: Racers, talk: Service) -> None:
    assert sorted(racers.race(hold_and_book, range(RACERS))) == ["booked"] + ["refused"] * (RACERS - 1)
    assert (Hold.objects.count(), Booking.objects.count(), Claim.objects.count()) == (6, 6, 6)


def test_a_form_that_is_submitted_many_times_makes_one_series(racers: Racers, talk: Service) -> None:
    visitor = actions.Visitor("vera")
    actions.hold_series(service=talk, staff=person("anna"), starts=SIX, visitor=visitor, now=NOW)
    assert len(set(racers.race(submit, range(RACERS)))) == 1
    assert (Series.objects.count(), Booking.objects.count(), Claim.objects.count()) == (1, 6, 6)


def test_series_that_cross_each_other_are_booked_as_a_whole(racers: Racers, talk: Service) -> None:
    done = [word for words in racers.race(book_in_any_order, range(RACERS)) for word in words]
    assert (len(done), set(done)) == (4 * RACERS, {"booked", "refused"})
    assert Series.objects.count() == done.count("booked")
    assert (whole_series(), overlapping(), Claim.objects.count()) == (True, [], 4 * done.count("booked"))


def test_series_that_move_over_each_other_stay_whole(racers: Racers, talk: Service) -> None:
    for number in range(RACERS):
        day, hour = divmod(number // 2, 3)
        starts = [start + timedelta(days=day) + 2 * hour * HOUR for start in SIX]
        actions.book_series(
            service=talk, staff=person(("anna", "ben")[number % 2]), starts=starts, client=CARLA, now=NOW
        )
    assert racers.race(move_all, range(RACERS)) == ["done"] * RACERS
    assert (whole_series(), overlapping()) == (True, [])
    assert Claim.objects.filter(overlap_allowed=False, expires_at=None).count() == 6 * RACERS
