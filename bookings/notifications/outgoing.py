"""Who must be told: once, and again only where a mail could not be sent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q

from bookings.models import Booking, BookingChange, Proposal
from bookings.notifications import emails
from bookings.proposals import lifecycle, mail_links
from connections import guard

WARN_BEFORE = timedelta(hours=12)
TRY_AGAIN = timedelta(minutes=5)


def tell_clients(now: datetime, *, booking: Booking | None = None) -> int:
    """Mail every change, or those of one booking, whose time to be told has come; how many mails went out.

    A change is claimed by putting its time off: if the mail cannot be sent, or the process dies, it comes back. A
    client without an address is not told, and nothing says that they were.
    """
    due = BookingChange.objects.filter(notify_client_at__lte=now, notified_at=None)
    if booking is not None:
        due = due.filter(booking=booking)
    sent = 0
    for change in due.select_related("booking__client", "booking__service", "booking__staff"):
        mine = BookingChange.objects.filter(pk=change.pk, notified_at=None)
        if mine.filter(notify_client_at__lte=now).update(notify_client_at=now + TRY_AGAIN):
            with guard.isolate_failure(f"telling the client of booking {change.booking_id}"):
                told = emails.tell_client(change, _last_told(change))
                mine.update(notified_at=now) if told else mine.update(notify_client_at=None)
                sent += told
    return sent


def _last_told(change: BookingChange) -> BookingChange | None:
    """What the client heard last about the booking: not every time that it had in between."""
    return (
        BookingChange.objects.filter(booking=change.booking_id).exclude(notified_at=None).order_by("-at", "-pk").first()
    )


def mail_proposals(now: datetime) -> int:
    """Mail staff what they must decide, at once and again within 24 hours of the start; how many mails went out.

    Each is claimed for a while: if the mail cannot be sent, or the process dies, it is to be mailed again after that.
    """
    lifecycle.withdraw_expired(now)
    due = Proposal.objects.to_mail(now).with_details().order_by("booking__start", "pk")
    sent = 0
    for letter in _letters(due):
        if proposals := [proposal for proposal in letter if _claim(proposal, now)]:
            with guard.isolate_failure(f"asking staff about booking {proposals[0].booking_id}"):
                sent += emails.propose(proposals, mail_links.token_of(*proposals))
                for proposal in proposals:
                    Proposal.objects.filter(pk=proposal.pk).update(**{_field(proposal): now})
    return sent


def _claim(proposal: Proposal, now: datetime) -> bool:
    free = Q(mail_claimed_until=None) | Q(mail_claimed_until__lte=now)
    mine = Proposal.objects.filter(free, pk=proposal.pk, **{_field(proposal): None})
    return bool(mine.update(mail_claimed_until=now + TRY_AGAIN))


def _field(proposal: Proposal) -> str:
    """What the mail sets: the first one `mailed_at`, the reminder `reminded_at`."""
    return "mailed_at" if proposal.mailed_at is None else "reminded_at"


def _letters(proposals: Iterable[Proposal]) -> list[list[Proposal]]:
    """What goes into one mail: deletions of one staff member's day together, everything else alone."""
    letters: dict[tuple[int, date | int], list[Proposal]] = {}
    for proposal in proposals:
        deleted = proposal.kind == Proposal.Kind.DELETED
        key = lifecycle.day_of(proposal) if deleted else proposal.pk
        letters.setdefault((proposal.booking.staff_id, key), []).append(proposal)
    return list(letters.values())


def warn_staff(now: datetime) -> int:
    """Mail staff each booking that is still pending 12 hours before its start, once; how many mails went out."""
    pending = Booking.objects.filter(
        status=Booking.Status.PENDING, start__gt=now, start__lte=now + WARN_BEFORE, staff_warned_at=None
    ).filter(Q(warning_claimed_until=None) | Q(warning_claimed_until__lte=now))
    sent = 0
    for booking in pending.select_related("client", "service", "staff"):
        if pending.filter(pk=booking.pk).update(warning_claimed_until=now + TRY_AGAIN):
            with guard.isolate_failure(f"warning staff of booking {booking.pk}"):
                sent += emails.warn_unconfirmed(booking)
                Booking.objects.filter(pk=booking.pk).update(staff_warned_at=now)
    return sent
