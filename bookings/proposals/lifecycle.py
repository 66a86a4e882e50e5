"""The life of a proposal: staff are asked once, until they decide, the question settles itself or the time is over."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from bookings.models import Booking, CoveredDay, LinkedEvent, Proposal, ProposalQuerySet
from connections.models import CalendarConfiguration

Kind = Proposal.Kind
Times = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class ProposalReason:
    """Why staff are asked: for the owner of the time, and for colleagues, who read no titles of events."""

    reason: str
    untitled_reason: str


def same_for_all(reason: str) -> ProposalReason:
    """A reason that names no event."""
    return ProposalReason(reason, reason)


ABOUT_EVENT = (Kind.MOVED, Kind.RESHAPED, Kind.BOTH_SIDES, Kind.DELETED)  # each replaces the others


# --- ask --------------------------------------------------------------------------------------------------------------


def propose(
    booking_id: int,
    kind: Kind,
    reason: ProposalReason,
    now: datetime,
    *,
    times: Times = (None, None),
    linked_event: LinkedEvent | None = None,
    covered_day: CoveredDay | None = None,
) -> None:
    """Ask staff about a booking. An open proposal of this kind takes on the new reason and times."""
    values = {"linked_event": linked_event, "covered_day": covered_day, **asdict(reason)}
    values |= {"new_start": times[0], "new_end": times[1]}
    Proposal.objects.update_or_create(
        booking_id=booking_id,
        kind=kind,
        decided_at=None,
        withdrawn_at=None,
        defaults=values,
        create_defaults={**values, "created_at": now},
    )


@transaction.atomic
def propose_about_event(
    placement: LinkedEvent, kind: Kind, reason: ProposalReason, now: datetime, *, times: Times = (None, None)
) -> None:
    """Ask staff about a booking's event, in place of what was asked before. It is not pushed until they decide."""
    placement.row.await_decision(changed_here=kind == Kind.BOTH_SIDES or placement.is_rescheduled)
    withdraw(open_of(placement.booking_id, *ABOUT_EVENT).exclude(kind=kind), now)
    propose(placement.booking_id, kind, reason, now, times=times, linked_event=placement)


# --- withdraw ---------------------------------------------------------------------------------------------------------


def open_of(booking_id: int, *kinds: Kind) -> ProposalQuerySet:
    """What staff are asked about a booking, of these kinds or of all."""
    asked = Proposal.objects.open().filter(booking=booking_id)
    return asked.filter(kind__in=kinds) if kinds else asked


def withdraw(proposals: ProposalQuerySet, now: datetime) -> None:
    """Ask no more: it has settled itself."""
    proposals.update(withdrawn_at=now)


def withdraw_about_event(placement: LinkedEvent, now: datetime, *kinds: Kind) -> None:
    """Ask no more about an event, and let it be pushed again unless staff are still asked something about it."""
    if kinds:
        withdraw(open_of(placement.booking_id, *kinds), now)
    if not placement.is_undecided:
        return
    if not Proposal.objects.open().filter(linked_event=placement).exists():
        placement.row.resume()
        placement.refresh_from_db(fields=["state"])


def withdraw_answered(booking: Booking, now: datetime) -> None:
    """The booking has a new time: ask no more what that answers, and compare the rest anew. Inside a transaction."""
    asked = open_of(booking.pk)
    if asked.filter(kind__in=ABOUT_EVENT).exists():
        CalendarConfiguration.objects.filter(user=booking.staff_id).want_reconciling()
    there = Q(kind__in=(Kind.MOVED, Kind.BOTH_SIDES), new_start=booking.start, new_end=booking.end)
    withdraw(asked.filter(there | Q(kind__in=(Kind.COLLISION, Kind.UNCOVERED))), now)


def reopen(booking: Booking, *, now: datetime) -> None:
    """Ask again whether the client is to choose another time: that they were asked was undone. Inside the lock."""
    withdraw(open_of(booking.pk, Kind.COLLISION, Kind.UNCOVERED), now)
    _latest(booking, Proposal.Choice.ASK).update(decided_at=None, choice="", decided_by=None, decided_by_mail=False)


def _latest(booking: Booking, choice: Proposal.Choice) -> ProposalQuerySet:
    """The last collision about which staff decided so, as a queryset that can be updated."""
    decided = Proposal.objects.filter(booking=booking, kind=Kind.COLLISION, choice=choice)
    latest = decided.order_by("-decided_at", "-pk").values_list("pk", flat=True)[:1]
    return Proposal.objects.filter(pk__in=list(latest))


def settle_question(booking: Booking, now: datetime) -> None:
    """The appointment stands after all: staff chose that in place of asking the client. Inside the lock."""
    withdraw(open_of(booking.pk, Kind.UNCOVERED), now)
    _latest(booking, Proposal.Choice.ASK).update(choice=Proposal.Choice.STAND)


def unsettle_question(booking: Booking) -> None:
    """The client is still asked to choose another time. Inside the lock."""
    _latest(booking, Proposal.Choice.STAND).update(choice=Proposal.Choice.ASK)


# --- expire -----------------------------------------------------------------------------------------------------------


def expired(now: datetime) -> ProposalQuerySet:
    """Open proposals about what is over: the booking, and the time that it would have on the iPhone."""
    return Proposal.objects.open().filter(Q(new_start=None) | Q(new_start__lte=now), booking__end__lte=now)


@transaction.atomic
def withdraw_expired(now: datetime) -> None:
    """Ask no more about what is over: the answer would change nobody's day."""
    found = list(expired(now).values_list("pk", "linked_event"))
    if not found:
        return
    withdraw(Proposal.objects.open().filter(pk__in=[pk for pk, _placement in found]), now)
    LinkedEvent.objects.filter(pk__in=[placement for _pk, placement in found]).settle()


# --- decided together -------------------------------------------------------------------------------------------------


def decided_together(proposal: Proposal) -> list[Proposal]:
    """The open proposals to be decided with this one: all of its group, which is empty if it is not open."""
    alike = Proposal.objects.open().filter(booking__staff=proposal.booking.staff_id, kind=proposal.kind)
    alike = alike.with_details().order_by("booking__start")
    key = group_key(proposal)
    return [other for other in alike if group_key(other) == key]


def group_key(proposal: Proposal) -> tuple[int, Kind, date | int]:
    """What one mail asks together has the same: all deletions of one day, what one event covers of it, all requests of
    one series. Every other proposal is alone.
    """
    booking, kind = proposal.booking, Kind(proposal.kind)
    if kind == Kind.DELETED:
        return booking.staff_id, kind, day_of(proposal)
    together = booking.series_id if kind == Kind.APPROVAL else proposal.covered_day_id
    return booking.staff_id, kind, together or -proposal.pk


def day_of(proposal: Proposal) -> date:
    """The day of the booking in its staff member's zone."""
    configuration = CalendarConfiguration.objects.get(user=proposal.booking.staff_id)
    return proposal.booking.start.astimezone(configuration.zone).date()
