"""When can somebody be booked? Loads hours and blocked slots and asks what is busy; `slots` computes the rest.

The number of queries is the same for a day and for a year.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from availability.intervals import Span, subtract
from availability.models import BlockedSlot, DateOverride, WorkingHours
from availability.slots import Shape, possible_starts, working_spans
from connections.busy import blocking
from connections.freshness import freshness
from connections.models import CalendarConfiguration
from practice.models import User


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
    own_spans: Mapping[str, Sequence[Span]] | None = None,
    booked_spans: Sequence[Span] = (),
) -> Openings:
    """Find the openings of ``user`` that start in ``[start, end)``, in UTC.

    An opening starts no sooner than the shape's notice from ``now`` and before its horizon. ``own_spans`` are
    the spans by UID that live bookings hold and that therefore do not block as events; ``booked_spans`` are the
    spans of bookings, already widened by their own buffers. Somebody without calendar configuration has no
    zone and so no openings, and so has one whose calendars cannot be trusted just now.
    """
    fresh = freshness(user, now=now)
    if fresh.zone is None:
        return Openings()
    earliest, latest = max(start, now + shape.notice), min(end, now + shape.horizon)
    if not fresh.bookable or earliest >= latest:
        return Openings(as_of=fresh.as_of, pending=fresh.pending)
    reach = shape.widened(earliest)[0], shape.widened(latest)[1]
    blocked = _blocked_spans(user, reach, own_spans)
    found = possible_starts(
        _hours(user, fresh.zone, reach), blocked, booked_spans, shape, earliest=earliest, latest=latest
    )
    return Openings(fresh.as_of, [(at, at + shape.duration) for at in found], fresh.pending)


def free_time(
    user: User,
    start: datetime,
    end: datetime,
    *,
    own_spans: Mapping[str, Sequence[Span]] | None = None,
    booked_spans: Sequence[Span] = (),
) -> list[Span]:
    """Give what is left of the working hours in ``[start, end)``: merged UTC spans without what blocks or is booked.

    Every opening lies within it. What is to be booked plays no part: neither its duration, buffers and notice
    nor how fresh the calendars are. ``own_spans`` and ``booked_spans`` are those of ``openings``.
    """
    outside = [(datetime.min.replace(tzinfo=UTC), start), (end, datetime.max.replace(tzinfo=UTC))]
    taken = [*_blocked_spans(user, (start, end), own_spans), *booked_spans, *outside]
    return subtract(working_hours(user, start, end), taken)


def working_hours(user: User, start: datetime, end: datetime) -> list[Span]:
    """Give the working periods that touch ``[start, end)`` as half-open UTC spans, sorted.

    Overrides are applied. A period is given whole, neither clipped nor joined with its neighbour, so that
    none crosses a midnight of the staff member's zone. Nobody without calendar configuration has hours.
    """
    zone = _zone(user)
    return [] if zone is None else _hours(user, zone, (start, end))


def _blocked_spans(user: User, window: Span, own_spans: Mapping[str, Sequence[Span]] | None) -> list[Span]:
    """Give the spans that events and slots blocked by hand take."""
    slots = [(slot.start, slot.end) for slot in blocked_slots(user, *window)]
    return [*blocking(user, *window, own_spans=own_spans), *slots]


def blocked_slots(user: User, start: datetime, end: datetime) -> list[BlockedSlot]:
    """Give the slots blocked by hand that share time with ``[start, end)``, sorted and not clipped."""
    return list(BlockedSlot.objects.filter(user=user).overlapping(start, end))


def _zone(user: User) -> ZoneInfo | None:
    # Asked of the database, because the configuration cached on the user may be older than the lock.
    configuration = CalendarConfiguration.objects.filter(user=user).first()
    return configuration.zone if configuration else None


def _hours(user: User, zone: ZoneInfo, window: Span) -> list[Span]:
    first, last = (moment.astimezone(zone).date() for moment in window)
    rules = WorkingHours.objects.filter(user=user).by_weekday()
    overrides = DateOverride.objects.filter(user=user).within(first, last).by_date()
    return working_spans(rules, overrides, zone, window)
