"""Time that is taken: by bookings, by visitors who are booking, by events, and blocked by hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from availability import intervals
from availability.intervals import Span
from availability.openings import blocked_slots
from bookings.models import Booking, Claim
from bookings.openings.event_words import event_name, why_it_blocks
from bookings.openings.own_time import own_claims, own_spans
from bookings.openings.reasons import Reason, ReasonKind, ToldTo
from bookings.openings.rules.question import TimeQuestion
from bookings.openings.travel import Lengths, includes_travel, plain_lengths
from connections.busy import Busy, busy, event_uids
from connections.models import Event


def claim_reasons(question: TimeQuestion) -> Iterator[Reason]:
    """Time that bookings take, or that visitors hold while they book it."""
    exclude = own_claims(question.moving, question.hold)
    claims = Claim.objects.filter(staff=question.user).active(question.now).overlapping(*question.reach)
    if not claims.without(exclude).exists():
        return
    for claim in claims.without(exclude).select_related("booking__service", "hold").prefetch_related("booking__seats"):
        yield _held(question, claim) if claim.kind == Claim.Kind.HOLD else _booked(question, claim.booking)


def _held(question: TimeQuestion, claim: Claim) -> Reason:
    span = (claim.hold.start, claim.hold.end)
    if intervals.overlaps(question.span, [span]):
        return Reason(ReasonKind.HOLD, True, _("A client is booking this time right now."), *span)
    text = _(
        "The buffer around a time that a client is booking right now (%(when)s), or around the service, is in the way."
    )
    return Reason(ReasonKind.BUFFER, True, text % {"when": question.when(span)}, claim.start, claim.end)


def _booked(question: TimeQuestion, booking: Booking) -> Reason:
    if intervals.overlaps(question.span, [(booking.start, booking.end)]):
        return Reason(ReasonKind.BOOKING, True, _taken(question, booking), booking.start, booking.end, booking)
    return Reason(ReasonKind.BUFFER, True, _buffered(question, booking), *booking.blocked_span, booking)


def _taken(question: TimeQuestion, booking: Booking) -> str:
    words = {"booking": booking, "when": question.when((booking.start, booking.end))}
    if not question.titles:
        return _("Another booking is at this time (%(when)s).") % words
    if booking.status == Booking.Status.PENDING:
        return _("The pending booking “%(booking)s” is at this time (%(when)s).") % words
    return _("The booking “%(booking)s” is at this time (%(when)s).") % words


def _buffered(question: TimeQuestion, booking: Booking) -> str:
    words = {"booking": booking, "when": question.when(booking.blocked_span)}
    if not question.titles:
        return _("The buffer around another booking (%(when)s) or around the service is in the way.") % words
    return _("The buffer around the booking “%(booking)s” (%(when)s) or around the service is in the way.") % words


def event_reasons(question: TimeQuestion) -> Iterator[Reason]:
    """Events: those in the time itself, blocking or not, and those that only the buffers reach, if they block."""
    user, reach = question.user, question.reach
    if not event_uids([user.pk], *reach).exists():  # as at most times that somebody wants to book
        return
    events = busy(user, *reach, own_spans=own_spans(user, *reach, moving=question.moving))
    if question.told_to is ToldTo.COLLEAGUE:
        yield from _blocked(question, [span for event in events for span in event.blocking])
        return
    mine = Event.objects.filter(calendar__connection__user=user, uid__in={event.uid for event in events})
    plain = plain_lengths(mine) if events else {}
    for event in events:
        name = _name(question, event, plain)
        blocks = any(intervals.overlaps(reach, [span]) for span in event.blocking)
        inside = any(intervals.overlaps(question.span, [span]) for span in event.blocking)
        if blocks and not inside:
            text = _("%(event)s is too close: the buffer around the service reaches into it.") % {"event": name}
            yield Reason(ReasonKind.BUFFER, True, text, event.start, event.end, event)
        elif inside or _touches(event, question.span):
            text = why_it_blocks(event, name, blocks=blocks)
            yield Reason(ReasonKind.OCCURRENCE, blocks, text, event.start, event.end, event)


def _blocked(question: TimeQuestion, spans: Iterable[Span]) -> Iterator[Reason]:
    """What a colleague is told of time that is blocked, by whatever: from when to when."""
    for span in intervals.merge(spans):
        words = {"when": question.when(span)}
        if intervals.overlaps(question.span, [span]):
            yield Reason(ReasonKind.OCCURRENCE, True, _("Blocked %(when)s.") % words, *span)
        elif intervals.overlaps(question.reach, [span]):
            text = _("Blocked %(when)s: the buffer around the service reaches into it.")
            yield Reason(ReasonKind.BUFFER, True, text % words, *span)


def _touches(event: Busy, span: Span) -> bool:
    return event.start < span[1] and (event.end > span[0] or event.start == event.end == span[0])


def _name(question: TimeQuestion, event: Busy, plain: Lengths) -> str:
    travel = includes_travel((event.calendar_id, event.uid), event.end - event.start, plain)
    return event_name(event, question.when((event.start, event.end)), titles=question.titles, travel=travel)


def slot_reasons(question: TimeQuestion) -> Iterator[Reason]:
    """Time that was blocked by hand."""
    if question.told_to is ToldTo.COLLEAGUE:
        slots = blocked_slots(question.user, *question.reach)
        yield from _blocked(question, [(slot.start, slot.end) for slot in slots])
        return
    for slot in blocked_slots(question.user, *question.reach):
        span = (slot.start, slot.end)
        words = {"when": question.when(span), "note": slot.note}
        if not intervals.overlaps(question.span, [span]):
            text = _("A blocked slot (%(when)s) is too close: the buffer around the service reaches into it.")
            yield Reason(ReasonKind.BUFFER, True, text % words, *span)
            continue
        noted = slot.note and question.titles
        text = _("Blocked in Kalends (%(when)s): %(note)s.") if noted else _("Blocked in Kalends (%(when)s).")
        yield Reason(ReasonKind.BLOCKED_SLOT, True, text % words, *span)
