"""Requests of clients that staff must approve or refuse; nothing else is asked about them."""

from __future__ import annotations

from datetime import datetime

from bookings.models import Booking, Proposal
from bookings.proposals import lifecycle

Kind = Proposal.Kind


def ask(booking: Booking, now: datetime) -> None:
    """Ask staff to approve the booking, if it waits for that and for no confirmation of the client's address."""
    if booking.cause == Booking.Cause.APPROVAL:
        lifecycle.propose(booking.pk, Kind.APPROVAL, lifecycle.same_for_all(""), now)


def withdraw(booking: Booking, now: datetime) -> None:
    """Ask no more: it is decided."""
    lifecycle.withdraw(lifecycle.open_of(booking.pk, Kind.APPROVAL), now)
