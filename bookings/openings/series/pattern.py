"""Which appointments of a series fit a usual weekday and time: one rule, as values. No Django, no tables.

All times are naive, on one clock. Weeks are counted from the first day wished, so every weekday is in each of them. Of
the usual times that a week may have, those that fit most appointments are chosen. Where they do not fit, the opening of
that week is taken that is nearest: on the same weekday if there is one. A week with too few openings is noted, and
later weeks make up the count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from itertools import combinations
from operator import and_, or_
from typing import NamedTuple
from zoneinfo import ZoneInfo

MOST_ALTERNATIVES = 8
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`count` appointments from the day `first` on: in one of every `weeks` weeks, on `days` days of that week.

    They start on one of `weekdays`, Monday is 0, between `earliest` and `latest`, both included, on the clock of
    `zone`. `days` is 1 or 2.
    """

    count: int
    first: date
    zone: ZoneInfo
    weeks: int = 1
    days: int = 1
    weekdays: frozenset[int] = EVERY_DAY
    earliest: time = time.min
    latest: time = time.max

    def allows(self, start: datetime) -> bool:
        """May an appointment start then?"""
        is_in_hours = self.earliest <= start.time() <= self.latest
        return start.date() >= self.first and start.weekday() in self.weekdays and is_in_hours

    def week_of(self, day: date) -> int:
        """The number of the week of a day, from 0."""
        return (day - self.first).days // 7


class UsualTime(NamedTuple):
    """A weekday, Monday is 0, and a time of day."""

    weekday: int
    at: time


@dataclass(frozen=True, slots=True)
class SeriesDate:
    """One appointment: at a usual time, or at the opening nearest to it. `alternatives` are others of its week."""

    start: datetime
    is_usual: bool
    alternatives: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesDates:
    """The usual times, the appointments by start, and the first days of the weeks that have fewer than wished."""

    usual: tuple[UsualTime, ...] = ()
    dates: tuple[SeriesDate, ...] = ()
    skipped: tuple[date, ...] = ()

    @property
    def fitting(self) -> int:
        """How many appointments are at a usual time."""
        return sum(one.is_usual for one in self.dates)


def choose_dates(wish: Wish, openings: Collection[datetime]) -> SeriesDates:
    """The appointments at the usual times that fit most of them; of equals those that come first in the week."""
    weeks = _weeks(wish, openings)
    wanted, skipped = _wanted(wish, weeks)
    if not wanted:
        return SeriesDates(skipped=skipped)
    usual = _best(wish, weeks, wanted)
    chosen = (_of_week(wish, usual, number, weeks[number], most) for number, most in wanted.items())
    return SeriesDates(usual, tuple(one for week in chosen for one in week), skipped)


def _weeks(wish: Wish, openings: Collection[datetime]) -> dict[int, list[datetime]]:
    """By number of the week: its openings within the wish, sorted. Only weeks that can have appointments."""
    weeks: dict[int, list[datetime]] = {}
    for start in sorted(set(openings)):
        if wish.allows(start) and wish.week_of(start.date()) % wish.weeks == 0:
            weeks.setdefault(wish.week_of(start.date()), []).append(start)
    return weeks


def _wanted(wish: Wish, weeks: Mapping[int, Sequence[datetime]]) -> tuple[dict[int, int], tuple[date, ...]]:
    """By number of the week: how many appointments it gets; and the first days of weeks before the end with too few."""
    wanted: dict[int, int] = {}
    skipped, missing = [], wish.count
    for number in range(0, max(weeks, default=-1) + 1, wish.weeks):
        if missing == 0:
            break
        days = len({start.date() for start in weeks.get(number, [])})
        if days < min(wish.days, missing):
            skipped.append(wish.first + timedelta(weeks=number))
        if days:
            wanted[number] = min(wish.days, days, missing)
            missing -= wanted[number]
    return wanted, tuple(skipped)


# --- the usual times ----------------------------------------------------------------------------------------


