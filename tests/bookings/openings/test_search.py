"""What it costs to look for openings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from bookings.openings import search
from tests.factories import (
    NOW,
    START,
    BlockedSlotFactory,
    BookingFactory,
    CalendarFactory,
    DateOverrideFactory,
    LinkedEventFactory,
    OccurrenceFactory,
    ServiceFactory,
    UserFactory,
    WorkingHoursFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("count", [1, 30])
def test_openings_of_30_days_take_ten_queries_whatever_the_numbers(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user, service = UserFactory(), ServiceFactory()
    calendars = [CalendarFactory(connection__user=user) for _ in range(min(count, 5))]
    for weekday in range(min(count, 7)):
        WorkingHoursFactory(user=user, weekday=weekday)
    for number in range(count):
        start = START + timedelta(days=number % 30, hours=2)
        DateOverrideFactory(user=user, date=start.date())
        OccurrenceFactory(calendar=calendars[number % len(calendars)], start=start)
        BlockedSlotFactory(user=user, start=start + timedelta(hours=1), end=start + timedelta(hours=2))
        placement = LinkedEventFactory(booking=BookingFactory(staff=user, start=start), pushed=True)
        OccurrenceFactory(calendar=calendars[0], uid=placement.uid, start=start)
    with django_assert_num_queries(10):
        assert search.find(service, [user], NOW, NOW + timedelta(days=30), now=NOW).as_of is not None
