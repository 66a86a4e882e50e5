"""Who of several people gets the next booking of a service: one rule, as values. No Django, no clock, no tables.

In this order: the client's previous person, if that counts; who has the fewest minutes for their weight; who has waited
longest; a stable hash.

Minutes are those of the service in the days around the booking. A day on which somebody had not joined yet or was away
counts as the average of the others on that day, in proportion to the weights. So whoever is new, or comes back, neither
gets everything for a while nor goes short.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

DAYS, DAYS_BEFORE = 28, 14


class Rule(StrEnum):
    """Which rule chose somebody."""

    ONLY = "only"  # nobody else could be chosen
    PREVIOUS = "previous"
    MINUTES = "minutes"
    WAITED = "waited"
    EVEN = "even"  # the stable hash: nothing else tells them apart


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who offers the service.

    `minutes`: what they have of it by day. `away`: the days on which they had not joined yet, or did not work although
    they usually do. `last`: when they were last given a booking of it.
    """

    key: int
    weight: int = 1
    minutes: Mapping[date, int] = field(default_factory=dict)
    away: Collection[date] = frozenset()
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """What counts for somebody: their minutes, those of them that are credit for days away, and their fair share."""

    weight: int
    minutes: Fraction
    credit: Fraction
    share: Fraction


@dataclass(frozen=True, slots=True)
class ChosenPerson:
    """Who was chosen, by which rule, and what counted for them before."""

    key: int
    rule: Rule
    load: Load


def days_around(day: date) -> list[date]:
    """The 28 days whose bookings count for one on `day`: the 14 before it, itself and the 13 after it."""
    return [day + timedelta(days=number) for number in range(-DAYS_BEFORE, DAYS - DAYS_BEFORE)]


def loads(people: Collection[Candidate]) -> dict[int, Load]:
    """By key: what counts for each of those who offer the service."""
    credit = {one.key: _credit(one, people) for one in people}
    minutes = {one.key: sum(one.minutes.values()) + credit[one.key] for one in people}
    by_weight = Fraction(sum(minutes.values()), sum(one.weight for one in people) or 1)
    return {one.key: Load(one.weight, minutes[one.key], credit[one.key], by_weight * one.weight) for one in people}


def choose(
    people: Collection[Candidate], free: Collection[int], *, previous: int | None = None, seed: str = ""
) -> ChosenPerson:
    """Choose one of those of `people` whose keys are in `free`, which has one at least.

    `previous` is the client's previous person, where that counts. The same `seed` tells equals apart in the same way.
    """
    load = loads(people)
    able = [one for one in people if one.key in free]
    for rule, chosen in _narrowed(able, load, previous, seed):
        if len(chosen) == 1:
            return ChosenPerson(chosen[0].key, rule, load[chosen[0].key])
    raise ValueError("nobody is free")


def _narrowed(
    able: Sequence[Candidate], load: Mapping[int, Load], previous: int | None, seed: str
) -> Iterator[tuple[Rule, list[Candidate]]]:
    """What each rule leaves of those who are able."""
    yield Rule.PREVIOUS, [one for one in able if one.key == previous]
    yield Rule.ONLY, list(able)
    by_weight = {one.key: load[one.key].minutes / one.weight for one in able}
    fewest = [one for one in able if by_weight[one.key] == min(by_weight.values())]
    yield Rule.MINUTES, fewest
    longest = [one for one in fewest if one.last == _earliest(fewest)]
    yield Rule.WAITED, longest
    yield Rule.EVEN, sorted(longest, key=lambda one: _stable_hash(seed, one.key))[:1]


def _earliest(people: Sequence[Candidate]) -> datetime | None:
    """When the one who has waited longest was last given a booking; None for somebody who never was."""
    given = [one.last for one in people if one.last is not None]
    return min(given) if given and len(given) == len(people) else None


def _credit(person: Candidate, people: Collection[Candidate]) -> Fraction:
    """What the days away add to the minutes: the average of the others, less what was booked all the same."""
    return sum((_credit_of_day(person, day, people) for day in person.away), Fraction(0))


def _credit_of_day(person: Candidate, day: date, people: Collection[Candidate]) -> Fraction:
    others = [one for one in people if day not in one.away]
    if not others:
        return Fraction(0)
    minutes = sum(one.minutes.get(day, 0) for one in others)
    average = Fraction(minutes * person.weight, sum(one.weight for one in others))
    return max(average - person.minutes.get(day, 0), Fraction(0))


def _stable_hash(seed: str, key: int) -> bytes:
    return hashlib.sha256(f"{seed} {key}".encode()).digest()
