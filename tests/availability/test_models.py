from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from availability.models import BlockedSlot, DateOverride, WorkingHours, write_week
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

DAY = date(2026, 12, 24)
MORNING = {"start": time(9), "end": time(12)}
CLOSED: dict[str, time | None] = {"start": None, "end": None}


def moment(hour: int) -> datetime:
    return datetime(2026, 12, 1, hour, tzinfo=UTC)


def refused(row: models.Model) -> bool:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        return True
    return False


def sentences(row: models.Model) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        row.full_clean()
    return caught.value.messages


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


def test_the_database_refuses_a_blocked_slot_backwards_or_twice() -> None:
    anna = UserFactory()
    assert refused(BlockedSlot(user=anna, start=moment(10), end=moment(10)))
    assert not refused(BlockedSlot(user=anna, start=moment(9), end=moment(10)))
    assert refused(BlockedSlot(user=anna, start=moment(9), end=moment(10)))
    assert not refused(BlockedSlot(user=anna, start=moment(9), end=moment(11)))


def test_blocked_slots_overlap_a_span_they_share_time_with() -> None:
    anna = UserFactory()
    for start, end in ((8, 9), (8, 10), (9, 12), (11, 12)):
        BlockedSlot.objects.create(user=anna, start=moment(start), end=moment(end))
    found = BlockedSlot.objects.overlapping(moment(9), moment(11))
    assert [(slot.start.hour, slot.end.hour) for slot in found] == [(8, 10), (9, 12)]
