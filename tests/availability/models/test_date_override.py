from __future__ import annotations

from datetime import date, time

import pytest

from availability.models import DateOverride
from tests.availability.models.refusals import CLOSED, DAY, MORNING, refused, sentences
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("times", "is_refused"),
    [
        (MORNING, False),
        (CLOSED, False),
        ({"start": time(9), "end": None}, True),
        ({"start": None, "end": time(9)}, True),
        ({"start": time(9), "end": time(8)}, True),
        ({"start": time(9), "end": time(0)}, False),
    ],
)
def test_the_database_wants_an_override_closed_or_a_period(times: dict[str, time], is_refused: bool) -> None:
    assert refused(DateOverride(user=UserFactory(), date=DAY, **times)) == is_refused


def test_the_database_closes_a_date_once_and_starts_a_period_once() -> None:
    anna = UserFactory()
    assert not refused(DateOverride(user=anna, date=DAY, **CLOSED))
    assert refused(DateOverride(user=anna, date=DAY, **CLOSED))
    assert not refused(DateOverride(user=anna, date=DAY, **MORNING))
    assert refused(DateOverride(user=anna, date=DAY, start=time(9), end=time(10)))
    assert refused(DateOverride(user=anna, date=DAY, start=time(10), end=time(12)))


def test_a_date_is_either_closed_or_has_hours_that_do_not_overlap() -> None:
    anna = UserFactory()
    DateOverride.objects.create(user=anna, date=DAY, **MORNING)
    assert sentences(DateOverride(user=anna, date=DAY)) == [
        "This date already has hours of its own. Remove them first."
    ]
    assert sentences(DateOverride(user=anna, date=DAY, start=time(8), end=time(10))) == ["This overlaps 09:00–12:00."]
    DateOverride.objects.update(**CLOSED)
    assert sentences(DateOverride(user=anna, date=DAY, **MORNING)) == [
        "This date is closed already. Remove that first."
    ]


def test_a_closed_date_has_no_periods_whatever_else_is_written_for_it() -> None:
    anna = UserFactory()
    DateOverride.objects.create(user=anna, date=DAY, **MORNING)
    DateOverride.objects.create(user=anna, date=DAY)
    DateOverride.objects.create(user=anna, date=date(2026, 12, 31), **MORNING)
    assert DateOverride.objects.by_date() == {DAY: [], date(2026, 12, 31): [(time(9), time(12))]}
