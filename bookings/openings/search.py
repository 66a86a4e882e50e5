"""When can a service be booked? Why it cannot be booked at another time is said by `explain`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter

from availability.intervals import INSTANT, Span, overlaps
from availability.openings import Openings, openings_by_user
from availability.slots import Shape
from bookings.limits import farthest_days
from bookings.models import Booking, Hold, Service
from bookings.openings.limits import full_spans_by_user
from bookings.openings.own_time import Moving, booked_spans, booked_spans_by_user, moved, own_claims, own_spans_by_user
from bookings.openings.service_hours import service_hours_by_user
from connections.freshness import Freshness, freshness_by_user
from practice.models import User

ANY_MINUTE = timedelta(minutes=1)
LOOK_AHEAD = timedelta(days=14)
MAX_AGE, MAX_DAYS_AHEAD = timedelta(days=366), 5 * 365  # for what staff book anyway


@dataclass(frozen=True, slots=True)
class Opening:
    """A start time at which a service can be booked with a staff member; `end` without buffers. UTC."""

    start: datetime
    end: datetime
    staff: User


@dataclass(frozen=True, slots=True)
class Found:
    """Openings sorted by start, and how fresh the calendars behind them are (the oldest; None where there are none).

    `pending`: a booking made now would stay pending, with some of the staff at least.
    """

    openings: list[Opening]
    as_of: datetime | None
    pending: bool = False


def find(
    service: Service,
    staff: Iterable[User],
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    hold: Hold | None = None,
    moving: Moving = None,
) -> Found:
    """Openings of `service` that start in [start, end), with any of `staff`. The time of `hold` counts as free.

    So does that of the bookings `moving`, the first of which keeps its length.
    """
    people = {user.pk: user for user in sorted(staff, key=attrgetter("pk"))}
    shape = moved_shape(moved(moving)[0]) if moving else service.shape
    found = openings_of_each(people, shape, start, end, now=now, moving=moving, hold=hold)
    openings = [Opening(at, until, people[user]) for user, one in found.items() for at, until in one.spans]
    openings.sort(key=attrgetter("start"))  # stable: those that start together stay in the order of people
    as_of = min((one.as_of for one in found.values() if one.as_of), default=None)
    pending = any(one.pending for one in found.values())
    return Found(openings, as_of, pending)


def openings_of(
    user: User,
    shape: Shape,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    moving: Booking | None = None,
    hold: Hold | None = None,
) -> Openings:
    """Openings of one staff member in [start, end); the time of the booking `moving` or of `hold` counts as free."""
    return openings_of_each([user.pk], shape, start, end, now=now, moving=moving, hold=hold)[user.pk]


def openings_of_each(
    users: Collection[int],
    shape: Shape,
    start: datetime,
    end: datetime,
    *,
    now: datetime,
    moving: Moving = None,
    hold: Hold | None = None,
    fresh: Mapping[int, Freshness] | None = None,
) -> dict[int, Openings]:
    """By key of the staff member: what `openings_of` finds, in at most eleven queries whatever their number.

    One more where a service or a person limits the bookings of days or weeks. `fresh`: how fresh the calendars are,
    where the caller has just read it.
    """
    reach = _reach(shape, start, end)
    exclude = own_claims(moving, hold)
    fresh = freshness_by_user(users, now=now) if fresh is None else fresh
    own = own_spans_by_user(users, *reach, moving=moving)
    booked = booked_spans_by_user(users, *reach, now=now, exclude=exclude)
    full = full_spans_by_user(fresh, shape, start, end, now=now, exclude=exclude)
    only = service_hours_by_user(shape, users)
    return openings_by_user(
        fresh, shape, start, end, now=now, own_spans=own, booked_spans=booked, full_spans=full, only=only
    )


def _reach(shape: Shape, start: datetime, end: datetime) -> Span:
    margin = shape.buffer_before + shape.buffer_after + shape.duration
    return start - margin, end + margin


def can_start(user: User, shape: Shape, start: datetime, *, now: datetime, moving: Booking | None = None) -> bool:
    """Can something of this shape start at exactly `start`?"""
    found = openings_of(user, shape, start, start + INSTANT, now=now, moving=moving)
    return any(at == start for at, _until in found.spans)


def who_can_start(
    fresh: Mapping[int, Freshness],
    shape: Shape,
    start: datetime,
    *,
    now: datetime,
    moving: Booking | None = None,
    hold: Hold | None = None,
) -> list[int]:
    """The keys of those with whom something of this shape can start at exactly `start`; `fresh` has all by key."""
    span = start, start + INSTANT
    found = openings_of_each(fresh, shape, *span, now=now, moving=moving, hold=hold, fresh=fresh)
    return [user for user, one in found.items() if any(at == start for at, _until in one.spans)]


def moved_shape(booking: Booking) -> Shape:
    """The shape of `booking` at another time: as its service has it, but as long as it is."""
    return replace(booking.service.shape, duration=booking.end - booking.start)


def staff_shape(booking: Booking, span: Span) -> Shape:
    """The shape of `booking` in a span that staff chose themselves: any minute, without notice or horizon."""
    return replace(
        booking.service.shape,
        duration=span[1] - span[0],
        interval=ANY_MINUTE,
        notice=timedelta(0),
        horizon=_farthest(),
    )


def is_running(booking: Booking, span: Span, now: datetime) -> bool:
    """Has it begun, and is it still going on with the end that it is to have?"""
    return booking.start == span[0] <= now < min(booking.end, span[1])


def is_near(start: datetime, *, now: datetime) -> bool:
    """Is the time near enough that staff may book it anyway? Another year is more likely a typing error."""
    return now - MAX_AGE <= start < now + _farthest()


def _farthest() -> timedelta:
    return timedelta(days=max(MAX_DAYS_AHEAD, farthest_days()))


def collides(user: User, shape: Shape, start: datetime, *, now: datetime, moving: Booking | None = None) -> bool:
    """Would it overlap time that is taken already, buffers included?"""
    return bool(booked_spans(user, *shape.widened(start), now=now, exclude=own_claims(moving, None)))


def still_free(
    users: Collection[int],
    fresh: Mapping[int, Freshness],
    shape: Shape,
    start: datetime,
    *,
    now: datetime,
    hold: Hold | None = None,
) -> list[int]:
    """Those of `users` of whom others took nothing at `start`, buffers included, and who are below their limits.

    One query, and one more where something limits bookings. For those with whom it could start a moment ago.
    """
    exclude, asked = own_claims(None, hold), {user: fresh[user] for user in users}
    taken = booked_spans_by_user(users, *shape.widened(start), now=now, exclude=exclude)
    full = full_spans_by_user(asked, shape, start, start + INSTANT, now=now, exclude=exclude)
    return [user for user in users if not taken[user] and not overlaps((start, start + INSTANT), full[user])]


def next_openings(
    service: Service, staff: Iterable[User], start: datetime, *, now: datetime, most: int = 3
) -> list[Opening]:
    """The next few openings from `start` on."""
    return find(service, staff, start, start + LOOK_AHEAD, now=now).openings[:most]


def nearest_openings(
    service: Service,
    staff: Iterable[User],
    start: datetime,
    *,
    now: datetime,
    hold: Hold | None = None,
    moving: Booking | None = None,
    most: int = 3,
) -> list[Opening]:
    """The few openings nearest to `start`, before it or after it, the nearest first; not where `moving` is now."""
    span = max(now, start - LOOK_AHEAD), start + LOOK_AHEAD
    found = find(service, staff, *span, now=now, hold=hold, moving=moving).openings
    found = [one for one in found if moving is None or one.start != moving.start]
    return sorted(found, key=lambda one: (abs(one.start - start), one.start))[:most]
