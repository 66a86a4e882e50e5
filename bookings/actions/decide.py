"""Carry out what staff decided about a change made on the iPhone, and tell the client in the same step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from bookings.actions.approval import ask_about_collision, grant, read_again
from bookings.actions.cancel import cancel
from bookings.actions.checks.preconditions import (
    NotOpen,
    Refused,
    lock_active_booking,
    nudge,
    overlaps_refused,
    refuse_far,
)
from bookings.actions.confirm import confirm
from bookings.actions.covered.ask import ask_client
from bookings.actions.covered.stand import let_stand
from bookings.actions.reschedule import move
from bookings.links import new_public_id
from bookings.models import Booking, BookingChange, Proposal, booking_lock
from bookings.notifications.mails import delivery
from bookings.proposals import collisions, lifecycle, mail_links
from bookings.push import placements
from practice.models import User

Kind = BookingChange.Kind
Source = BookingChange.Source


@dataclass(frozen=True, slots=True)
class _Decision:
    """What was chosen, when and by whom. `batch`: with whose mails the client is told."""

    choice: str
    now: datetime
    actor: User | None
    by_mail: bool
    batch: str = ""


def decide(
    proposal: Proposal,
    *,
    choice: str,
    now: datetime,
    actor: User | None = None,
    shown: str = "",
    by_mail: bool = False,
) -> Booking:
    """Carry out a decision and tell the client the result at once. Raises Refused. The first decision counts.

    A mail that cannot be sent is sent later. With `shown`, the stamp of what the page showed, the decision is refused
    if the proposal has changed since; without it the proposal is decided as it is. `by_mail`: `actor` is whom the link
    was mailed to.
    """
    decision = _Decision(choice, now, actor, by_mail)
    _read_before([proposal], decision)
    booking = _decide(proposal, decision, shown)
    delivery.send_due(now, booking=booking)
    return booking


def decide_all(
    asked: Sequence[Proposal],
    *,
    choice: str,
    now: datetime,
    actor: User | None = None,
    shown: Sequence[str] = (),
    by_mail: bool = False,
) -> tuple[int, list[str]]:
    """Decide all of `asked` that a page has shown in the same way: how many were decided, and why others were not.

    Without stamps in `shown` all of them are decided as they are. The client of several is told of them together, so
    all are decided in one transaction, and a worker sees all of their mails or none.
    """
    decided, refused = [], []
    decision = _Decision(choice, now, actor, by_mail, new_public_id())
    _read_before(asked, decision)
    with booking_lock({proposal.booking.staff for proposal in asked}, now):
        for proposal, stamp in mail_links.submitted(asked, shown):
            try:
                if proposal is None:
                    raise Refused(_("Something shown here is already settled. Check what is still open."))
                decided.append(_decide(proposal, decision, stamp))
            except Refused as error:
                refused.append(f"{proposal.booking}: {error}" if proposal else str(error))
    for booking in decided:
        delivery.send_due(now, booking=booking)
    return len(decided), refused


def _read_before(proposals: Sequence[Proposal], decision: _Decision) -> None:
    """Read the calendars once more before times are promised. Not inside a lock."""
    if decision.choice == Proposal.Choice.APPROVE:
        for booking in {proposal.booking.staff_id: proposal.booking for proposal in proposals}.values():
            read_again(booking, decision.now)


def _decide(proposal: Proposal, decision: _Decision, shown: str) -> Booking:
    try:
        return _carry_out(proposal, decision, shown)
    except NotOpen:
        if decision.choice == Proposal.Choice.APPROVE:
            ask_about_collision(proposal.booking, decision.now)
        raise


def _carry_out(proposal: Proposal, decision: _Decision, shown: str) -> Booking:
    now, actor, batch = decision.now, decision.actor, decision.batch
    with overlaps_refused(), booking_lock(proposal.booking.staff, now):
        booking = lock_active_booking(proposal.booking)
        proposal = locked(proposal)
        choice = proposal.offered(decision.choice) or ""
        if not choice:
            raise Refused(_("This choice is not available here."))
        note_decision(proposal, choice=choice, now=now, actor=actor, shown=shown, by_mail=decision.by_mail)
        if choice == Proposal.Choice.PUT_BACK:
            placements.rewrite(booking, proposal.linked_event, now, proposal.seen)
            nudge(booking)
        elif choice == Proposal.Choice.ACCEPT:
            _accept(booking, proposal, now, actor)
        elif choice == Proposal.Choice.APPROVE:
            grant(booking, now=now, actor=actor, batch=batch)
        elif choice == Proposal.Choice.ASK:
            ask_client(booking, now=now, actor=actor)
        elif choice == Proposal.Choice.STAND:
            let_stand(booking, now=now, actor=actor)
        elif choice in Proposal.ENDING:
            booking = cancel(booking, now=now, actor=actor, batch=batch)
        elif choice == Proposal.Choice.KEEP:
            _keep(booking, now)
    return booking


def locked(proposal: Proposal) -> Proposal:
    """The proposal as it is now, its row locked."""
    return Proposal.objects.select_for_update(of=("self",)).with_details().get(pk=proposal.pk)


def note_decision(
    proposal: Proposal, *, choice: str, now: datetime, actor: User | None, shown: str, by_mail: bool
) -> None:
    """Write what was decided about a proposal that is locked. Raises Refused unless it is open and as it was shown."""
    if shown and shown != mail_links.stamp_of(proposal):
        raise Refused(_("This has changed since you opened the page. Check it again, then decide."))
    open_still = Proposal.objects.open().filter(pk=proposal.pk)
    if (open_still & lifecycle.expired(now)).exists():
        raise Refused(_("This booking is over. There is nothing to decide any more."))
    if not open_still.update(decided_at=now, choice=choice, decided_by=actor, decided_by_mail=by_mail):
        raise Refused(_("This was decided already."))


def _keep(booking: Booking, now: datetime) -> None:
    """Staff keep the booking although an event overlaps it; there may be another one."""
    if booking.status == Booking.Status.PENDING:
        confirm(booking, now=now)
    collisions.update_notices(booking.staff, now)


def _accept(booking: Booking, proposal: Proposal, now: datetime, actor: User | None) -> None:
    """Move the booking to the time on the iPhone; staff know what it overlaps there and are not asked again."""
    if proposal.new_start is None or proposal.new_end is None:
        raise Refused(_("The event has no time that the booking could move to. Put it back, or cancel the booking."))
    refuse_far(proposal.new_start, now)
    placements.follow(proposal.linked_event, proposal.seen)
    move(booking, proposal.new_start, proposal.new_end, now=now, actor=actor, source=Source.PHONE)
    collisions.acknowledge(booking, now, actor)
