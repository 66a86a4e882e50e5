"""Until when a move that the iPhone made can be undone, which is when its client is told.

Telling takes the mail and ends the time for undoing, undoing drops the mail: each in one conditional update, so of the
two only one can win.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from availability.intervals import Span
from bookings.models import BookingChange, Client, Mail
from connections import leases

UNDO_WINDOW = timedelta(seconds=settings.UNDO_SECONDS)
MAIL_LEASE = timedelta(seconds=settings.MAIL_LEASE_SECONDS)


def undo_until(before: Span, after: Span, now: datetime) -> datetime | None:
    """Until when a move that the iPhone made can be undone; not at all where either time is near."""
    until = now + UNDO_WINDOW
    return until if min(before[0], after[0]) > until else None


def take_back(change: BookingChange, now: datetime) -> bool:
    """Tell the client nothing of a change, because it is undone; False if it cannot be undone any more."""
    with transaction.atomic():
        mails = Mail.objects.to_clients().filter(change=change)
        mails.unsent().update(state=Mail.State.DROPPED)
        if mails.exclude(state=Mail.State.DROPPED).exists():
            transaction.set_rollback(True)
            return False
        undoable = BookingChange.objects.filter(pk=change.pk, undo_until__gt=now)
        if not undoable.update(undo_until=None):
            transaction.set_rollback(True)
            return False
    return True


def tell_now(change: BookingChange, now: datetime) -> bool:
    """Let the client be told at once and not when the time for undoing is over; False if they are told already."""
    return bool(Mail.objects.to_clients().unsent().filter(change=change, due_at__gt=now).update(due_at=now))


def no_address(client: Client) -> str:
    """The words for who cannot be told by mail."""
    return _("%(client)s has no e-mail address: tell them yourself") % {"client": client.name}


def why_not_undone(change: BookingChange, now: datetime) -> str:
    """The sentence that says why the latest move cannot be undone (any more)."""
    mails = Mail.objects.to_clients().filter(change=change)
    if mails.filter(state=Mail.State.SENT).exists():
        return _("The client has been told already. Reschedule the booking instead.")
    if any(leases.is_taken(mail.claimed_until, now) for mail in mails):
        return _("An e-mail to the client is being sent. Reschedule the booking instead.")
    return _("It is too late to undo this. Reschedule the booking instead.")
