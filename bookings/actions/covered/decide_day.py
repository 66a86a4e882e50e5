"""Decide about all bookings of a day at once that an event, or being away, covers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from bookings.actions.checks.preconditions import Refused
from bookings.actions.covered.stand import let_stand
from bookings.actions.decide import decide_all, locked, note_decision
from bookings.actions.leaving.bookings import free_colleagues
from bookings.actions.reschedule import hand_over_to_any, undo
from bookings.models import Booking, BookingChange, CoveredDay, Proposal
from bookings.notifications.mails import delivery
from bookings.proposals import mail_links
from bookings.proposals.covered_days import CHOICES, DayChoice, questions_to_clients
from practice.models import User

Kind = BookingChange.Kind


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
    if any(choice not in CHOICES[Proposal.Kind(one.kind)] for one in asked) or choice not in tuple(DayChoice):
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
            if proposal is None:
                raise Refused(_("Something shown here is already settled. Check what is still open."))
            if colleagues := free[proposal.booking_id]:
                _give(proposal, colleagues, now=now, actor=actor, shown=stamp, by_mail=by_mail)
                result.decided += 1
            else:
                result.left += 1
        except Refused as error:
            result.refused.append(f"{proposal.booking}: {error}" if proposal else str(error))
    return result


def _give(
    proposal: Proposal, colleagues: list[User], *, now: datetime, actor: User | None, shown: str, by_mail: bool
) -> None:
    """Give one booking to a colleague, and note in the same step that this was decided. Raises Refused, NotOpen."""

    def note() -> None:
        choice = Proposal.Choice.HAND_OVER
        note_decision(locked(proposal), choice=choice, now=now, actor=actor, shown=shown, by_mail=by_mail)

    booking = hand_over_to_any(proposal.booking, people=colleagues, now=now, actor=actor, first=note)
    delivery.send_due(now, booking=booking)


def undoable(day: CoveredDay, now: datetime, kind: BookingChange.Kind = Kind.ASKED) -> list[BookingChange]:
    """The questions to clients of this day that can still be undone; or, by `kind`, that their appointments stand."""
    choice = Proposal.Choice.STAND if kind == Kind.STANDS else Proposal.Choice.ASK
    about = questions_to_clients(day, choice)
    changes = BookingChange.objects.filter(kind=kind, undo_until__gt=now, booking__in=about.values("booking"))
    return list(changes.select_related("booking__staff"))


def undo_asking(day: CoveredDay, *, now: datetime, actor: User | None = None) -> DayDecided:
    """Ask none of the clients of the day who were not told yet; staff must decide about them again."""
    return _undo_all(undoable(day, now), now=now, actor=actor)


def undo_standing(day: CoveredDay, *, now: datetime, actor: User | None = None) -> DayDecided:
    """Keep asking the clients of the day who were not told yet that their appointments stand."""
    return _undo_all(undoable(day, now, Kind.STANDS), now=now, actor=actor)


def _undo_all(changes: Sequence[BookingChange], *, now: datetime, actor: User | None) -> DayDecided:
    result = DayDecided()
    for change in changes:
        try:
            undo(change, now=now, actor=actor)
            result.decided += 1
        except Refused as error:
            result.refused.append(f"{change.booking}: {error}")
    return result


def let_all_stand(waiting: Sequence[Booking], *, now: datetime, actor: User | None = None) -> DayDecided:
    """The appointments stand after all, of those whose clients have not chosen another time in the meantime."""
    result = DayDecided()
    for booking in waiting:
        try:
            let_stand(booking, now=now, actor=actor)
            result.decided += 1
            delivery.send_due(now, booking=booking)
        except Refused as error:
            result.refused.append(f"{booking}: {error}")
    return result
