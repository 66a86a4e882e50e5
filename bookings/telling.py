"""Who must be told, and is told once."""

from __future__ import annotations

from datetime import datetime

from bookings import emails
from bookings.models import BookingChange, Proposal
from connections import guard


def tell_clients(now: datetime) -> int:
    """Mail every change whose time to be told has come, once; how many mails went out."""
    due = BookingChange.objects.filter(tell_client_at__lte=now, told_at=None)
    sent = 0
    for change in due.select_related("booking__client", "booking__service", "booking__staff"):
        claimed = BookingChange.objects.filter(pk=change.pk, told_at=None, tell_client_at__lte=now).update(told_at=now)
        if claimed:
            with guard.one_row(f"telling of change {change.pk}"):
                sent += emails.tell_client(change)
    return sent


def mail_proposals(now: datetime) -> int:
    """Mail staff every proposal they have not been mailed yet; how many mails went out."""
    sent = 0
    for proposal in Proposal.objects.open().filter(mailed_at=None).select_related("booking__client", "booking__staff"):
        if Proposal.objects.filter(pk=proposal.pk, mailed_at=None).update(mailed_at=now):
            with guard.one_row(f"mailing proposal {proposal.pk}"):
                sent += emails.propose(proposal)
    return sent
