"""Events that came to lie over bookings: a notice while they do."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from availability.intervals import Span
from bookings.held import held
from bookings.models import Booking, Proposal
from bookings.placing import upcoming
from connections.busy import Busy, busy

Kind = Proposal.Kind


def notice(user: User, now: datetime) -> None:
    """Raise a notice for each upcoming booking that an event overlaps now, once, and withdraw those that settled."""
    over = Proposal.objects.open().filter(booking__staff=user, booking__end__lte=now, kind=Kind.COLLISION)
    over.update(withdrawn_at=now)
    bookings = list(upcoming(user, now).order_by("start"))
    if not bookings:
        return
    start, end = min(booking.blocked_from for booking in bookings), max(booking.blocked_until for booking in bookings)
    events = busy(user, start, end, held=held(user, start, end))
    for booking in bookings:
        _notice_one(booking, [event for event in events if _overlaps(event, booking)], now)


def is_asked_about(booking: Booking) -> bool:
    """Does an event lie over the booking of which staff did not say that they know?"""
    start, end = _reach(booking)
    events = busy(booking.staff, start, end, held=held(booking.staff, start, end))
    return _unanswered(booking, [event for event in events if _overlaps(event, booking)]) is not None


def _reach(booking: Booking) -> Span:
    """Who waits to be confirmed needs the time kept free around it as well, as everybody who books."""
    if booking.status == Booking.Status.PENDING:
        return booking.blocked_from, booking.blocked_until
    return booking.start, booking.end


def _overlaps(event: Busy, booking: Booking) -> bool:
    reach = _reach(booking)
    return any(start < reach[1] and end > reach[0] for start, end in event.blocking)


def _unanswered(booking: Booking, events: list[Busy]) -> Busy | None:
    """The first of `events` that staff must be asked about. To keep the booking holds for an event where it is."""
    if booking.overlap_allowed:
        return None
    kept = booking.proposals.filter(kind=Kind.COLLISION, choice=Proposal.Choice.KEEP)
    known = set(kept.values_list("new_start", "new_end"))
    return next((event for event in events if (event.start, event.end) not in known), None)


def _notice_one(booking: Booking, events: list[Busy], now: datetime) -> None:
    event = _unanswered(booking, events)
    if event is None:
        Proposal.objects.open().filter(booking=booking, kind=Kind.COLLISION).update(withdrawn_at=now)
        return
    reason = _("An event of the calendar “%(calendar)s” now overlaps it.") % {"calendar": event.calendar_name}
    values = {"reason": reason, "new_start": event.start, "new_end": event.end}
    Proposal.objects.update_or_create(
        booking=booking,
        kind=Kind.COLLISION,
        decided_at=None,
        withdrawn_at=None,
        defaults=values,
        create_defaults={**values, "created_at": now},
    )
