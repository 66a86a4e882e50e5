"""Carrying out what staff decided: the booking follows, and the client hears of it in the same step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from bookings import deciding, services, telling
from bookings.models import Booking, Proposal


def decide(proposal: Proposal, *, choice: str, now: datetime, actor: User | None = None, shown: str = "") -> Booking:
    """Decide, and tell the client at once what became of it. Raises services.Refused.

    A mail that cannot be sent undoes nothing: it is sent later. `shown`: as for services.decide.
    """
    booking = services.decide(proposal, choice=choice, now=now, actor=actor, shown=shown)
    telling.tell_clients(now, booking=booking)
    return booking


def decide_all(
    asked: Sequence[Proposal], *, choice: str, now: datetime, actor: User | None = None, shown: Sequence[str] = ()
) -> tuple[int, list[str]]:
    """Decide alike upon those of `asked` that a page has shown: how many, and the sentences of those that could not be.

    Without stamps in `shown`: upon all of them, as they stand.
    """
    decided, refused = 0, []
    for proposal, stamp in deciding.picked(asked, shown):
        try:
            if proposal is None:
                raise services.Refused(_("Something shown here has been settled meanwhile. See what is still asked."))
            decide(proposal, choice=choice, now=now, actor=actor, shown=stamp)
            decided += 1
        except services.Refused as error:
            refused.append(f"{proposal.booking}: {error}" if proposal else str(error))
    return decided, refused
