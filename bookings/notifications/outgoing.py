"""Mails to staff that are due: each is sent once, and again only if it could not be sent.

A worker takes what it mails (`connections.leases`), so that two never send the same mail. What could not be sent is
free again when that lease is over.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime

from bookings.deadlines import ANSWER_BEFORE
from bookings.models import Booking, Proposal, ProposalQuerySet
from bookings.models.proposal import REMIND_BEFORE
from bookings.notifications import emails
from bookings.notifications.client_notice import MAIL_LEASE
from bookings.proposals import covered_days, lifecycle, mail_links
from connections import guard, leases
from practice.models import User
from practice.models.restore import outgoing_waits
from practice.roles import Action, may


def mail_proposals(now: datetime) -> int:
    """Mail staff what they must decide, at once and again within 24 hours of the start; how many mails went out."""
    lifecycle.withdraw_expired(now)
    due = Proposal.objects.to_mail(now).with_details().order_by("booking__start", "pk")
    sent, groups = 0, _by_mail(due)
    for group in groups if groups and not outgoing_waits() else ():
        if proposals := _taken(group, now):
            shown = covered_days.group_of(proposals[0]) or proposals
            with guard.isolate_failure(f"asking staff about booking {proposals[0].booking_id}"):
                sent += emails.ask_staff(shown, mail_links.token_of(*shown))
                for proposal in proposals:
                    leases.release(_row(proposal), column="mail_claimed_until", **{_field(proposal): now})
                _note_shown(proposals, shown, now)
            with guard.isolate_failure(f"asking the front desk about booking {proposals[0].booking_id}"):
                sent += _ask_front_desk(shown, now)
    return sent


def _note_shown(due: Sequence[Proposal], shown: Sequence[Proposal], now: datetime) -> None:
    """A reminder of some bookings of a covered day shows the others too, which need none of their own then."""
    if due[0].mailed_at is not None:
        others = Proposal.objects.filter(pk__in=[one.pk for one in shown], mailed_at__isnull=False, reminded_at=None)
        others.update(reminded_at=now)


def _ask_front_desk(proposals: Sequence[Proposal], now: datetime) -> int:
    """Ask the front desk too if a start is near, since the staff member may be with a client; how many mails."""
    near = [one for one in proposals if now < one.booking.start <= now + REMIND_BEFORE]
    if not near:
        return 0
    desk = [user for user in User.objects.filter(role=User.Role.FRONT_DESK) if may(user, Action.DECIDE_PROPOSALS)]
    return sum(emails.ask_colleague(user, near, mail_links.token_of(*near, to=user)) for user in desk)


def _taken(group: list[Proposal], now: datetime) -> list[Proposal]:
    """Those of the group that this worker mails; none if another one has the first, and with it the whole group."""
    if not _take(group[0], now):
        return []
    return [group[0], *(proposal for proposal in group[1:] if _take(proposal, now))]


def _take(proposal: Proposal, now: datetime) -> bool:
    unmailed = _row(proposal).filter(**{_field(proposal): None})
    return bool(leases.take(unmailed, now, until=now + MAIL_LEASE, column="mail_claimed_until"))


def _row(proposal: Proposal) -> ProposalQuerySet:
    return Proposal.objects.filter(pk=proposal.pk)


def _field(proposal: Proposal) -> str:
    """The column in which the mail is noted: the first one in `mailed_at`, the reminder in `reminded_at`."""
    return "mailed_at" if proposal.mailed_at is None else "reminded_at"


def _by_mail(proposals: Iterable[Proposal]) -> list[list[Proposal]]:
    """Group proposals by mail: those that are decided together."""
    mails: dict[Hashable, list[Proposal]] = {}
    for proposal in proposals:
        mails.setdefault(lifecycle.group_key(proposal), []).append(proposal)
    return list(mails.values())


def warn_staff(now: datetime) -> int:
    """Mail staff, once, each booking whose calendars are still unread 12 hours before its start; how many mails."""
    column = "warning_claimed_until"
    pending = Booking.objects.filter(
        calendar_unread_since__isnull=False, start__gt=now, start__lte=now + ANSWER_BEFORE, staff_warned_at=None
    )
    sent, unwarned = 0, list(pending.filter(leases.free(now, column)).with_details())
    for booking in unwarned if unwarned and not outgoing_waits() else ():
        if leases.take(pending.filter(pk=booking.pk), now, until=now + MAIL_LEASE, column=column):
            with guard.isolate_failure(f"warning staff of booking {booking.pk}"):
                sent += emails.warn_unconfirmed(booking)
                leases.release(Booking.objects.filter(pk=booking.pk), column=column, staff_warned_at=now)
    return sent
