"""The links of mails that lead to a decision, and stamps: what a page has shown of the proposals it asks about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.core import signing

from bookings.models import Proposal

SALT = "bookings.proposal"
GOOD_FOR = timedelta(days=90)


def token_of(proposal: Proposal, *more: Proposal) -> str:
    """What stands in the link of a mail: it names the proposals of that mail and cannot be guessed."""
    return signing.dumps([one.pk for one in (proposal, *more)] if more else proposal.pk, salt=SALT)


def proposals_from_token(token: str) -> list[Proposal]:
    """The proposals of a link, never none.

    Raises Proposal.DoesNotExist for a forged or outdated link, and for one of somebody who was deactivated.
    """
    try:
        keys = signing.loads(token, salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        raise Proposal.DoesNotExist from None
    named = Proposal.objects.filter(pk__in=keys if isinstance(keys, list) else [keys])
    found = named.filter(booking__staff__is_active=True).with_details()
    if not found:
        raise Proposal.DoesNotExist
    return list(found.order_by("booking__start", "pk"))


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
