"""When a client is told of a change, and until when a change can be undone.

Both moments are written on the change when it is made. Telling takes the change and ends the time for undoing, undoing
takes back the notice, each in one statement: of the two only one can win.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from availability.intervals import Span
from bookings.models import Booking, BookingChange, Client
from connections import leases

UNDO_WINDOW = timedelta(minutes=10)
MAIL_LEASE = timedelta(minutes=5)  # longer than sending a mail may take; one that could not be sent is tried again then


def undo_until(before: Span, after: Span, now: datetime) -> datetime | None:
    """Until when a move that the iPhone made can be undone; not at all where either time is near."""
    until = now + UNDO_WINDOW
    return until if min(before[0], after[0]) > until else None


def drop_notices(booking: Booking) -> None:
    """Tell the client nothing more of what was not told yet: a later change tells it, or there is nothing new."""
    booking.changes.exclude(notify_client_at=None).filter(notified_at=None).update(
        notify_client_at=None, undo_until=None
    )


def due_notices(now: datetime) -> QuerySet[BookingChange]:
    """Changes to be told now, of which nobody is telling the client yet."""
    return (
        BookingChange.objects.filter(leases.free(now, "claimed_until"), notify_client_at__lte=now, notified_at=None)
        .select_related("booking__service", "booking__staff")
        .prefetch_related("booking__seats")
    )


def take(change: BookingChange, now: datetime) -> bool:
    """Take a change to tell its client; False if another worker has it, or if it is not to be told any more."""
    mine = _untold(change).filter(notify_client_at__lte=now)
    until = now + MAIL_LEASE
    return bool(leases.take(mine, now, until=until, column="claimed_until", undo_until=None))


def give_back(change: BookingChange, now: datetime, *, told: bool) -> None:
    """The client was told, or there was nobody or nothing to tell."""
    values = {"notified_at": now} if told else {"notify_client_at": None}
    leases.release(_untold(change), column="claimed_until", **values)


def take_back(change: BookingChange, now: datetime) -> bool:
    """Tell the client nothing of a change, because it is undone; False if it cannot be undone any more."""
    undoable = _untold(change).filter(leases.free(now, "claimed_until"), undo_until__gt=now)
    return bool(undoable.update(notify_client_at=None, undo_until=None))


def tell_now(change: BookingChange, now: datetime) -> bool:
    """Let the client be told at once and not when the time for undoing is over; False if they are told already."""
    return bool(_untold(change).filter(notify_client_at__gt=now).update(notify_client_at=now))


def _untold(change: BookingChange) -> QuerySet[BookingChange]:
    return BookingChange.objects.filter(pk=change.pk, notified_at=None)


def no_address(client: Client) -> str:
    """The words for who cannot be told by mail."""
    return _("%(client)s has no e-mail address: tell them yourself") % {"client": client.name}


def why_not_undone(change: BookingChange, now: datetime) -> str:
    """The sentence that says why the latest move cannot be undone (any more)."""
    if change.notified_at is not None:
        return _("The client has been told already. Reschedule the booking instead.")
    if leases.is_taken(change.claimed_until, now):
        return _("An e-mail to the client is being sent. Reschedule the booking instead.")
    return _("It is too late to undo this. Reschedule the booking instead.")
