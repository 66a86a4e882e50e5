"""What is proposed for a series: with whom, and when. The openings of everybody are searched once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bookings.models import Booking, Hold, Service
from bookings.openings import search
from bookings.openings.series.pattern import SeriesDates, UsualTime, Wish, choose_dates
from bookings.openings.shares import choose_from, team_of
from practice.models import User

SPARE_CYCLES = 8


@dataclass(frozen=True, slots=True)
class ProposedAppointment:
    """An appointment of a proposed series, in UTC: see `SeriesDate`."""

    start: datetime
    is_usual: bool
    alternatives: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class SeriesProposal:
    """What can be booked of a wish, with one person; `staff` is None where nothing is open.

    `usual` are the usual times on the clock of the wish, `skipped` the first days of weeks that have fewer appointments
    than wished. `as_of` and `pending`: how fresh the calendars are, as `search.Found` says it.
    """

    wish: Wish
    staff: User | None
    appointments: tuple[ProposedAppointment, ...] = ()
    usual: tuple[UsualTime, ...] = ()
    skipped: tuple[date, ...] = ()
    as_of: datetime | None = None
    pending: bool = False

    @property
    def starts(self) -> list[datetime]:
        return [one.start for one in self.appointments]

    @property
    def missing(self) -> int:
        """How many of the appointments wished found no time."""
        return self.wish.count - len(self.appointments)


def propose_series(
    service: Service,
    people: Collection[User],
    wish: Wish,
    *,
    now: datetime,
    moving: Sequence[Booking] = (),
    hold: Hold | None = None,
) -> SeriesProposal:
    """Propose a series with the one of `people` for whom most appointments are at a usual time.

    Of equals it is with whom fewest weeks are skipped, and then the fairest.

    The time of the bookings in `moving` counts as free, as does that of `hold` with the further ones of its series.
    The number of queries depends neither on the count of appointments nor on the number of people.
    """
    found = search.find(service, people, *_range(wish), now=now, hold=hold, moving=moving)
    starts: dict[int, dict[datetime, datetime]] = {user.pk: {} for user in people}
    for one in found.openings:
        local = one.start.astimezone(wish.zone).replace(tzinfo=None)
        starts[one.staff.pk].setdefault(local, one.start)
    dates = {user: choose_dates(wish, one) for user, one in starts.items()}
    user = _best(service, dates, starts, now)
    if user is None:
        return SeriesProposal(wish, None, as_of=found.as_of, pending=found.pending)
    best, staff = dates[user], next(one for one in people if one.pk == user)
    appointments = _appointments(best, starts[user])
    return SeriesProposal(wish, staff, appointments, best.usual, best.skipped, found.as_of, found.pending)


def _range(wish: Wish) -> tuple[datetime, datetime]:
    """The time in which openings are searched: that of the series with some weeks to spare."""
    cycles = -(-wish.count // wish.days) + SPARE_CYCLES
    begin = datetime.combine(wish.first, time.min, wish.zone)
    end = datetime.combine(wish.first + timedelta(weeks=cycles * wish.weeks), time.min, wish.zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


def _best(
    service: Service, dates: Mapping[int, SeriesDates], starts: Mapping[int, Mapping[datetime, datetime]], now: datetime
) -> int | None:
    """The key of the person with whom the series is: with whom most fit, and of equals, fewest weeks are skipped."""
    fit = {user: (one.fitting, len(one.dates), -len(one.skipped)) for user, one in dates.items() if one.dates}
    able = [user for user, one in fit.items() if one == max(fit.values())]
    if len(able) < 2:
        return next(iter(able), None)
    first = min(starts[user][dates[user].dates[0].start] for user in able)
    return choose_from(team_of(service, list(dates), first), able, now=now).key


def _appointments(dates: SeriesDates, starts: Mapping[datetime, datetime]) -> tuple[ProposedAppointment, ...]:
    """The appointments in UTC; `starts` has the UTC of each opening by its local time."""
    return tuple(
        ProposedAppointment(starts[one.start], one.is_usual, tuple(starts[other] for other in one.alternatives))
        for one in dates.dates
    )
