"""Events that came to lie over bookings: a notice while they do."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from bookings.held import held
from bookings.models import Booking, Proposal
from bookings.placing import upcoming
from connections.busy import Busy, busy

Kind = Proposal.Kind


def notice(user: User, now: datetime) -> None:
    """Raise a notice for each upcoming booking that an event overlaps now, once, and withdraw those that settled."""
    bookings = list(upcoming(user, now).order_by("start"))
    if not bookings:
        return
    start, end = bookings[0].start, max(booking.end for booking in bookings)
    events = busy(user, start, end, held=held(user, start, end))
    for booking in bookings:
        _notice_one(booking, [event for event in events if _overlaps(event, booking)], now)


def _overlaps(event: Busy, booking: Booking) -> bool:
    return any(start < booking.end and end > booking.start for start, end in event.blocking)


def _notice_one(booking: Booking, events: list[Busy], now: datetime) -> None:
    notices = Proposal.objects.filter(booking=booking, kind=Kind.COLLISION)
    if not events:
        notices.open().filter(decided_at=None).update(withdrawn_at=now)
        return
    reason = _("An event of the calendar “%(calendar)s” now overlaps it.") % {"calendar": events[0].calendar_name}
    answered = notices.filter(choice=Proposal.Choice.KEEP, new_start=events[0].start, new_end=events[0].end)
    if answered.exists() or booking.overlap_allowed:
        return
    # A collision keeps the event's span, so that "keep" holds for this event where it is and no other.
    values = {"reason": reason, "new_start": events[0].start, "new_end": events[0].end}
    Proposal.objects.get_or_create(
        booking=booking, kind=Kind.COLLISION, decided_at=None, withdrawn_at=None, defaults={**values, "created_at": now}
    )
