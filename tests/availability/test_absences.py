"""On which days somebody was absent: usual working days of which nothing is left."""

from __future__ import annotations

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from pytest_django import DjangoAssertNumQueries

from availability.absences import absences_by_user
from availability.intervals import Span
from availability.models import Closure
from practice.models import User
from tests.factories import (
    START,
    BlockedSlotFactory,
    CalendarFactory,
    DateOverrideFactory,
    OccurrenceFactory,
    UserFactory,
    WorkingHoursFactory,
    office_hours,
)

pytestmark = pytest.mark.django_db

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = date(2026, 11, 30)
DAYS = [MONDAY + timedelta(days=number) for number in range(14)]
TUESDAY, SATURDAY = DAYS[1], DAYS[5]


@pytest.fixture
def anna(db: None) -> User:
    """She works Monday to Friday, nine to five."""
    user = UserFactory.create(username="anna")
    office_hours(user)
    return user


def absent(user: User, *, zone: ZoneInfo = BERLIN, own: dict[str, list[Span]] | None = None) -> list[date]:
    return sorted(absences_by_user({user.pk: zone}, DAYS, {user.pk: own or {}})[user.pk])


def closed(first: date, last: date, user: User | None) -> None:
    Closure.objects.create(first=first, last=last, user=user, kind=Closure.Kind.CLOSED)


def test_nobody_is_absent_on_days_on_which_they_never_work(anna: User) -> None:
    assert absent(anna) == []
    closed(SATURDAY, SATURDAY + timedelta(days=1), anna)
    assert absent(anna) == []
    assert absent(UserFactory.create()) == []


def test_vacation_closures_of_the_practice_and_closed_dates_are_absences(anna: User) -> None:
    closed(SATURDAY, SATURDAY + timedelta(days=3), anna)
    closed(MONDAY, MONDAY, None)
    DateOverrideFactory(user=anna, date=TUESDAY)
    assert absent(anna) == [MONDAY, TUESDAY, DAYS[7], DAYS[8]]


def test_a_day_with_other_hours_is_none(anna: User) -> None:
    DateOverrideFactory(user=anna, date=TUESDAY, start=time(18), end=time(0))
    assert absent(anna) == []


@pytest.mark.parametrize(("hours", "expected"), [(8, [TUESDAY]), (7, [])])
def test_a_day_is_an_absence_if_events_or_blocked_slots_take_all_of_it(
    anna: User, hours: int, expected: list[date]
) -> None:
    calendar, nine = CalendarFactory(connection__user=anna), START - timedelta(hours=1)
    OccurrenceFactory(calendar=calendar, start=nine, end=nine + timedelta(hours=4))
    BlockedSlotFactory(user=anna, start=nine + timedelta(hours=4), end=nine + timedelta(hours=hours))
    assert absent(anna) == expected


def test_the_events_of_bookings_are_no_absence(anna: User) -> None:
    calendar, span = CalendarFactory(connection__user=anna), (START - timedelta(hours=2), START + timedelta(hours=9))
    OccurrenceFactory(calendar=calendar, uid="own", start=span[0], end=span[1])
    assert absent(anna) == [TUESDAY]
    assert absent(anna, own={"own": [span]}) == []


def test_each_working_day_is_looked_at_by_itself_where_one_ends_as_the_next_begins(db: None) -> None:
    around_the_clock = UserFactory.create()
    for weekday in range(7):
        WorkingHoursFactory(user=around_the_clock, weekday=weekday, start=time(0), end=time(0))
    assert absent(around_the_clock) == []
    closed(TUESDAY, TUESDAY, around_the_clock)
    assert absent(around_the_clock) == [TUESDAY]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"])
def test_days_are_those_of_the_persons_own_clock(anna: User, zone: str) -> None:
    closed(DAYS[0], DAYS[0], anna)
    closed(DAYS[-3], DAYS[-3], anna)
    assert absent(anna, zone=ZoneInfo(zone)) == [DAYS[0], DAYS[-3]]


@pytest.mark.parametrize("count", [1, 30])
def test_it_takes_six_queries_whatever_the_number_of_people(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    users = [UserFactory.create() for _ in range(count)]
    for user in users:
        office_hours(user)
        closed(TUESDAY, TUESDAY, user)
    with django_assert_num_queries(6):
        found = absences_by_user({user.pk: BERLIN for user in users}, DAYS, {user.pk: {} for user in users})
    assert set(found.values()) == {frozenset({TUESDAY})}
