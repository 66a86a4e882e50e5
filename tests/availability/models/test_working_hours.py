from __future__ import annotations

from datetime import time

import pytest

from availability.models import WorkingHours, write_week
from tests.availability.models.refusals import MORNING, refused, sentences
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("weekday", "start", "end", "is_refused"),
    [
        (0, time(9), time(17), False),
        (6, time(20), time(0), False),
        (6, time(0), time(0), False),
        (7, time(9), time(17), True),
        (0, time(17), time(9), True),
        (0, time(9), time(9), True),
    ],
)
def test_the_database_refuses_hours_that_are_no_period_of_a_week(
    weekday: int, start: time, end: time, is_refused: bool
) -> None:
    assert refused(WorkingHours(user=UserFactory(), weekday=weekday, start=start, end=end)) == is_refused


def test_the_database_refuses_hours_that_start_or_end_twice() -> None:
    anna, ben = UserFactory(), UserFactory()
    write_week(anna, [(0, (time(9), time(12)))])
    assert refused(WorkingHours(user=anna, weekday=0, start=time(9), end=time(10)))
    assert refused(WorkingHours(user=anna, weekday=0, start=time(10), end=time(12)))
    assert not refused(WorkingHours(user=anna, weekday=1, **MORNING))
    assert not refused(WorkingHours(user=ben, weekday=0, **MORNING))


def test_hours_that_overlap_on_one_weekday_are_refused_with_the_others_named() -> None:
    anna = UserFactory()
    write_week(anna, [(0, (time(9), time(12)))])
    assert sentences(WorkingHours(user=anna, weekday=0, start=time(11), end=time(0))) == ["This overlaps 09:00–12:00."]
    WorkingHours(user=anna, weekday=0, start=time(12), end=time(13)).full_clean()


def test_writing_the_week_replaces_it() -> None:
    anna = UserFactory()
    write_week(anna, [(0, (time(9), time(12))), (0, (time(13), time(17)))])
    write_week(anna, [(2, (time(20), time(0))), (2, (time(8), time(9)))])
    assert WorkingHours.objects.by_weekday() == {2: [(time(8), time(9)), (time(20), time(0))]}
