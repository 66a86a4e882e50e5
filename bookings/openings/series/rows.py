"""The appointments of a proposal as people see them: each with a time, and with others to choose instead."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from availability.intervals import INSTANT
from bookings.models import Booking, Hold, Service
from bookings.openings.search import find
from bookings.openings.series.pattern import MOST_ALTERNATIVES
from bookings.openings.series.proposal import SeriesProposal
from practice.models import User

REACH = timedelta(days=7)
"""How far from a time that has gone another is proposed."""


@dataclass(frozen=True, slots=True)
class Row:
    """One appointment. `chosen` is None where no time is left; `gone` is the time that was chosen and is not open.

    `present` is the time of an appointment that is to be moved.
    """

    chosen: datetime | None
    choices: tuple[datetime, ...]
    is_usual: bool = True
    gone: datetime | None = None
    present: datetime | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """Times of `service` with `staff`. The times of `hold` and of the bookings `moving` count as free."""

    service: Service
    staff: User
    zone: ZoneInfo
    now: datetime
    hold: Hold | None = None
    moving: Sequence[Booking] = ()

    def open_between(self, first: datetime, last: datetime) -> list[datetime]:
        """The openings from a week before the first to a week after the last of these times."""
        span = first - REACH, last + REACH + INSTANT
        found = find(self.service, [self.staff], *span, now=self.now, hold=self.hold, moving=self.moving)
        return sorted({one.start for one in found.openings})

    def day(self, start: datetime) -> date:
        return start.astimezone(self.zone).date()


def proposed_rows(proposal: SeriesProposal) -> list[Row]:
    """What is proposed."""
    return [
        Row(one.start, tuple(sorted({one.start, *one.alternatives})), is_usual=one.is_usual)
        for one in proposal.appointments
    ]


def chosen_rows(times: Times, starts: Collection[datetime], gone: Collection[datetime] | None = None) -> list[Row]:
    """The times that were chosen, by start; in place of each that is not open, the nearest that is.

    `gone` are those that are not open, where that is known. Who is refused several times that exclude each other knows
    more than the openings say, because each of these times is open while the others are not taken.
    """
    if not starts:
        return []
    openings = times.open_between(min(starts), max(starts))
    if gone is None:
        gone = {start for start in starts if start not in openings}
    rows, taken = [], set(starts) - set(gone)
    for start in sorted(starts):
        row = _row(times, start, [one for one in openings if one not in gone], taken)
        taken |= {row.chosen} if row.chosen else set()
        rows.append(row)
    return rows


def _row(times: Times, start: datetime, openings: Iterable[datetime], taken: Collection[datetime]) -> Row:
    others = _nearest(start, _on_free_days(times, start, openings, taken))
    if start in taken:
        return Row(start, tuple(sorted({start, *others})))
    return Row(next(iter(others), None), tuple(sorted(others)), gone=start)


def _on_free_days(
    times: Times, start: datetime, openings: Iterable[datetime], taken: Collection[datetime]
) -> list[datetime]:
    """The openings within reach, none of them on the day of another appointment."""
    days = {times.day(one) for one in taken if one != start}
    return [one for one in openings if abs(one - start) <= REACH and one != start and times.day(one) not in days]


def _nearest(start: datetime, openings: Iterable[datetime]) -> list[datetime]:
    return sorted(openings, key=lambda one: (abs(one - start), one))[:MOST_ALTERNATIVES]