def _best(wish: Wish, weeks: Mapping[int, Sequence[datetime]], wanted: Mapping[int, int]) -> tuple[UsualTime, ...]:
    """The usual times that fit most appointments. Sets of weeks are bits of a number, because there are many pairs."""
    open_in: dict[UsualTime, int] = {}
    for number in wanted:
        for start in weeks[number]:
            one = UsualTime(start.weekday(), start.time())
            open_in[one] = open_in.get(one, 0) | 1 << number
    several = sum(1 << number for number, most in wanted.items() if most > 1)
    candidates = _without_repetitions(open_in, wish)

    def fitting(usual: tuple[UsualTime, ...]) -> int:
        masks = [open_in[one] for one in usual]
        twice = reduce(and_, masks) & several if len(masks) > 1 else 0
        return reduce(or_, masks).bit_count() + twice.bit_count()

    return max(_combined(candidates, wish.days), key=fitting)


def _without_repetitions(open_in: Mapping[UsualTime, int], wish: Wish) -> list[UsualTime]:
    """Of the times of a weekday that are open in the same weeks only the earliest; in the order of the wished week."""
    found: dict[tuple[int, int], UsualTime] = {}
    for one in sorted(open_in, key=lambda one: (_offset(wish, one), one.at)):
        found.setdefault((one.weekday, open_in[one]), one)
    return list(found.values())


def _combined(candidates: Sequence[UsualTime], days: int) -> Iterator[tuple[UsualTime, ...]]:
    """The sets of usual times that a week may have, on days with another day between them where that is possible."""
    sizes = range(min(days, len({one.weekday for one in candidates})), 0, -1)
    for gap in (2, 1):
        found = [usual for usual in combinations(candidates, sizes[0]) if _gap(usual) >= gap]
        if found:
            yield from found
            return


def _gap(usual: Sequence[UsualTime]) -> int:
    """How many days lie at least from one to the next, also from Sunday to Monday."""
    pairs = combinations([one.weekday for one in usual], 2)
    return min((min((a - b) % 7, (b - a) % 7) for a, b in pairs), default=7)


def _offset(wish: Wish, usual: UsualTime) -> int:
    """How many days after the first day of a week it is."""
    return (usual.weekday - wish.first.weekday()) % 7


# --- the appointments of one week ---------------------------------------------------------------------------


def _of_week(
    wish: Wish, usual: Sequence[UsualTime], number: int, openings: Sequence[datetime], most: int
) -> list[SeriesDate]:
    """The appointments of a week, at most `most`: those at a usual time first."""
    first = wish.first + timedelta(weeks=number)
    ideals = [datetime.combine(first + timedelta(days=_offset(wish, one)), one.at) for one in usual]
    chosen = {ideal: ideal for ideal in ideals if ideal in openings}
    for ideal in ideals:
        free = [start for start in openings if start.date() not in {one.date() for one in chosen.values()}]
        if ideal not in chosen and free:
            chosen[ideal] = _nearest(ideal, free)[0]
    kept = sorted(chosen.items(), key=lambda pair: (pair[0] != pair[1], pair[1]))[:most]
    days = {start.date() for _ideal, start in kept}
    return sorted((_date(ideal, start, openings, days) for ideal, start in kept), key=lambda one: one.start)


def _date(ideal: datetime, start: datetime, openings: Sequence[datetime], days: Collection[date]) -> SeriesDate:
    """The appointment with its alternatives, none of which is on the day of another appointment of the week."""
    others = [one for one in openings if one != start and (one.date() == start.date() or one.date() not in days)]
    return SeriesDate(start, start == ideal, tuple(_nearest(ideal, others)[:MOST_ALTERNATIVES]))


def _nearest(to: datetime, openings: Collection[datetime]) -> list[datetime]:
    """The same weekday first, and then by how far they are."""
    return sorted(openings, key=lambda one: (one.date() != to.date(), abs(one - to), one))
