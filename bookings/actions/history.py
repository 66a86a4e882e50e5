"""Lines of a booking's history, and when the client hears of them."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from availability.intervals import Span
from bookings.models import UNDO_WINDOW, Booking, BookingChange
from practice.models import User


def record(
    booking: Booking,
    kind: BookingChange.Kind,
    source: BookingChange.Source,
    *,
    now: datetime,
    actor: User | None = None,
    before: Span | None = None,
    tell: datetime,
) -> BookingChange:
    """A line of history; `tell` is when the client is to be told. What was still untold before is told with it."""
    booking.changes.filter(notify_client_at__isnull=False, notified_at=None).update(notify_client_at=None)
    return BookingChange.objects.create(
        booking=booking,
        at=now,
        kind=kind,
        source=source,
        actor=actor,
        old_start=before[0] if before else None,
        old_end=before[1] if before else None,
        new_start=booking.start,
        new_end=booking.end,
        notify_client_at=tell,
    )


def notified_at(before: Span, after: Span, now: datetime) -> datetime:
    """When the client hears of what the phone moved: after some quiet, or at once where either time is near."""
    later = now + UNDO_WINDOW
    return later if min(before[0], after[0]) > later else now


def why_not_undone(change: BookingChange) -> str:
    """The sentence that says why a latest move is not to be undone (any more)."""
    if change.notified_at is not None:
        return _("The client has been told already. Reschedule the booking instead.")
    if change.notify_client_at is not None:
        return _("A mail to the client about it is on its way. Reschedule the booking instead.")
    return _("It is too late to undo this. Reschedule the booking instead.")
