"""Collision notices: staff are told of events that overlap a booking, for as long as they do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from availability.intervals import Span
from availability.models import BlockedSlot
from bookings.models import Booking, LinkedEvent, Proposal
from bookings.openings.event_words import event_name
from bookings.openings.own_time import own_spans
from bookings.proposals import covered_days, lifecycle, uncovered
from bookings.push.placements import upcoming
from connections.busy import AWAY, Busy, busy
from practice import time_format
from practice.language import mail_language
from practice.models import User

Kind = Proposal.Kind
_ACKNOWLEDGING = (Proposal.Choice.KEEP, Proposal.Choice.ASK, Proposal.Choice.STAND)
_Pair = tuple[int, datetime, datetime]
"""The key of a booking, and from when to when an event is that overlaps it."""


def update_notices(user: User, now: datetime) -> None:
    """Keep one notice for each upcoming booking that an event overlaps, and withdraw those that no longer apply.

    The event of another booking that the iPhone moved there is left out: staff are asked about that booking. So is a
    booking whose client is asked to choose another time, until nothing overlaps it any more. Notices about one event
    and one day belong together.
    """
    every = list(upcoming(user, now).select_related("claim"))
    waiting = [one for one in every if one.new_time_asked_at]
    overlapped = _overlapped(user, waiting)
    uncovered.update_questions(waiting, overlapped, now)
    bookings = {one.pk: one for one in every if not one.new_time_asked_at}
    asked = unacknowledged(user, list(bookings.values()), exclude=_asked_about_already(user))
    notices = Proposal.objects.open().filter(booking__staff=user, kind=Kind.COLLISION)
    lifecycle.withdraw(notices.exclude(booking__in=asked), now)
    known = {one.booking_id: (one.new_start, one.new_end, one.reason, one.covered_day_id) for one in notices}
    days = covered_days.days_by_booking(user, {bookings[pk]: event for pk, event in asked.items()}, overlapped)
    reasons = _reasons(user, asked.values())
    for (booking, event), reason in zip(asked.items(), reasons, strict=True):
        times, day = (event.start, event.end), days[booking]
        if known.get(booking) != (*times, reason, day.pk if day else None):
            words = lifecycle.ProposalReason(reason, "")
            lifecycle.propose(booking, Kind.COLLISION, words, now, times=times, covered_day=day)


def _overlapped(user: User, bookings: Sequence[Booking]) -> dict[Booking, Busy]:
    """Which of these bookings an event overlaps, whether staff know it or not; of several events the widest."""
    if not bookings:
        return {}
    reaches = {booking.pk: _reach(booking) for booking in bookings}
    over = _over(_covering(user, _hull(reaches.values())), reaches)
    widest = _widest({(pk, event.start, event.end): event for pk, event in over})
    return {booking: widest[booking.pk] for booking in bookings if booking.pk in widest}


def _hull(spans: Collection[Span]) -> Span:
    """From the first start to the last end."""
    return min(start for start, _end in spans), max(end for _start, end in spans)


def _asked_about_already(user: User) -> set[str]:
    """The UIDs of events about which staff are asked, or that are still to be written as was decided."""
    placements = LinkedEvent.objects.owned_by(user).wanted()
    return set((placements.undecided() | placements.unsettled()).values_list("uid", flat=True))


def unacknowledged(user: User, bookings: Sequence[Booking], *, exclude: Collection[str] = ()) -> dict[int, Busy]:
    """By key of the booking: an event that overlaps it and that staff have not acknowledged.

    Of several it is the one that overlaps most of the bookings, and of those the first. Events whose UID is in
    `exclude` do not count; that the person is away counts like an event.

    Keeping the booking, or asking its client to choose another time, acknowledges an event only at its present time.
    The number of queries does not depend on the number of bookings.
    """
    open_ones = [booking for booking in bookings if not booking.overlap_allowed]
    if not open_ones:
        return {}
    reaches = {booking.pk: _reach(booking) for booking in open_ones}
    events = [event for event in _covering(user, _hull(reaches.values())) if event.uid not in exclude]
    kept = Proposal.objects.filter(booking__in=open_ones, kind=Kind.COLLISION, choice__in=_ACKNOWLEDGING)
    known = set(kept.values_list("booking", "new_start", "new_end"))
    over: dict[_Pair, Busy] = {}
    for pk, event in _over(events, reaches):
        over.setdefault((pk, event.start, event.end), event)
    return _widest({pair: event for pair, event in over.items() if pair not in known})


def _widest(over: Mapping[_Pair, Busy]) -> dict[int, Busy]:
    """Of the events over each booking the one that overlaps most of the bookings, and of those the first."""
    many = Counter((start, end) for _pk, start, end in over)
    found: dict[int, Busy] = {}
    for (pk, *_times), event in sorted(over.items(), key=lambda one: (-many[one[0][1:]], one[0][1:])):
        found.setdefault(pk, event)
    return found


def _covering(user: User, span: Span) -> list[Busy]:
    """What covers time of the user in `span`: events, and times at which they are away."""
    slots = BlockedSlot.objects.filter(user=user, is_away=True).overlapping(*span)
    return [*busy(user, *span, own_spans=own_spans(user, *span)), *map(_away, slots)]


def _away(slot: BlockedSlot) -> Busy:
    return Busy(
        start=slot.start,
        end=slot.end,
        blocks=True,
        reason=AWAY,
        all_day=True,
        summary="",
        uid="",
        recurrence_id=None,
        calendar="",
        calendar_name="",
        provider="",
        color="",
        blocking=((slot.start, slot.end),),
    )


def acknowledge(booking: Booking, now: datetime, actor: User | None) -> None:
    """Staff chose the booking's time although events overlap it: record that as if they had been asked."""
    reach = _reach(booking)
    over = _over(_covering(booking.staff, reach), {booking.pk: reach})
    decided = {"decided_at": now, "choice": Proposal.Choice.KEEP, "decided_by": actor}
    events = {(event.start, event.end): event for _pk, event in over}.values()
    for event, reason in zip(events, _reasons(booking.staff, events), strict=True):
        values = {"new_start": event.start, "new_end": event.end, "created_at": now}
        Proposal.objects.create(booking=booking, kind=Kind.COLLISION, reason=reason, **values, **decided)


