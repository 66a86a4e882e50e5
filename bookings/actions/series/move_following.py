"""Move an appointment of a series together with all that follow."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.actions.checks.candidates import Chosen, require_offer
from bookings.actions.checks.preconditions import (
    Refused,
    check_open,
    lock_active_booking,
    overlaps_refused,
)
from bookings.actions.checks.unread import require_read
from bookings.actions.reschedule import handing_over, move
from bookings.actions.series.starts import all_or_none, check_different
from bookings.links import new_public_id
from bookings.models import Booking, BookingChange, Claim, booking_lock
from bookings.openings import search
from connections.sync.poll import refresh_all
from practice.models import User

Kind = BookingChange.Kind
Source = BookingChange.Source


def following(booking: Booking) -> list[Booking]:
    """The booking and the later live ones of its series, by start."""
    if booking.series_id is None:
        return [booking]
    later = Booking.objects.live().with_details().filter(series=booking.series_id, start__gte=booking.start)
    return [booking, *later.exclude(pk=booking.pk)]


def move_following(
    booking: Booking,
    *,
    starts: Collection[datetime],
    now: datetime,
    actor: User | None = None,
    source: Source = Source.STAFF,
    staff: User | None = None,
) -> list[Booking]:
    """Move the booking and all that follow in its series to `starts` (aware), each to the next of them, or none.

    Each keeps its length. One may take the time that another of them leaves. `staff`: with whom they are from then on,
    if not each with the same person. Raises Refused where one has begun or is cancelled, and NotOpen, which names the
    times that are `gone`.
    """
    starts, expected = check_different(starts, now), following(booking)
    locked = {one.staff for one in expected} | ({staff} if staff else set())
    refresh_all([user.pk for user in locked], now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)
    with overlaps_refused(), booking_lock(locked, now):
        bookings = [lock_active_booking(one) for one in following(lock_active_booking(booking))]
        _check_movable(bookings, expected, starts, now)
        _check_people(bookings, locked, staff)
        moves = dict(zip(starts, bookings, strict=True))
        _give_back(moves, now, staff)
        batch = new_public_id()

        def take(start: datetime) -> None:
            _move(moves[start], start, staff, now=now, actor=actor, source=source, batch=batch)

        changed = [start for start, one in moves.items() if not _stays(one, start, staff)]
        all_or_none(changed, take)
        return bookings


def _check_movable(bookings: list[Booking], expected: list[Booking], starts: list[datetime], now: datetime) -> None:
    """Raises Refused unless these are the bookings that somebody saw, with one time each, and none has begun."""
    if bookings == expected and len(starts) < len(bookings):
        raise Refused(_("Choose a time for each of these appointments."))
    if bookings != expected or len(bookings) != len(starts):
        raise Refused(_("Somebody else has just changed these appointments. Look again."))
    if any(one.start <= now for one in bookings):
        raise Refused(_("One of these appointments has begun already."))


def _check_people(bookings: list[Booking], locked: set[User], staff: User | None) -> None:
    """Raises Refused where one went to somebody whose lock is not held, or does not offer the service."""
    if any(one.staff not in locked for one in bookings):
        raise Refused(_("Somebody else has just changed these appointments. Look again."))
    if staff:
        require_offer(bookings[0].service, staff)


def _stays(booking: Booking, start: datetime, staff: User | None) -> bool:
    return booking.start == start and staff in (None, booking.staff)


def _give_back(moves: dict[datetime, Booking], now: datetime, staff: User | None) -> None:
    """Inside this transaction the time of those that move is free, as if their claims had expired.

    The database, too, lets others take it: what may overlap is not in its constraint. Each gets its claim back with its
    new time.
    """
    moved = [one for start, one in moves.items() if not _stays(one, start, staff)]
    Claim.objects.filter(booking__in=moved).update(expires_at=now, overlap_allowed=True)


def _move(
    booking: Booking,
    start: datetime,
    staff: User | None,
    *,
    now: datetime,
    actor: User | None,
    source: Source,
    batch: str,
) -> None:
    user, end = staff or booking.staff, start + (booking.end - booking.start)
    require_read(booking, user, now)
    check_open(user, search.moved_shape(booking), start, now=now, anyway=False, actor=actor, moving=booking)
    with handing_over(booking, Chosen(user), now):
        kind = Kind.HANDED_OVER if start == booking.start else Kind.MOVED
        move(booking, start, end, now=now, actor=actor, source=source, kind=kind, batch=batch)
