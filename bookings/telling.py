"""Who must be told: once, and again only where a mail could not be sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import partial

from bookings import deciding, emails
from bookings.models import Booking, BookingChange, Proposal
from connections import guard

WARN_BEFORE = timedelta(hours=12)
TRY_AGAIN = timedelta(minutes=5)


def tell_clients(now: datetime, *, booking: Booking | None = None) -> int:
    """Mail every change, or those of one booking, whose time to be told has come; how many mails went out.

    A change is claimed by putting its time off: if the mail cannot be sent, or the process dies, it comes back. A
    client without an address is not told, and nothing says that they were.
    """
    due = BookingChange.objects.filter(tell_client_at__lte=now, told_at=None)
    if booking is not None:
        due = due.filter(booking=booking)
    sent = 0
    for change in due.select_related("booking__client", "booking__service", "booking__staff"):
        mine = BookingChange.objects.filter(pk=change.pk, told_at=None)
        if mine.filter(tell_client_at__lte=now).update(tell_client_at=now + TRY_AGAIN):
            with guard.one_row(f"telling the client of booking {change.booking_id}"):
                told = emails.tell_client(change, _last_told(change))
                mine.update(told_at=now) if told else mine.update(tell_client_at=None)
                sent += told
    return sent


def _last_told(change: BookingChange) -> BookingChange | None:
    """What the client heard last about the booking: not every time that it had in between."""
    return BookingChange.objects.filter(booking=change.booking_id).exclude(told_at=None).order_by("-at", "-pk").first()


def mail_proposals(now: datetime) -> int:
    """Mail staff what they must decide, at once and again within 24 hours of the start; how many mails went out."""
    due = Proposal.objects.to_mail(now).select_related(*deciding.WITH).order_by("booking__start", "pk")
    sent = 0
    for proposals in _letters(proposal for proposal in due if _claim(proposal, now)):
        with guard.one_row(f"asking staff about booking {proposals[0].booking_id}", partial(_give_back, proposals)):
            sent += emails.propose(proposals, deciding.token_of(*proposals))
    return sent


def _claim(proposal: Proposal, now: datetime) -> bool:
    """Take one proposal for this mail; the first mail sets `mailed_at`, the reminder `reminded_at`."""
    field = _field(proposal)
    return bool(Proposal.objects.filter(pk=proposal.pk, **{field: None}).update(**{field: now}))


def _give_back(proposals: list[Proposal], error: str) -> None:
    """The mail could not be sent: it is still to be."""
    for proposal in proposals:
        Proposal.objects.filter(pk=proposal.pk).update(**{_field(proposal): None})


def _field(proposal: Proposal) -> str:
    return "mailed_at" if proposal.mailed_at is None else "reminded_at"


def _letters(proposals: Iterable[Proposal]) -> list[list[Proposal]]:
    """What goes into one mail: deletions of one staff member's day together, everything else alone."""
    letters: dict[tuple[int, date | int], list[Proposal]] = {}
    for proposal in proposals:
        deleted = proposal.kind == Proposal.Kind.DELETED
        key = deciding.day_of(proposal) if deleted else proposal.pk
        letters.setdefault((proposal.booking.staff_id, key), []).append(proposal)
    return list(letters.values())


def warn_staff(now: datetime) -> int:
    """Mail staff each booking that is still pending 12 hours before its start, once; how many mails went out."""
    pending = Booking.objects.filter(
        status=Booking.Status.PENDING, start__gt=now, start__lte=now + WARN_BEFORE, staff_warned_at=None
    )
    sent = 0
    for booking in pending.select_related("client", "service", "staff"):
        if Booking.objects.filter(pk=booking.pk, staff_warned_at=None).update(staff_warned_at=now):
            unwarned = partial(_unwarn, booking)
            with guard.one_row(f"warning staff of booking {booking.pk}", unwarned):
                sent += emails.warn_unconfirmed(booking)
    return sent


def _unwarn(booking: Booking, error: str) -> None:
    Booking.objects.filter(pk=booking.pk).update(staff_warned_at=None)
