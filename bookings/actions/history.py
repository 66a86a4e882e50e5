"""Lines of a booking's history."""

from __future__ import annotations

from datetime import datetime

from availability.intervals import Span
from bookings.models import Booking, BookingChange
from bookings.notifications.mails import news
from practice.models import User

MAX_REASON = 500


def record(
    booking: Booking,
    kind: BookingChange.Kind,
    source: BookingChange.Source,
    *,
    now: datetime,
    actor: User | None = None,
    before: Span | None = None,
    undo_until: datetime | None = None,
    tell_staff: bool = False,
    reason: str = "",
    tell_client: bool = True,
    batch: str = "",
) -> BookingChange:
    """Write a line of history, with the mails that tell of it; what was not told yet of earlier ones is told with it.

    The client is told now or, where the change can be undone, when the time for that is over. `tell_staff`: the staff
    member did not make the change in Kalends and is mailed it. `reason`: as the client wrote it. The mails of one
    `batch` go out as one message to each recipient.
    """
    booking.changes.exclude(undo_until=None).update(undo_until=None)
    change = BookingChange.objects.create(
        booking=booking,
        at=now,
        kind=kind,
        source=source,
        actor=actor,
        reason=reason[:MAX_REASON],
        old_start=before[0] if before else None,
        old_end=before[1] if before else None,
        new_start=booking.start,
        new_end=booking.end,
        undo_until=undo_until,
        tell_staff_at=now if tell_staff else None,
    )
    news.announce(change, at=undo_until or now, tell_client=tell_client, batch=batch)
    return change
