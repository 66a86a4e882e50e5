"""Decide about all bookings of a day at once that an event, or being away, covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from bookings.actions.checks.preconditions import Refused
from bookings.actions.covered.ask import take_back_question
from bookings.actions.decide import decide_all
from bookings.actions.leaving.bookings import free_colleagues
from bookings.actions.reschedule import hand_over_to_any
from bookings.models import BookingChange, CoveredDay, Proposal
from bookings.notifications.mails import delivery
from bookings.proposals import mail_links
from bookings.proposals.covered_days import DayChoice
from practice.models import User


@dataclass
class DayDecided:
    """How many bookings were decided about, why others could not be, and how many nobody else is free for."""

    decided: int = 0
    refused: list[str] = field(default_factory=list)
    left: int = 0


def decide_day(
    asked: Sequence[Proposal],
    *,
    choice: str,
    now: datetime,
    actor: User | None = None,
    shown: Sequence[str] = (),
    by_mail: bool = False,
) -> DayDecided:
    """Carry out a choice for all of `asked` that a page has shown; without stamps in `shown`, for all as they are.

    Handing over leaves those for which no colleague is free: they are still to be decided about. Raises Refused for
    what is no choice.
    """
    if choice not in tuple(DayChoice):
        raise Refused(_("This choice is not available here."))
    if choice == DayChoice.HAND_OVER_ALL:
        return _hand_over(asked, now=now, actor=actor, shown=shown, by_mail=by_mail)
    single = DayChoice(choice).of_each
    decided, refused = decide_all(asked, choice=single, now=now, actor=actor, shown=shown, by_mail=by_mail)
    return DayDecided(decided, refused)


def _hand_over(
    asked: Sequence[Proposal], *, now: datetime, actor: User | None, shown: Sequence[str], by_mail: bool
) -> DayDecided:
    free = free_colleagues([proposal.booking for proposal in asked], now)
    result = DayDecided()
    for proposal, stamp in mail_links.submitted(asked, shown):
        try:
            if proposal is None or (stamp and stamp != mail_links.stamp_of(proposal)):
                raise Refused(_("Something shown here is already settled. Check what is still open."))
            if colleagues := free[proposal.booking_id]:
                _give(proposal, colleagues, now=now, actor=actor, by_mail=by_mail)
                result.decided += 1
            else:
                result.left += 1
        except Refused as error:
            result.refused.append(f"{proposal.booking}: {error}" if proposal else str(error))
    return result


def _give(proposal: Proposal, colleagues: list[User], *, now: datetime, actor: User | None, by_mail: bool) -> None:
    """Give one booking to a colleague, which withdraws what was asked about it, and note that it was decided."""
    booking = hand_over_to_any(proposal.booking, people=colleagues, now=now, actor=actor)
    decided = {"decided_at": now, "decided_by": actor, "decided_by_mail": by_mail, "withdrawn_at": None}
    asked = Proposal.objects.filter(pk=proposal.pk, decided_at=None)
    asked.update(choice=Proposal.Choice.HAND_OVER, **decided)
    delivery.send_due(now, booking=booking)


def undoable(day: CoveredDay, now: datetime) -> list[BookingChange]:
    """The questions to clients of this day that can still be undone."""
    asked = BookingChange.objects.filter(kind=BookingChange.Kind.ASKED, undo_until__gt=now)
    about = asked.filter(booking__proposals__covered_day=day, booking__proposals__choice=Proposal.Choice.ASK)
    return list(about.select_related("booking__staff").distinct())


def undo_asking(day: CoveredDay, *, now: datetime, actor: User | None = None) -> DayDecided:
    """Ask none of the clients of the day who were not told yet; staff must decide about them again."""
    result = DayDecided()
    for change in undoable(day, now):
        try:
            take_back_question(change, now=now, actor=actor)
            result.decided += 1
        except Refused as error:
            result.refused.append(f"{change.booking}: {error}")
    return result