def _reasons(owner: User, events: Collection[Busy]) -> list[str]:
    """Name each event to the owner of its calendar."""
    if not events:
        return []
    with translation.override(mail_language(owner)), timezone.override(owner.calendar_configuration.zone):
        return [_reason(event) for event in events]


def _reason(event: Busy) -> str:
    if event.reason == AWAY:
        return _("You are away then.")
    when = time_format.day_and_clocks((event.start, event.end))
    return _("%(event)s now overlaps it.") % {"event": event_name(event, when, titles=True, travel=False)}


def is_unacknowledged(booking: Booking) -> bool:
    """Does an event overlap the booking that staff have not acknowledged?"""
    return bool(unacknowledged(booking.staff, [booking]))


def _reach(booking: Booking) -> Span:
    """The time that must be free: of a pending booking with its buffers, as for every new booking."""
    if booking.status == Booking.Status.PENDING:
        return booking.blocked_span
    return booking.start, booking.end


def _over(events: Iterable[Busy], reaches: dict[int, Span]) -> Iterator[tuple[int, Busy]]:
    """Which event blocks time of which booking: one pass over both, sorted by start."""
    spans = sorted(((span, event) for event in events for span in event.blocking), key=lambda one: one[0])
    begun: list[tuple[Span, Busy]] = []
    following = iter(spans)
    ahead = next(following, None)
    for pk, (start, end) in sorted(reaches.items(), key=lambda one: one[1]):
        while ahead is not None and ahead[0][0] < end:
            begun.append(ahead)
            ahead = next(following, None)
        begun = [one for one in begun if one[0][1] > start]
        yield from ((pk, event) for span, event in begun if span[0] < end)
