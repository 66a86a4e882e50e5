"""What is proposed for a series: with whom, and at which openings."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import actions
from bookings.openings import search
from bookings.openings.series.pattern import UsualTime, Wish
from bookings.openings.series.proposal import propose_series
from practice.models import User
from tests.bookings.practice import CARLA, HOUR, Practice
from tests.factories import NOW, START, BlockedSlotFactory, ServiceFactory, UserFactory, office_hours

BERLIN = ZoneInfo("Europe/Berlin")
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
TUESDAY = START.date()
pytestmark = pytest.mark.django_db


def wish(count: int = 4, **more: Any) -> Wish:
    given = {"first": TUESDAY, "zone": BERLIN, "weekdays": frozenset({1}), "earliest": time(10)} | more
    return Wish(count=count, **given)


def colleague(name: str) -> User:
    user = UserFactory(username=name)
    office_hours(user)
    return user


def test_the_same_time_of_each_week_is_proposed(practice: Practice) -> None:
    found = propose_series(practice.service, [practice.user], wish(), now=practice.now)
    assert (found.staff, found.starts) == (practice.user, [START + number * WEEK for number in range(4)])
    assert (found.usual, found.skipped, found.missing) == ((UsualTime(1, time(10)),), (), 0)


def test_a_time_that_is_taken_gets_the_nearest(practice: Practice) -> None:
    practice.book(START + WEEK)
    asked = wish(3, latest=time(11))
    found = propose_series(practice.service, [practice.user], asked, now=practice.now)
    assert [(one.start, one.is_usual) for one in found.appointments] == [
        (START + HOUR, True),
        (START + WEEK + HOUR, True),
        (START + 2 * WEEK + HOUR, True),
    ]


def test_every_time_proposed_is_an_opening(practice: Practice) -> None:
    found = propose_series(
        practice.service, [practice.user], wish(days=2, weekdays=frozenset(range(7))), now=practice.now
    )
    span = START - DAY, START + 10 * WEEK
    openings = {one.start for one in search.find(practice.service, [practice.user], *span, now=practice.now).openings}
    proposed = {*found.starts, *(other for one in found.appointments for other in one.alternatives)}
    assert proposed - openings == set()


def test_the_horizon_of_the_service_ends_the_series(practice: Practice) -> None:
    practice.service.horizon_days = 15
    found = propose_series(practice.service, [practice.user], wish(), now=practice.now)
    assert (found.starts, found.missing) == ([START, START + WEEK], 2)


@pytest.mark.parametrize("first", [date(2027, 3, 16), date(2027, 10, 19)])
def test_the_clock_stays_where_the_clocks_change(first: date) -> None:
    now = datetime.combine(first - DAY, time(8), BERLIN)
    user = colleague("anna")
    service = ServiceFactory(staff=[user], horizon_days=90)
    found = propose_series(service, [user], wish(4, first=first), now=now)
    local = [one.astimezone(BERLIN) for one in found.starts]
    assert [one.time() for one in local] == [time(10)] * 4
    assert len({one.utcoffset() for one in local}) == 2


def test_the_person_with_whom_most_fit_gets_the_series() -> None:
    anna, ben = (colleague(name) for name in ("anna", "ben"))
    service = ServiceFactory(slug="talk", staff=[anna, ben])
    actions.book(service=service, staff=anna, start=START + WEEK, client=CARLA, now=NOW)
    found = propose_series(service, [anna, ben], wish(3, latest=time(10)), now=NOW)
    assert (found.staff, len(found.starts)) == (ben, 3)


def test_of_equals_the_one_with_fewer_minutes_gets_it() -> None:
    anna, ben = (colleague(name) for name in ("anna", "ben"))
    service = ServiceFactory(slug="talk", staff=[anna, ben])
    actions.book(service=service, staff=anna, start=START + DAY, client=CARLA, now=NOW)
    assert propose_series(service, [anna, ben], wish(3), now=NOW).staff == ben


def test_of_equals_the_one_who_can_begin_at_once_gets_it() -> None:
    anna, ben = colleague("anna"), colleague("ben")
    service = ServiceFactory(staff=[anna, ben])
    BlockedSlotFactory.create(user=anna, start=START - HOUR, end=START + 3 * WEEK)
    booked = {"client": CARLA, "now": NOW}
    actions.book(service=service, staff=ben, start=START + WEEK + 5 * HOUR, **booked)  # so Anna has fewer minutes
    found = propose_series(service, [anna, ben], wish(3), now=NOW)
    assert (found.staff, found.skipped) == (ben, ())


def test_the_bookings_that_move_count_as_free(practice: Practice) -> None:
    starts = [START + number * WEEK for number in range(4)]
    series = actions.book_series(
        service=practice.service, staff=practice.user, starts=starts, client=CARLA, now=practice.now
    )
    moving = list(series.bookings.all())
    asked = wish(latest=time(10))
    free = propose_series(practice.service, [practice.user], asked, now=practice.now, moving=moving)
    taken = propose_series(practice.service, [practice.user], asked, now=practice.now)
    assert (free.starts, taken.starts[0] > starts[-1]) == (starts, True)


def test_nothing_is_proposed_where_nothing_is_open(practice: Practice) -> None:
    found = propose_series(practice.service, [practice.user], wish(weekdays=frozenset({6})), now=practice.now)
    assert (found.staff, found.appointments, found.missing) == (None, (), 4)


def test_neither_count_nor_people_make_more_queries() -> None:
    people = [colleague(name) for name in ("anna", "ben", "cem")]
    service = ServiceFactory(slug="talk", staff=people)

    def queries(able: list[User], count: int) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            propose_series(service, able, wish(count), now=NOW)
        return len(asked)

    assert queries(people, 2) == queries(people, 20) == queries(people[:2], 2)
