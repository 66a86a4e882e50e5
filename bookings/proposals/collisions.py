"""Events that came to lie over bookings: a notice while they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from availability.intervals import Span
from bookings.models import Booking, Proposal
from bookings.openings.own_time import own_spans
from bookings.proposals import lifecycle
from bookings.push.placements import upcoming
from connections.busy import Busy, busy
from practice.models import User

Kind = Proposal.Kind


def notice(user: User, now: datetime) -> None:
    """Raise a notice for each upcoming booking that an event overlaps now, once, and withdraw those that settled."""
    asked = unanswered(user, list(upcoming(user, now)))
    notices = Proposal.objects.open().filter(booking__staff=user, kind=Kind.COLLISION)
    lifecycle.withdraw(notices.exclude(booking__in=asked), now)
    known = {notice.booking_id: (notice.new_start, notice.new_end, notice.reason) for notice in notices}
    for booking, event in asked.items():
        said = (event.start, event.end, _reason(event))
        if known.get(booking) != said:
            lifecycle.propose(booking, Kind.COLLISION, said[2], now, times=said[:2])


def unanswered(user: User, bookings: Sequence[Booking]) -> dict[int, Busy]:
    """By key of the booking: the first event over it of which staff did not say that they know.

    To keep a booking holds for an event where it is. As many queries for many of the user's bookings as for one.
    """
    open_ones = [booking for booking in bookings if not booking.overlap_allowed]
    if not open_ones:
        return {}
    reaches = {booking.pk: _reach(booking) for booking in open_ones}
    span = min(reach[0] for reach in reaches.values()), max(reach[1] for reach in reaches.values())
    events = busy(user, *span, own_spans=own_spans(user, *span))
    kept = Proposal.objects.filter(booking__in=open_ones, kind=Kind.COLLISION, choice=Proposal.Choice.KEEP)
    known = set(kept.values_list("booking", "new_start", "new_end"))
    found: dict[int, Busy] = {}
    for pk, event in _over(events, reaches):
        if (pk, event.start, event.end) not in known and (pk not in found or _first(event, found[pk])):
            found[pk] = event
    return found


def keep(booking: Booking, now: datetime, actor: User | None) -> None:
    """Staff chose the booking's time though events lie over it: that is written down as if they had been asked."""
    reach = _reach(booking)
    over = _over(busy(booking.staff, *reach, own_spans=own_spans(booking.staff, *reach)), {booking.pk: reach})
    decided = {"decided_at": now, "choice": Proposal.Choice.KEEP, "decided_by": actor}
    for event in {(event.start, event.end): event for _pk, event in over}.values():
        values = {"new_start": event.start, "new_end": event.end, "reason": _reason(event), "created_at": now}
        Proposal.objects.create(booking=booking, kind=Kind.COLLISION, **values, **decided)


def _reason(event: Busy) -> str:
    return _("An event of the calendar “%(calendar)s” now overlaps it.") % {"calendar": event.calendar_name}


def is_asked_about(booking: Booking) -> bool:
    """Does an event lie over the booking of which staff did not say that they know?"""
    return bool(unanswered(booking.staff, [booking]))


def _reach(booking: Booking) -> Span:
    """Who waits to be confirmed needs the time kept free around it as well, as everybody who books."""
    if booking.status == Booking.Status.PENDING:
        return booking.blocked_from, booking.blocked_until
    return booking.start, booking.end


def _first(event: Busy, other: Busy) -> bool:
    return (event.start, event.end) < (other.start, other.end)


def _over(events: Iterable[Busy], reaches: dict[int, Span]) -> Iterator[tuple[int, Busy]]:
    """Which event blocks time of which reach: one pass over both, by their starts."""
    spans = sorted(((span, event) for event in events for span in event.blocking), key=lambda one: one[0])
    begun: list[tuple[Span, Busy]] = []
    following = iter(spans)
    ahead = next(following, None)
    for pk, (start, end) in sorted(reaches.items(), key=lambda one: one[1]):
        while ahead is not None and ahead[0][0] < end:
            begun.append(ahead)
            ahead = next(following, None)
        begun = [one for one in begun if one[0][1] > start]
        yield from ((pk, event) for span, event in begun if span[0] < end)
