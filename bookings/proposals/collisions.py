"""Collision notices: staff are told of events that overlap a booking, for as long as they do."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from availability.intervals import Span
from bookings.models import Booking, LinkedEvent, Proposal
from bookings.openings.event_words import event_name
from bookings.openings.own_time import own_spans
from bookings.proposals import lifecycle
from bookings.push.placements import upcoming
from connections.busy import Busy, busy
from practice import time_format
from practice.language import mail_language
from practice.models import User

Kind = Proposal.Kind


def update_notices(user: User, now: datetime) -> None:
    """Keep one notice for each upcoming booking that an event overlaps, and withdraw those that no longer apply.

    The event of another booking that the iPhone moved there is left out: staff are asked about that booking.
    """
    asked = unacknowledged(user, list(upcoming(user, now).select_related("claim")), exclude=_asked_about_already(user))
    notices = Proposal.objects.open().filter(booking__staff=user, kind=Kind.COLLISION)
    lifecycle.withdraw(notices.exclude(booking__in=asked), now)
    known = {notice.booking_id: (notice.new_start, notice.new_end, notice.reason) for notice in notices}
    reasons = _reasons(user, asked.values())
    for (booking, event), reason in zip(asked.items(), reasons, strict=True):
        said = (event.start, event.end, reason)
        if known.get(booking) != said:
            lifecycle.propose(booking, Kind.COLLISION, lifecycle.ProposalReason(reason, ""), now, times=said[:2])


def _asked_about_already(user: User) -> set[str]:
    """The UIDs of events about which staff are asked, or that are still to be written as was decided."""
    placements = LinkedEvent.objects.owned_by(user).wanted()
    return set((placements.undecided() | placements.unsettled()).values_list("uid", flat=True))


def unacknowledged(user: User, bookings: Sequence[Booking], *, exclude: Collection[str] = ()) -> dict[int, Busy]:
    """By key of the booking: the first event that overlaps it and that staff have not acknowledged.

    Events whose UID is in `exclude` do not count.

    Keeping the booking acknowledges an event only at its present time. The number of queries does not depend on the
    number of bookings.
    """
    open_ones = [booking for booking in bookings if not booking.overlap_allowed]
    if not open_ones:
        return {}
    reaches = {booking.pk: _reach(booking) for booking in open_ones}
    span = min(reach[0] for reach in reaches.values()), max(reach[1] for reach in reaches.values())
    events = [event for event in busy(user, *span, own_spans=own_spans(user, *span)) if event.uid not in exclude]
    kept = Proposal.objects.filter(booking__in=open_ones, kind=Kind.COLLISION, choice=Proposal.Choice.KEEP)
    known = set(kept.values_list("booking", "new_start", "new_end"))
    found: dict[int, Busy] = {}
    for pk, event in _over(events, reaches):
        if (pk, event.start, event.end) not in known and (pk not in found or _first(event, found[pk])):
            found[pk] = event
    return found


def acknowledge(booking: Booking, now: datetime, actor: User | None) -> None:
    """Staff chose the booking's time although events overlap it: record that as if they had been asked."""
    reach = _reach(booking)
    over = _over(busy(booking.staff, *reach, own_spans=own_spans(booking.staff, *reach)), {booking.pk: reach})
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


def _first(event: Busy, other: Busy) -> bool:
    return (event.start, event.end) < (other.start, other.end)


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
