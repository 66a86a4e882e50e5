"""The times that were chosen for a series, with others in place of those that are not open."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings.models import Service
from bookings.openings.series.rows import Row, Times, chosen_rows
from practice.models import User
from tests.bookings.practice import BERLIN
from tests.factories import NOW, START, BookingFactory, ServiceFactory, UserFactory, office_hours

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


@pytest.fixture
def times() -> Times:
    """An hour with Anna, who works from nine to five; it starts on the hour."""
    anna: User = UserFactory.create()
    office_hours(anna)
    service: Service = ServiceFactory.create(minutes=60, slot_minutes=60, staff=[anna])
    return Times(service, anna, BERLIN, NOW)


def chosen(rows: list[Row]) -> list[object]:
    return [(row.chosen, row.gone) for row in rows]


def test_what_is_open_stays(times: Times) -> None:
    assert chosen(chosen_rows(times, [START + WEEK, START])) == [(START, None), (START + WEEK, None)]


def test_what_has_gone_is_replaced_by_the_nearest_time(times: Times) -> None:
    BookingFactory.create(staff=times.staff, start=START)
    assert chosen(chosen_rows(times, [START, START + WEEK])) == [(START - HOUR, START), (START + WEEK, None)]


def test_what_is_known_to_be_refused_is_replaced_though_it_is_open_by_itself(times: Times) -> None:
    both = [START, START + 2 * HOUR]
    rows = chosen_rows(times, both, gone=[START + 2 * HOUR])
    assert chosen(rows) == [(START, None), (START - 18 * HOUR, START + 2 * HOUR)]
    assert START + 2 * HOUR not in rows[1].choices


def test_what_is_known_to_be_open_stays_though_no_opening_begins_then(times: Times) -> None:
    odd = START + timedelta(minutes=7)
    assert chosen(chosen_rows(times, [odd, START + WEEK], gone=[START + WEEK])) == [
        (odd, None),
        (START + WEEK - HOUR, START + WEEK),
    ]


def test_without_times_there_are_no_rows(times: Times) -> None:
    assert chosen_rows(times, []) == []
