"""The rule that finds the usual time of a series."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bookings.openings.series.pattern import SeriesDates, UsualTime, Wish, choose_dates

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = date(2026, 12, 1)  # a Tuesday
TUESDAY, THURSDAY = 1, 3


def wish(count: int = 6, **more: Any) -> Wish:
    return Wish(count=count, **{"first": FIRST, "zone": BERLIN} | more)


def opening(week: int, clock: str, weekday: int = TUESDAY) -> datetime:
    day = FIRST + timedelta(weeks=week, days=(weekday - FIRST.weekday()) % 7)
    return datetime.combine(day, time.fromisoformat(clock))


def starts(found: SeriesDates) -> list[datetime]:
    return [one.start for one in found.dates]


# --- the usual time -------------------------------------------------------------------------------------------


def test_the_time_that_fits_most_weeks_is_usual_and_the_others_get_the_nearest() -> None:
    tens = [opening(week, "10:00") for week in (0, 1, 2, 5)]
    others = [opening(week, clock) for week in (3, 4) for clock in ("09:00", "10:45", "15:00")]
    found = choose_dates(wish(), [*tens, *others])
    assert found.usual == (UsualTime(TUESDAY, time(10)),)
    assert starts(found) == [*tens[:3], opening(3, "10:45"), opening(4, "10:45"), tens[3]]
    assert [one.is_usual for one in found.dates] == [True, True, True, False, False, True]
    assert found.dates[3].alternatives == (opening(3, "09:00"), opening(3, "15:00"))


def test_of_equal_times_the_first_in_the_week_is_usual() -> None:
    found = choose_dates(wish(1), [opening(0, "11:00", THURSDAY), opening(0, "15:00"), opening(0, "11:00")])
    assert (found.usual, starts(found)) == ((UsualTime(TUESDAY, time(11)),), [opening(0, "11:00")])


def test_the_nearest_is_on_the_same_weekday_even_if_another_day_is_nearer() -> None:
    usual = [opening(week, "18:00") for week in (0, 1)]
    found = choose_dates(wish(3), [*usual, opening(2, "08:00"), opening(2, "08:00", TUESDAY + 1)])
    assert starts(found) == [*usual, opening(2, "08:00")]
    assert found.dates[2].alternatives == (opening(2, "08:00", TUESDAY + 1),)


def test_a_week_with_nothing_is_skipped_and_a_later_one_makes_up_the_count() -> None:
    found = choose_dates(wish(3), [opening(week, "10:00") for week in (0, 2, 3, 4)])
    assert starts(found) == [opening(week, "10:00") for week in (0, 2, 3)]
    assert found.skipped == (FIRST + timedelta(weeks=1),)


def test_only_wished_days_and_hours_count() -> None:
    asked = wish(4, weekdays=frozenset({TUESDAY}), earliest=time(9), latest=time(12))
    outside = [opening(0, "08:45"), opening(1, "12:15"), opening(2, "10:00", THURSDAY), opening(-1, "10:00")]
    edges = [opening(3, "09:00"), opening(4, "12:00")]
    assert starts(choose_dates(asked, [*outside, *edges])) == edges


@pytest.mark.parametrize("weeks", [2, 3, 4])
def test_weeks_between_are_left_out(weeks: int) -> None:
    found = choose_dates(wish(3, weeks=weeks), [opening(week, "10:00") for week in range(20)])
    assert starts(found) == [opening(week * weeks, "10:00") for week in range(3)]
    assert found.skipped == ()


def test_twice_a_week_has_a_day_between() -> None:
    week = [opening(week, "10:00", weekday) for week in range(3) for weekday in range(5)]
    found = choose_dates(wish(5, days=2), week)
    assert found.usual == (UsualTime(TUESDAY, time(10)), UsualTime(THURSDAY, time(10)))
    assert starts(found) == [opening(week, "10:00", day) for week in range(3) for day in (TUESDAY, THURSDAY)][:5]


def test_twice_a_week_takes_days_in_a_row_where_no_others_are_wished() -> None:
    days = frozenset({TUESDAY, TUESDAY + 1})
    week = [opening(week, "10:00", weekday) for week in range(2) for weekday in range(5)]
    found = choose_dates(wish(4, days=2, weekdays=days), week)
    assert [one.date().weekday() for one in starts(found)] == [1, 2, 1, 2]


def test_no_alternative_is_on_the_day_of_another_appointment() -> None:
    week = [opening(0, clock, weekday) for weekday in (TUESDAY, THURSDAY) for clock in ("10:00", "11:00")]
    found = choose_dates(wish(2, days=2), week)
    assert [one.alternatives for one in found.dates] == [(opening(0, "11:00"),), (opening(0, "11:00", THURSDAY),)]


def test_at_most_eight_alternatives_are_named() -> None:
    found = choose_dates(wish(1), [opening(0, f"{hour:02}:00") for hour in range(8, 20)])
    assert found.dates[0].alternatives == tuple(opening(0, f"{hour:02}:00") for hour in range(9, 17))


def test_without_openings_there_are_no_appointments() -> None:
    assert choose_dates(wish(), []) == SeriesDates()


# --- whatever is open -----------------------------------------------------------------------------------------

OPENINGS = st.sets(
    st.builds(
        lambda day, hour, half: datetime.combine(FIRST + timedelta(days=day), time(hour, 30 * half)),
        st.integers(0, 7 * 7 - 1),
        st.integers(8, 11),
        st.integers(0, 1),
    ),
    max_size=60,
)
WISHES = st.builds(
    wish,
    count=st.integers(1, 8),
    weeks=st.integers(1, 4),
    days=st.integers(1, 2),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    first=st.dates(FIRST, FIRST + timedelta(days=10)),
    earliest=st.sampled_from([time(8), time(9, 30)]),
    latest=st.sampled_from([time(10), time(23)]),
)


def fitting(asked: Wish, found: SeriesDates, usual: Collection[UsualTime], openings: set[datetime]) -> int:
    """How many appointments these usual times would fit, in the weeks that have appointments."""
    count: dict[int, int] = {}
    for one in found.dates:
        week = (one.start.date() - asked.first).days // 7
        count[week] = count.get(week, 0) + 1
    fit = 0
    for week, most in count.items():
        mine = [one for one in openings if asked.allows(one) and (one.date() - asked.first).days // 7 == week]
        fit += min(most, sum(UsualTime(one.weekday(), one.time()) in usual for one in mine))
    return fit


def is_apart(usual: Collection[UsualTime], gap: int) -> bool:
    pairs = combinations([one.weekday for one in usual], 2)
    return all(min((a - b) % 7, (b - a) % 7) >= gap for a, b in pairs)


@given(asked=WISHES, openings=OPENINGS)
def test_every_appointment_is_an_opening_as_wished_and_no_more_are_found_than_asked_for(
    asked: Wish, openings: set[datetime]
) -> None:
    found = choose_dates(asked, openings)
    possible = {one for one in openings if asked.allows(one)}
    offered = {*starts(found), *(other for one in found.dates for other in one.alternatives)}
    assert (offered - possible, starts(found)) == (set(), sorted(set(starts(found))))
    assert len(found.dates) <= asked.count


@given(asked=WISHES, openings=OPENINGS)
def test_no_two_are_on_one_day_and_no_week_has_more_than_wished(asked: Wish, openings: set[datetime]) -> None:
    days = [one.date() for one in starts(choose_dates(asked, openings))]
    weeks = [(day - asked.first).days // 7 for day in days]
    assert (len(set(days)), [week % asked.weeks for week in weeks]) == (len(days), [0] * len(days))
    assert all(weeks.count(week) <= asked.days for week in weeks)


@given(asked=WISHES, openings=OPENINGS)
def test_the_count_is_reached_wherever_there_are_enough_days(asked: Wish, openings: set[datetime]) -> None:
    days = {one.date() for one in openings if asked.allows(one)}
    by_week: dict[int, int] = {}
    for day in days:
        week = (day - asked.first).days // 7
        if week % asked.weeks == 0:
            by_week[week] = min(by_week.get(week, 0) + 1, asked.days)
    assert len(choose_dates(asked, openings).dates) == min(asked.count, sum(by_week.values()))


@given(asked=WISHES, openings=OPENINGS)
def test_no_other_usual_times_fit_more(asked: Wish, openings: set[datetime]) -> None:
    found = choose_dates(asked, openings)
    weeks = {(one.date() - asked.first).days // 7 for one in starts(found)}
    of_weeks = [one for one in openings if asked.allows(one) and (one.date() - asked.first).days // 7 in weeks]
    times = {UsualTime(one.weekday(), one.time()) for one in of_weeks}
    size = min(asked.days, len({one.weekday for one in times}))
    sets = [one for gap in (2, 1) for one in combinations(times, size) if is_apart(one, gap)]
    apart = [one for one in sets if is_apart(one, 2)] or sets
    best = max((fitting(asked, found, one, openings) for one in apart), default=0)
    assert (found.fitting, fitting(asked, found, found.usual, openings)) == (best, best)
