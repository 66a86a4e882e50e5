"""Other times for a booking whose person cannot see the client."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from availability.intervals import Span, overlaps
from availability.wall_clock import MIDNIGHT, end_of, start_of
from bookings.models import Booking, Proposal
from bookings.openings.search import LOOK_AHEAD, Opening, find
from connections.models import CalendarConfiguration
from practice.models import User

MAX_ALTERNATIVES = 3
_LOOKS = (LOOK_AHEAD, timedelta(days=60))


def alternatives(booking: Booking, *, now: datetime) -> list[Opening]:
    """The first times to which the booking can be moved: with the same person and, if these are few, with others.

    Not on days when the person is away, nor at the time that it has.
    """
    staff = list(booking.service.staff.filter(is_active=True).order_by("pk"))
    away = away_days(booking)
    same = _first(booking, [user for user in staff if user == booking.staff], now, away)
    missing = MAX_ALTERNATIVES - len(same)
    others = [user for user in staff if user != booking.staff]
    return [*same, *_first(booking, others, now, None)[:missing]] if missing else same


def away_days(booking: Booking) -> Span | None:
    """The whole days, on the clock of its person, of what made staff ask the client to choose another time."""
    if booking.new_time_asked_at is None:
        return None
    asked = Proposal.objects.filter(booking=booking, choice=Proposal.Choice.ASK).order_by("-decided_at", "-pk")
    span = asked.values_list("new_start", "new_end").first()
    if span is None or span[0] is None or span[1] is None:
        return None
    zone = CalendarConfiguration.of(booking.staff).zone
    last = span[1] - timedelta.resolution
    return (
        start_of(span[0].astimezone(zone).date(), MIDNIGHT, zone),
        end_of(last.astimezone(zone).date(), MIDNIGHT, zone),
    )


def without_days(openings: Iterable[Opening], person: User, away: Span | None) -> list[Opening]:
    """The openings without those of the person on days when they are away."""
    if away is None:
        return list(openings)
    return [one for one in openings if one.staff != person or not overlaps((one.start, one.end), [away])]


def _first(booking: Booking, people: list[User], now: datetime, away: Span | None) -> list[Opening]:
    """The first few openings with these people."""
    for length in _LOOKS:
        found = find(booking.service, people, now, now + length, now=now, moving=booking).openings if people else []
        other = (one for one in without_days(found, booking.staff, away) if one.start != booking.start)
        starts = {one.start: one for one in reversed(list(other))}
        if starts:
            return [starts[start] for start in sorted(starts)][:MAX_ALTERNATIVES]
    return []
