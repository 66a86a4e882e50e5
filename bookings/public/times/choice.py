"""The free times of one service as a client chooses among them: days with times on the client's clock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from availability.intervals import Span
from availability.wall_clock import MIDNIGHT, end_of, start_of
from bookings.models import Booking, Hold, Service
from bookings.openings.alternatives import without_days
from bookings.openings.search import Opening, find, is_near, nearest_openings
from connections.freshness import freshness
from practice.models import User

FIRST_LOOKS = (timedelta(days=14), timedelta(days=60))
MAX_DAYS = 7
MAX_FIRST_TIMES = 3


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the client's clock with the times at which the service can start on it, each once."""

    date: date
    starts: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched: the service with `person`, or with any of these people, read on a clock in `zone`.

    The time of `hold` counts as free, and that of the booking `moving`, whose present start is not offered; nor is a
    time with its person in `away`, when they cannot see the client.
    """

    service: Service
    people: Sequence[User]
    zone: ZoneInfo
    now: datetime
    person: User | None = None
    hold: Hold | None = None
    moving: Booking | None = None
    away: Span | None = None

    @property
    def minutes(self) -> int:
        """How long it takes."""
        length = self.moving.end - self.moving.start if self.moving else self.service.duration
        return length // timedelta(minutes=1)

    @property
    def last_day(self) -> date:
        """Until when is searched."""
        return (self.now + self.service.shape.horizon).astimezone(self.zone).date()

    @property
    def asked(self) -> Sequence[User]:
        """Whose time counts."""
        return [self.person] if self.person else self.people

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def first_days(self) -> list[Day]:
        """The first days with free times, from the first one on."""
        for length in (*FIRST_LOOKS, self.service.shape.horizon):
            days = self._between(self.now, self.now + length)
            if days:
                return days[:MAX_DAYS]
        return []

    def day(self, wanted: date) -> Day:
        """One day, possibly without times."""
        return next(iter(self.days(wanted, wanted)), Day(wanted, ()))

    def days(self, first: date, last: date) -> list[Day]:
        """The days with free times among these."""
        return self._between(start_of(first, MIDNIGHT, self.zone), end_of(last, MIDNIGHT, self.zone))

    def is_free(self, start: datetime) -> bool:
        """Can the service start at exactly `start` with anybody who is asked?"""
        span = start, start + timedelta(microseconds=1)
        return is_near(start, now=self.now) and bool(self._openings(*span))

    def nearest(self, start: datetime) -> list[Opening]:
        """The few free times nearest to `start`; none for a time that is years away."""
        wanted = max(start, self.now)
        if not is_near(wanted, now=self.now):
            return []
        found = nearest_openings(self.service, self.asked, wanted, now=self.now, hold=self.hold, moving=self.moving)
        return self._offered(found)

    def calendars_are_unreadable(self) -> bool:
        """Can nobody's calendars be believed just now?"""
        return not any(freshness(user, now=self.now).bookable for user in self.asked)

    def _between(self, start: datetime, end: datetime) -> list[Day]:
        present = self.moving.start if self.moving else None
        return _by_day((one.start for one in self._openings(start, end) if one.start != present), self.zone)

    def _openings(self, start: datetime, end: datetime) -> list[Opening]:
        found = find(self.service, self.asked, start, end, now=self.now, hold=self.hold, moving=self.moving)
        return self._offered(found.openings)

    def _offered(self, openings: list[Opening]) -> list[Opening]:
        return without_days(openings, self.moving.staff, self.away) if self.moving else openings


def _by_day(starts: Iterable[datetime], zone: ZoneInfo) -> list[Day]:
    once = sorted(set(starts))
    return [Day(day, tuple(times)) for day, times in groupby(once, key=lambda moment: moment.astimezone(zone).date())]
