from __future__ import annotations

from datetime import date

import pytest

from availability.models import ClosedDay, Closure
from tests.availability.models.refusals import refused
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

CHRISTMAS, DAY_AFTER = date(2026, 12, 24), date(2026, 12, 25)
HOLIDAY = Closure.Kind.HOLIDAY


def test_the_database_refuses_a_closure_backwards_and_a_public_holiday_twice() -> None:
    assert refused(Closure(first=DAY_AFTER, last=CHRISTMAS))
    assert not refused(Closure(first=CHRISTMAS, last=CHRISTMAS, kind=HOLIDAY))
    assert refused(Closure(first=CHRISTMAS, last=DAY_AFTER, kind=HOLIDAY))
    assert not refused(Closure(first=CHRISTMAS, last=DAY_AFTER))


def test_closed_dates_are_ones_own_and_those_of_the_practice() -> None:
    anna, ben = UserFactory(), UserFactory()
    Closure.objects.create(first=CHRISTMAS, last=date(2026, 12, 26), name="Christmas")
    Closure.objects.create(user=anna, first=DAY_AFTER, last=date(2027, 1, 3), name="Skiing")
    christmas, skiing = ClosedDay("Christmas", True, False), ClosedDay("Skiing", False, False)
    assert Closure.objects.by_date_of([anna.pk, ben.pk], CHRISTMAS, DAY_AFTER) == {
        anna.pk: {CHRISTMAS: christmas, DAY_AFTER: skiing},
        ben.pk: {CHRISTMAS: christmas, DAY_AFTER: christmas},
    }


def test_a_closure_counts_before_a_public_holiday_of_the_same_date() -> None:
    anna = UserFactory()
    Closure.objects.create(first=CHRISTMAS, last=CHRISTMAS, name="Christmas Eve", kind=HOLIDAY)
    Closure.objects.create(first=CHRISTMAS, last=DAY_AFTER, name="Winter break")
    found = Closure.objects.by_date_of([anna.pk], CHRISTMAS, CHRISTMAS)
    assert found == {anna.pk: {CHRISTMAS: ClosedDay("Winter break", True, False)}}


def test_a_closure_says_its_name_and_its_dates() -> None:
    assert str(Closure(first=CHRISTMAS, last=CHRISTMAS, kind=HOLIDAY)) == "Public holiday, Thu 24 Dec 2026"
    assert str(Closure(first=CHRISTMAS, last=DAY_AFTER, name="Break")) == "Break, Thu 24 Dec 2026 – Fri 25 Dec 2026"
