"""The links of mails that lead to a decision, and stamps: what a page has shown of the proposals it asks about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from bookings.models import Proposal
from practice.models import User
from practice.roles import Action, may

SALT = "bookings.proposal"
GOOD_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class MailedProposals:
    """The proposals of a link about which its addressee may decide, never none, and to whom the link was mailed."""

    proposals: list[Proposal]
    addressee: User

    @property
    def first(self) -> Proposal:
        """The first that is still open, for all of them; if none is, the first."""
        open_ones = (one for one in self.proposals if one.decided_at is None and one.withdrawn_at is None)
        return next(open_ones, self.proposals[0])


def token_of(proposal: Proposal, *more: Proposal, to: User | None = None) -> str:
    """What stands in the link of a mail: it names the proposals of that mail and cannot be guessed.

    `to` is whom it is mailed to, if that is not the staff member of the bookings. The link stays theirs: who gets a
    booking later is not written to by it, and decides from mails of their own.
    """
    keys = [one.pk for one in (proposal, *more)]
    return signing.dumps({"to": (to or proposal.person).pk, "asked": keys}, salt=SALT)


def mailed_proposals(token: str) -> MailedProposals:
    """What a link leads to: those of its proposals about which the addressee may still decide.

    Raises Proposal.DoesNotExist if there are none, and for a forged or outdated link.
    """
    try:
        named = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        raise Proposal.DoesNotExist from None
    addressee = User.objects.filter(pk=named["to"]).first()
    mailed = Proposal.objects.filter(pk__in=named["asked"]).with_details().order_by("booking__start", "pk")
    found = [one for one in mailed if addressee and may(addressee, Action.DECIDE_PROPOSALS, owner_of=one.person.pk)]
    if addressee is None or not found:
        raise Proposal.DoesNotExist
    return MailedProposals(found, addressee)


def stamp_of(proposal: Proposal) -> str:
    """What a page shows of a proposal, for its form to send along: only what was shown can be decided."""
    booking = proposal.booking
    times = (booking.start, booking.end, proposal.new_start, proposal.new_end)
    return " ".join([str(proposal.pk), *(str(round(time.timestamp())) if time else "-" for time in times)])


def submitted(asked: Sequence[Proposal], shown: Sequence[str]) -> list[tuple[Proposal | None, str]]:
    """The proposals of a form that has shown these stamps; None for one that is not asked any more.

    Without stamps all of `asked` is meant, as it stands.
    """
    if not shown:
        return [(proposal, "") for proposal in asked]
    keys = {str(proposal.pk): proposal for proposal in asked}
    return [(keys.get(one.partition(" ")[0]), one) for one in shown]
