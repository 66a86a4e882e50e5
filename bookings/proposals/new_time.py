"""What staff are asked about, when the booking changes meanwhile."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from bookings.models import Booking, Proposal
from connections.models import CalendarConfiguration

Kind = Proposal.Kind


def has_new_time(booking: Booking, now: datetime) -> None:
    """Withdraw what the booking's new time has answered, and let the rest be compared anew. Inside a transaction."""
    asked = Proposal.objects.open().filter(booking=booking)
    if asked.exclude(kind=Kind.COLLISION).exists():
        CalendarConfiguration.objects.filter(user=booking.staff_id).want_reconciling()
    there = Q(kind__in=(Kind.MOVED, Kind.BOTH_SIDES), new_start=booking.start, new_end=booking.end)
    asked.filter(there | Q(kind=Kind.COLLISION)).update(withdrawn_at=now)
