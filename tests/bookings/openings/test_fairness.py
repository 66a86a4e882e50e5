"""Who gets the next booking: the rules one after the other, and that shares converge whatever happened before."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.openings.fairness import Candidate, ChosenPerson, Rule, choose, days_around, loads

DAY = date(2026, 12, 1)
DAYS = days_around(DAY)
LENGTH = 60
BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine fails nothing


def moment(number: int) -> datetime:
    return datetime(2026, 11, 1, tzinfo=UTC) + timedelta(minutes=number)


def person(key: int, minutes: int = 0, *, weight: int = 1, last: int | None = None) -> Candidate:
    """Somebody with so many minutes on the day."""
    return Candidate(key, weight, {DAY: minutes}, last=None if last is None else moment(last))


def chosen(*people: Candidate, free: tuple[int, ...] = (1, 2, 3), previous: int | None = None) -> tuple[int, str]:
    choice = choose(people, free, previous=previous, seed="massage 10:00")
    return choice.key, choice.rule.value


# --- the rules --------------------------------------------------------------------------------------------------------


def test_a_booking_counts_with_those_of_fourteen_days_before_and_thirteen_after() -> None:
    assert (DAYS[0], DAYS[-1], len(DAYS)) == (date(2026, 11, 17), date(2026, 12, 14), 28)


def test_the_fewest_minutes_decide_among_those_who_are_free() -> None:
    people = person(1, 240), person(2, 60), person(3, 180)
    assert chosen(*people) == (2, "minutes")
    assert chosen(*people, free=(1, 3)) == (3, "minutes")
    assert chosen(*people, free=(1,)) == (1, "only")


def test_minutes_count_in_proportion_to_the_weight() -> None:
    people = person(1, 100), person(2, 240, weight=3), person(3, 90)
    assert chosen(*people) == (2, "minutes")
    assert {key: load.share for key, load in loads(people).items()} == {1: 86, 2: 258, 3: 86}


def test_the_previous_person_comes_first_if_they_are_free() -> None:
    people = person(1, 240), person(2), person(3)
    assert chosen(*people, previous=1) == (1, "previous")
    assert chosen(*people, free=(2,), previous=1) == (2, "only")


def test_of_equals_the_one_who_waits_longest_is_chosen_and_before_them_who_never_had_one() -> None:
    assert chosen(person(1, 60, last=3), person(2, 60, last=1), person(3, 60, last=2)) == (2, "waited")
    assert chosen(person(1, 60, last=3), person(2, 60, last=1), person(3, 60)) == (3, "waited")
    assert chosen(person(1, 60, last=1), person(2, 90, last=0), person(3, 60, last=2)) == (1, "waited")


def test_who_is_equal_in_everything_is_told_apart_by_a_hash_that_stays_the_same_and_favours_nobody() -> None:
    people = [person(1), person(2), person(3)]
    choices = [choose(people, {1, 2, 3}, seed=str(seed)) for seed in range(300)]
    assert choices == [choose(people[::-1], [3, 2, 1], seed=str(seed)) for seed in range(300)]
    assert {one.rule for one in choices} == {Rule.EVEN}
    assert min(Counter(one.key for one in choices).values()) > 75


def test_nobody_is_chosen_where_nobody_is_free() -> None:
    with pytest.raises(ValueError, match="nobody is free"):
        choose([person(1)], [])


# --- credit -----------------------------------------------------------------------------------------------------------


def test_a_day_away_counts_as_the_average_of_the_others_or_as_what_was_booked_all_the_same() -> None:
    others = person(1, 60), person(2, 180)
    credit = [loads([*others, replace(person(3, minutes), away={DAY})])[3] for minutes in (0, 90, 150)]
    assert [(load.minutes, load.credit) for load in credit] == [(120, 120), (120, 30), (150, 0)]


def test_a_day_on_which_everybody_is_away_gives_no_credit() -> None:
    assert {load.credit for load in loads([Candidate(key, away={DAY}) for key in (1, 2)]).values()} == {0}


minutes_by_day = st.dictionaries(st.sampled_from(DAYS), st.integers(1, 480), max_size=8)
weights = st.integers(1, 5)


@BUSY
@given(others=st.lists(st.tuples(weights, minutes_by_day), min_size=1, max_size=5), weight=weights)
def test_who_joins_has_exactly_their_share(others: list[tuple[int, dict[date, int]]], weight: int) -> None:
    people = [Candidate(key, *one) for key, one in enumerate(others)]
    load = loads([*people, Candidate(99, weight, away=DAYS)])[99]
    assert load.minutes == load.credit == load.share


# --- convergence ------------------------------------------------------------------------------------------------------

people_with_pasts = st.lists(
    st.builds(
        lambda weight, minutes, away: Candidate(0, weight, minutes, frozenset(away) - {DAY}),
        weights,
        minutes_by_day,
        st.sets(st.sampled_from(DAYS)),
    ),
    min_size=2,
    max_size=5,
)


def by_weight(people: list[Candidate]) -> list[Fraction]:
    load = loads(people)
    return [load[one.key].minutes / one.weight for one in people]


def book(people: list[Candidate], day: date, free: list[int], number: int) -> tuple[list[Candidate], ChosenPerson]:
    """Give the next booking to whoever is chosen."""
    choice = choose(people, free, seed=str(number))
    return [given_one(one, day, number) if one.key == choice.key else one for one in people], choice


def given_one(one: Candidate, day: date, number: int) -> Candidate:
    return replace(one, minutes={**one.minutes, day: one.minutes.get(day, 0) + LENGTH}, last=moment(number))


@BUSY
@given(pasts=people_with_pasts)
def test_whatever_joins_and_absences_the_minutes_come_to_differ_by_one_booking_at_most(pasts: list[Candidate]) -> None:
    people = [replace(one, key=key) for key, one in enumerate(pasts)]
    most = max(by_weight(people))
    behind = sum((most - had) * one.weight for had, one in zip(by_weight(people), people, strict=True))
    for number in range(int(behind / LENGTH) + len(people)):
        people, _choice = book(people, DAY, list(range(len(people))), number)
    assert max(by_weight(people)) - min(by_weight(people)) <= LENGTH


class Team:
    """People who join and are away at random in the first months; the window moves with the days."""

    CALM = 90

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.weights = [self.random.randint(1, 3) for _ in range(self.random.randint(2, 5))]
        self.away = [self._away(key) for key in range(len(self.weights))]
        self.minutes: list[dict[date, int]] = [defaultdict(int) for _ in self.weights]
        self.last: list[datetime | None] = [None for _ in self.weights]
        self.booked: list[tuple[date, int]] = []

    def _away(self, key: int) -> set[date]:
        joins = 0 if key == 0 else self.random.choice((0, 20, 60))
        spans = [(0, joins)] + [(self.random.randrange(60), self.random.randrange(25)) for _ in range(2)]
        return {DAY + timedelta(days=first + more) for first, length in spans for more in range(length)}

    def live(self, days: int) -> None:
        for number in range(days):
            day = DAY + timedelta(days=number)
            for _ in range(self.random.randint(0, 6)):
                self._book(day)

    def _book(self, day: date) -> None:
        free = [key for key in range(len(self.weights)) if day not in self.away[key]]
        if free:
            key = choose(self._people(day), free, seed=str(len(self.booked))).key
            self.minutes[key][day] += LENGTH
            self.last[key] = moment(len(self.booked))
            self.booked.append((day, key))

    def _people(self, day: date) -> list[Candidate]:
        window = days_around(day)
        return [
            Candidate(
                key,
                weight,
                {one: self.minutes[key][one] for one in window if one in self.minutes[key]},
                self.away[key].intersection(window),
                self.last[key],
            )
            for key, weight in enumerate(self.weights)
        ]

    def given_between(self, first: int, last: int) -> list[Fraction]:
        """How many bookings each was given from one day to another, by weight."""
        days = DAY + timedelta(days=first), DAY + timedelta(days=last)
        counts = Counter(key for day, key in self.booked if days[0] <= day < days[1])
        return [Fraction(counts[key], weight) for key, weight in enumerate(self.weights)]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_once_nobody_joins_or_is_away_all_get_their_share(seed: int) -> None:
    team = Team(seed)
    team.live(Team.CALM + 100)
    given = team.given_between(Team.CALM + 28, Team.CALM + 100)
    assert max(given) - min(given) < 5
    assert min(given) > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_who_joins_gets_no_more_than_the_others_in_the_weeks_after(seed: int) -> None:
    team = Team(seed)
    joined = 30
    team.away = [set() for _ in team.weights]
    team.away[-1] = {DAY + timedelta(days=number) for number in range(joined)}
    team.live(joined + 28)
    given = team.given_between(joined, joined + 28)
    assert given[-1] - min(given) < 5
