"""Carrying out what staff decided: the booking follows, and the client hears of it in the same step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User

from bookings import services, telling
from bookings.models import Booking, Proposal


def decide(proposal: Proposal, *, choice: str, now: datetime, actor: User | None = None) -> Booking:
    """Decide, and tell the client at once what became of it. Raises services.Refused.

    A mail that cannot be sent undoes nothing: it is sent later.
    """
    booking = services.decide(proposal, choice=choice, now=now, actor=actor)
    telling.tell_clients(now, booking=booking)
    return booking


def decide_all(proposals: Iterable[Proposal], *, choice: str, now: datetime, actor: User | None = None) -> list[str]:
    """Decide alike upon each; the sentences of those that could not be."""
    refused = []
    for proposal in proposals:
        try:
            decide(proposal, choice=choice, now=now, actor=actor)
        except services.Refused as error:
            refused.append(f"{proposal.booking}: {error}")
    return refused
