"""When can somebody be booked? Loads hours and blocked slots and asks what is busy; `slots` computes the rest.

The number of queries is the same for a day and for a year, for one person and for a hundred.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from availability.intervals import Span, subtract
from availability.models import BlockedSlot, ClosedDay, Closure, DateOverride, Week, WorkingHours
from availability.slots import Period, Shape, narrowed, possible_starts, working_spans
from connections.busy import OwnSpans, blocking_by_user
from connections.freshness import Freshness, freshness_by_user
from connections.models import CalendarConfiguration
from practice.by_user import by_user
from practice.models import User

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Openings:
    """Where something can be booked: half-open UTC spans without buffers, sorted by start."""

    as_of: datetime | None = None  # how fresh the calendars are; None without any, or before they were read
    spans: list[Span] = field(default_factory=list)
    pending: bool = False  # what is booked now stays pending until the calendars can be read again


def openings(
    user: User,
    shape: Shape,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    own_spans: OwnSpans | None = None,
    booked_spans: Sequence[Span] = (),
) -> Openings:
    """Find the openings of ``user`` that start in ``[start, end)``, in UTC.

    An opening starts no sooner than the shape's notice from ``now`` and before its horizon. ``own_spans`` are
    the spans by UID that live bookings hold and that therefore do not block as events; ``booked_spans`` are the
    spans of bookings, already widened by their own buffers. Somebody without calendar configuration has no
    zone and so no openings, and so has one whose calendars cannot be trusted just now.
    """
    found = openings_by_user(
        freshness_by_user([user.pk], now=now),
        shape,
        start,
        end,
        now=now,
        own_spans={user.pk: own_spans or {}},
        booked_spans={user.pk: booked_spans},
        full_spans={},
    )
    return found[user.pk]


def openings_by_user(
    fresh: Mapping[int, Freshness],
    shape: Shape,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    own_spans: Mapping[int, OwnSpans],
    booked_spans: Mapping[int, Sequence[Span]],
    full_spans: Mapping[int, Sequence[Span]],
    only: Mapping[int, Week] | None = None,
) -> dict[int, Openings]:
    """Find by key of the user what ``openings`` finds; ``fresh`` and all kinds of spans are by key of the user too.

    In ``full_spans`` nothing may start. Whoever is in ``only`` can be booked within these weekly periods only, as far
    as they work then: a date override replaces their hours of the date, but not ``only``. At most five queries,
    whatever the number of people.
    """
    limits = max(start, now + shape.notice), min(end, now + shape.horizon)
    zones = {user: one.zone for user, one in fresh.items() if one.zone and one.bookable and limits[0] < limits[1]}
    taken = own_spans, booked_spans, full_spans
    starts = _starts_by_user(zones, shape, limits, *taken, only or {}) if zones else {}
    return {user: _openings(one, shape, starts.get(user, [])) for user, one in fresh.items()}


def _starts_by_user(
    zones: Mapping[int, ZoneInfo],
    shape: Shape,
    limits: Span,
    own_spans: Mapping[int, OwnSpans],
    booked_spans: Mapping[int, Sequence[Span]],
    full_spans: Mapping[int, Sequence[Span]],
    only: Mapping[int, Week],
) -> dict[int, list[datetime]]:
    earliest, latest = limits
    reach = shape.widened(earliest)[0], shape.widened(latest)[1]
    hours, blocked = _hours_by_user(zones, reach), _blocked_spans_by_user(zones, reach, own_spans)
    return {
        user: possible_starts(
            narrowed(hours[user], only.get(user), zone),
            blocked[user],
            booked_spans[user],
            shape,
            earliest=earliest,
            latest=latest,
            full_spans=full_spans.get(user, ()),
        )
        for user, zone in zones.items()
    }


def _openings(fresh: Freshness, shape: Shape, starts: Sequence[datetime]) -> Openings:
    if fresh.zone is None:
        return Openings()
    return Openings(fresh.as_of, [(at, at + shape.duration) for at in starts], fresh.pending)


def free_time(
    user: User,
    start: datetime,
    end: datetime,
    *,
    own_spans: OwnSpans | None = None,
    booked_spans: Sequence[Span] = (),
) -> list[Span]:
    """Give what is left of the working hours in ``[start, end)``: merged UTC spans without what blocks or is booked.

    Every opening lies within it. What is to be booked plays no part: neither its duration, buffers and notice
    nor how fresh the calendars are. ``own_spans`` and ``booked_spans`` are those of ``openings``.
    """
    outside = [(datetime.min.replace(tzinfo=UTC), start), (end, datetime.max.replace(tzinfo=UTC))]
    blocked = _blocked_spans_by_user([user.pk], (start, end), {user.pk: own_spans or {}})[user.pk]
    taken = [*blocked, *booked_spans, *outside]
    return subtract(working_hours(user, start, end), taken)


def working_hours(user: User, start: datetime, end: datetime, *, zone: ZoneInfo | None = None) -> list[Span]:
    """Give the working periods that touch ``[start, end)`` as half-open UTC spans, sorted.

    Overrides are applied. A period is given whole, neither clipped nor joined with its neighbour, so that
    none crosses a midnight of the staff member's zone. Nobody without calendar configuration has hours. ``zone``
    is the staff member's, where the caller has just read it.
    """
    zone = zone or _zone(user)
    return [] if zone is None else _hours_by_user({user.pk: zone}, (start, end))[user.pk]


def _blocked_spans_by_user(
    users: Collection[int], window: Span, own_spans: Mapping[int, OwnSpans]
) -> dict[int, list[Span]]:
    """Give by key of the user the spans that events and slots blocked by hand take."""
    rows = (
        BlockedSlot.objects.filter(user__in=users).overlapping(*window).order_by().values_list("user", "start", "end")
    )
    slots = by_user(users, ((user, (start, end)) for user, start, end in rows))
    events = blocking_by_user(users, *window, own_spans=own_spans)
    return {user: events[user] + slots[user] for user in users}


def closed_days(user: User, first: date, last: date) -> dict[date, ClosedDay]:
    """Give why dates from ``first`` to ``last``, both included, have no hours, where a closure says so.

    A public holiday for which the user entered hours of their own is not closed.
    """
    overrides = DateOverride.objects.filter(user=user).within(first, last).by_date()
    closed = Closure.objects.by_date_of([user.pk], first, last)[user.pk]
    return {day: reason for day, reason in closed.items() if not (reason.yields and day in overrides)}


def blocked_slots(user: User, start: datetime, end: datetime) -> list[BlockedSlot]:
    """Give the slots blocked by hand that share time with ``[start, end)``, sorted and not clipped."""
    return list(BlockedSlot.objects.filter(user=user).overlapping(start, end))


def _zone(user: User) -> ZoneInfo | None:
    # Asked of the database, because the configuration cached on the user may be older than the lock.
    configuration = CalendarConfiguration.objects.filter(user=user).first()
    return configuration.zone if configuration else None


def _hours_by_user(zones: Mapping[int, ZoneInfo], window: Span) -> dict[int, list[Span]]:
    """Give by key of the user the working periods that touch the window; dates differ from UTC's by a day at most."""
    start, end = (moment.astimezone(UTC).date() for moment in window)
    first, last = start - ONE_DAY, end + ONE_DAY
    rules = WorkingHours.objects.by_weekday_of(zones)
    overrides = DateOverride.objects.within(first, last).by_date_of(zones)
    closed = Closure.objects.by_date_of(zones, first, last)
    return {
        user: working_spans(rules[user], _of_dates(overrides[user], closed[user]), zone, window)
        for user, zone in zones.items()
    }


def _of_dates(
    overrides: Mapping[date, Sequence[Period]], closed: Mapping[date, ClosedDay]
) -> dict[date, Sequence[Period]]:
    """The periods of single dates: of the overrides, and none on closed dates."""
    none = {day: () for day, reason in closed.items() if not (reason.yields and day in overrides)}
    return {**overrides, **none}


@dataclass(frozen=True, slots=True)
class PersonTime:
    """Working periods, as `working_hours` gives them, and what events and slots blocked by hand take."""

    hours: list[Span]
    blocked: list[Span]


def time_by_user(
    zones: Mapping[int, ZoneInfo], window: Span, own_spans: Mapping[int, OwnSpans]
) -> dict[int, PersonTime]:
    """By key of the user, for those with a zone: hours and blocked time in the window, in five queries."""
    hours, blocked = _hours_by_user(zones, window), _blocked_spans_by_user(zones, window, own_spans)
    return {user: PersonTime(hours[user], blocked[user]) for user in zones}
