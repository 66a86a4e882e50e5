"""How many bookings days and weeks have, where a service or a person limits that: the one rule about it.

`search` takes from it in which time nothing may start, and `explain` whose limit it is. Bookings and holds count, with
the day on which they start in the zone of the staff member. A limit of a service counts for each person by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.db.models.functions import Coalesce

from availability.intervals import Span
from availability.limits import Count, counts, full_spans
from availability.slots import Shape
from bookings.models import Claim, Service, ServiceShape
from connections.freshness import Freshness
from practice.by_user import by_user
from practice.limits import BookingLimits

WEEK_AROUND = timedelta(days=8)  # a moment's week, in whatever zone, lies within so much before and after it
NO_LIMITS = BookingLimits()

_Start = tuple[int, datetime]  # the key of the service, and when it starts


@dataclass(frozen=True, slots=True)
class LimitedCount:
    """A count and whose limit it is: that of `service`, or of the person where that is None."""

    service: Service | None
    count: Count


def full_spans_by_user(
    fresh: Mapping[int, Freshness], shape: Shape, start: datetime, end: datetime, *, now: datetime, exclude: Q
) -> dict[int, list[Span]]:
    """By key of the user: the days and weeks around [start, end) in which nothing of this shape may start.

    The claims that `exclude` describes do not count. One query, and none where nothing is limited.
    """
    service = limited_service(shape)
    limited = {user: one for user, one in fresh.items() if service or one.limits}
    starts = _starts_by_user(limited, start, end, now=now, exclude=exclude)
    return {
        user: _full_spans(starts[user], service, one.limits, one.zone) if user in limited and one.zone else []
        for user, one in fresh.items()
    }


def counts_at(
    user: int,
    shape: Shape | None,
    limits: BookingLimits,
    zone: ZoneInfo,
    at: datetime,
    *,
    now: datetime,
    exclude: Q,
) -> Iterator[LimitedCount]:
    """What the day and the week of `at` have already, for the service of the shape and then for the person."""
    service = limited_service(shape)
    limited = [user] if service or limits else []
    starts = _starts_by_user(limited, at, at, now=now, exclude=exclude).get(user, [])
    if service:
        of_service = counts(_starts_of(service, starts), service.limits, zone)
        yield from (LimitedCount(service, one) for one in of_service if one.span[0] <= at < one.span[1])
    of_person = counts(_starts_of(None, starts), limits, zone)
    yield from (LimitedCount(None, one) for one in of_person if one.span[0] <= at < one.span[1])


def limited_service(shape: Shape | None) -> Service | None:
    """The service that the shape is of, if it has limits."""
    return shape.service if isinstance(shape, ServiceShape) and shape.service.limits else None


def _full_spans(starts: list[_Start], service: Service | None, limits: BookingLimits, zone: ZoneInfo) -> list[Span]:
    of_service = full_spans(_starts_of(service, starts), service.limits if service else NO_LIMITS, zone)
    return of_service + full_spans(_starts_of(None, starts), limits, zone)


def _starts_of(service: Service | None, starts: list[_Start]) -> list[datetime]:
    return [start for key, start in starts if service is None or key == service.pk]


def _starts_by_user(
    users: Collection[int], start: datetime, end: datetime, *, now: datetime, exclude: Q
) -> dict[int, list[_Start]]:
    """By key of the user: what is booked or held in the weeks around [start, end), in one query."""
    around = start - WEEK_AROUND, end + WEEK_AROUND
    claims = Claim.objects.filter(staff__in=users).active(now).overlapping(*around).without(exclude).order_by()
    rows = claims.values_list(
        "staff", Coalesce("booking__service", "hold__service"), Coalesce("booking__start", "hold__start", "start")
    )
    return by_user(users, ((user, (service, at)) for user, service, at in rows))
