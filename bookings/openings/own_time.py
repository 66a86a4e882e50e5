"""The time of Kalends' own: which events are pushed bookings or blocked slots, and which time bookings take."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Q

from availability.intervals import Span
from bookings.models import Booking, Claim, Hold, LinkedEvent, MirroredSlot
from connections.models import Event
from practice.models import User

ALWAYS: Span = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def own_spans(user: User, start: datetime, end: datetime, *, moving: Booking | None = None) -> dict[str, list[Span]]:
    """By UID of a pushed event: its time in [start, end) that does not block, because a booking takes it already.

    That is the span of the live booking and, until a change of the booking is pushed, the span that the event still has
    in the calendar. An event blocks nothing while its removal is on its way, nor while its booking is being moved
    (`moving`). An event pushed for another staff member blocks only them. The same holds for blocked slots. An event
    that was removed and is there again was put back by a person: it is an ordinary
    event and not in the answer.
    """
    agreed = Q(agreed_start__lt=end, agreed_end__gt=start)
    near = Q(booking__start__lt=end, booking__end__gt=start) | agreed
    mine = Q(booking__staff=user)
    mirrored = Event.objects.filter(calendar__connection__user=user).values("uid")
    relevant = (mine & (near | Q(wanted=LinkedEvent.Wanted.ABSENT) | Q(booking=moving))) | ~mine
    placements = LinkedEvent.objects.unremoved().filter(relevant, uid__in=mirrored).select_related("booking")
    slots = MirroredSlot.objects.unremoved().filter(uid__in=mirrored).select_related("slot")
    return {placement.uid: _spans(placement, user, moving) for placement in placements} | {
        placement.uid: [placement.span] if placement.staff_id == user.pk and placement.slot else [ALWAYS]
        for placement in slots
    }


def _spans(placement: LinkedEvent, user: User, moving: Booking | None) -> list[Span]:
    booking = placement.booking
    if (
        booking == moving
        or placement.wanted == LinkedEvent.Wanted.ABSENT
        or not booking.live
        or booking.staff_id != user.pk
    ):
        return [ALWAYS]
    spans = [(booking.start, booking.end)]
    unpushed = placement.pushed_revision != booking.revision
    if unpushed and placement.agreed_start and placement.agreed_end:
        spans.append((placement.agreed_start, placement.agreed_end))
    return spans


def own_claim(moving: Booking | None, hold: Hold | None) -> int | None:
    """The key of the claim that does not stand in the way of its own booking or hold."""
    if moving is not None:
        return moving.claim_id
    return hold.claim_id if hold else None


def booked_spans(
    user: User, start: datetime, end: datetime, *, now: datetime, exclude: int | None = None
) -> list[Span]:
    """The time with buffers that claims active at `now` take in [start, end), without the claim keyed `exclude`."""
    claims = Claim.objects.filter(staff=user).active(now).overlapping(start, end).without(exclude)
    return list(claims.values_list("start", "end"))
