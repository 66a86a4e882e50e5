"""Which days each view shows, and which come before and after."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.pages.week.layout.periods import View, period_of

TUESDAY = date(2026, 12, 1)
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("view", "weekday", "first", "last"),
    [
        (View.DAY, 1, TUESDAY, TUESDAY),
        (View.WEEK, 1, date(2026, 11, 30), date(2026, 12, 6)),
        (View.WEEK, 0, date(2026, 11, 29), date(2026, 12, 5)),
        (View.WEEK, 6, date(2026, 11, 28), date(2026, 12, 4)),
        (View.MONTH, 1, date(2026, 11, 30), date(2027, 1, 3)),
        (View.MONTH, 0, date(2026, 11, 29), date(2027, 1, 2)),
        (View.LIST, 1, TUESDAY, date(2026, 12, 28)),
    ],
)
def test_each_view_has_its_days(view: View, weekday: int, first: date, last: date) -> None:
    period = period_of(view, TUESDAY, weekday)
    assert (period.first, period.last, period.dates[-1]) == (first, last, last)


@given(view=st.sampled_from([View.DAY, View.WEEK, View.LIST]), day=DAYS, weekday=st.sampled_from([0, 1, 6]))
def test_periods_follow_each_other_without_a_hole(view: View, day: date, weekday: int) -> None:
    period = period_of(view, day, weekday)
    following = period_of(view, period.next, weekday)
    assert following.first == period.last + timedelta(days=1)
    assert period_of(view, following.previous, weekday).first == period.first


@given(day=DAYS, weekday=st.sampled_from([0, 1, 6]))
def test_a_month_is_whole_weeks_with_all_its_days(day: date, weekday: int) -> None:
    month = period_of(View.MONTH, day, weekday)
    assert (month.count % 7, month.first.isoweekday() % 7) == (0, weekday % 7)
    assert (month.has(month.previous), month.has(month.next), month.has(day)) == (False, False, True)
    inside = [one for one in month.dates if month.has(one)]
    assert (inside[0].day, (inside[-1] + timedelta(days=1)).day) == (1, 1)
    assert month.first > inside[0] - timedelta(days=7)


def test_a_week_has_a_hundred_and_sixty_nine_hours_in_autumn() -> None:
    start, end = period_of(View.WEEK, date(2026, 10, 19), 1).span(ZoneInfo("Europe/Berlin"))
    assert end - start == timedelta(hours=169)
