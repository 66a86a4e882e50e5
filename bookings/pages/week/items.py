"""Everything in a staff member's week, from all three apps, in words for its owner. For others: week.colleagues."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import blake2b
from urllib.parse import quote

from django.urls import reverse
from django.utils.translation import gettext as _

from availability.intervals import Span
from availability.models import BlockedSlot
from availability.openings import blocked_slots, free_time, working_hours
from bookings.models import Booking, Hold, Proposal
from bookings.openings.own_time import own_spans
from bookings.openings.travel import travel_spans, travel_times
from bookings.pages.week.layout import Diary, Item, ItemKind
from bookings.pages.why.answers import why_url
from connections.busy import OWN_BOOKING, Busy, OwnSpans, busy
from connections.models import Event, Occurrence
from practice.models import User
from practice.times import iso

MINUTE = timedelta(minutes=1)


def diary(user: User, start: datetime, end: datetime, *, now: datetime) -> Diary:
    """Everything that touches [start, end). An event that Kalends pushed is its booking and not drawn again."""
    found = Booking.objects.filter(staff=user).live().overlapping(start, end)
    bookings = list(found.with_details())
    undecided = set(Proposal.objects.open().filter(booking__in=found).values_list("booking", flat=True))
    holds = holds_of([user.pk], start, end, now)
    own = own_spans(user, start, end)
    items = [
        *(booking_item(booking, undecided=booking.pk in undecided) for booking in bookings),
        *_events(user, busy(user, start, end, own_spans=own), own, start),
        *(held_item(hold) for hold in holds),
        *(_blocked_here(slot, user.calendar_configuration.mirrors) for slot in blocked_slots(user, start, end)),
    ]
    booked = [booking.blocked_span for booking in bookings]
    booked += [(hold.claim.start, hold.claim.end) for hold in holds if hold.claim]
    free = free_time(user, start, end, own_spans=own, booked_spans=booked)
    return Diary(items, working_hours(user, start, end), free, list(buffers_around(bookings)))


def booking_item(booking: Booking, *, undecided: bool) -> Item:
    """A booking, in words for those who handle it."""
    kind, reason = ItemKind.BOOKING, ""
    if undecided:
        kind, reason = ItemKind.UNDECIDED, _("Needs your decision")
    elif booking.new_time_asked_at:
        reason = _("Asked to choose another time")
    elif booking.status == Booking.Status.PENDING:
        kind, reason = ItemKind.PENDING, _("Pending: %(cause)s") % {"cause": booking.cause.label}
    return Item(
        start=booking.start,
        end=booking.end,
        kind=kind,
        title=booking.client.name,
        source=booking.service.name,
        reason=reason,
        url=booking.get_absolute_url(),
        key=f"booking-{booking.pk}",
        booking=booking.pk,
    )


def _events(user: User, events: Sequence[Busy], own: OwnSpans, first: datetime) -> Iterator[Item]:
    blocking = {event.uid for event in events if event.blocks and not event.all_day and event.uid not in own}
    stored = Event.objects.filter(calendar__connection__user=user, uid__in=blocking)
    times = travel_times(stored) if blocking else {}
    for event in events:
        travel = travel_spans(event, times) if event.uid in blocking else (None, None)
        yield from _event(event, own, first, travel)


def _event(event: Busy, own: OwnSpans, first: datetime, travel: Sequence[Span | None]) -> Iterator[Item]:
    """What an event is on the page; of a pushed one only the part outside its booking. Travel time is drawn apart.

    It links to why its time is free or blocked, from `first` on if it began earlier.
    """
    if event.uid in own or event.reason == OWN_BOOKING:
        yield from (_outside_booking(event, span, first) for span in event.blocking)
        return
    there, back = travel
    key = _key(event, event.start)
    yield from (_travel(event, span, first) for span in travel if span)
    yield Item(
        start=there[1] if there else event.start,
        end=back[0] if back else event.end,
        kind=ItemKind.BLOCKED if event.blocks else ItemKind.FREE,
        title=event.summary or _("No title"),
        source=source_of(event),
        reason=str(Occurrence.Reason(event.reason).label),
        url=_event_url(event, key, first),
        color=event.color,
        key=key,
        all_day=event.all_day,
    )


def _travel(event: Busy, span: Span, first: datetime) -> Item:
    return Item(
        start=span[0],
        end=span[1],
        kind=ItemKind.TRAVEL,
        title=_("Travel time"),
        source=event.summary or _("No title"),
        url=_event_url(event, _key(event, event.start), first),
        color=event.color,
        key=f"{_key(event, span[0])}-travel",
    )


def _outside_booking(event: Busy, span: Span, first: datetime) -> Item:
    return Item(
        start=span[0],
        end=span[1],
        kind=ItemKind.BLOCKED,
        title=event.summary or _("No title"),
        source=source_of(event),
        reason=_("On your iPhone the booking’s event also covers this time"),
        url=_event_url(event, _key(event, event.start), first),
        color=event.color,
        key=_key(event, span[0]),
    )


def source_of(event: Busy) -> str:
    """From which provider and calendar an event comes."""
    words = {"provider": event.provider, "calendar": event.calendar_name}
    if event.is_feed:
        return _("from %(calendar)s, by web address") % words
    return _("from %(provider)s, %(calendar)s") % words


def _event_url(event: Busy, key: str, first: datetime) -> str:
    """The card of the event with this key, from `first` on if it began earlier."""
    at = quote(str(iso(max(event.start, first))), safe="")
    return f"{reverse('week:event')}?at={at}&key={key}"


def event_with_key(user: User, key: str, at: datetime) -> Busy | None:
    """The event of this key (as the links to its card have it) that lies at the moment `at`."""
    events = busy(user, at, at + MINUTE, own_spans=own_spans(user, at, at + MINUTE))
    return next((event for event in events if _key(event, event.start) == key), None)


def _key(event: Busy, start: datetime) -> str:
    """The same in every process, and without characters that a page could stumble over."""
    name = f"{event.calendar} {event.uid} {event.recurrence_id} {start.isoformat()}"
    return f"event-{blake2b(name.encode(), digest_size=6).hexdigest()}"


def _blocked_here(slot: BlockedSlot, mirrored: bool) -> Item:
    return Item(
        start=slot.start,
        end=slot.end,
        kind=ItemKind.HERE,
        title=slot.note or (_("Away") if slot.is_away else _("Blocked")),
        source=_("made here, on your iPhone too") if mirrored else _("made here; not shown on your iPhone"),
        url=reverse("week:blocked", args=[slot.pk]),
        key=f"slot-{slot.pk}",
    )


def holds_of(people: Collection[int], start: datetime, end: datetime, now: datetime) -> list[Hold]:
    """The times in [start, end) that visitors hold now, with one of the people."""
    found = Hold.objects.active(now).filter(staff__in=people, claim__start__lt=end, claim__end__gt=start)
    return list(found.select_related("service", "claim"))


def held_item(hold: Hold) -> Item:
    """A time that a visitor holds, in words for its owner."""
    return Item(
        start=hold.start,
        end=hold.end,
        kind=ItemKind.HOLD,
        title=_("Being booked"),
        source=hold.service.name,
        reason=_("A client is booking this time right now"),
        url=why_url(hold.start),
        key=f"hold-{hold.pk}",
    )


def buffers_around(bookings: Iterable[Booking]) -> Iterator[Span]:
    """The time kept free before and after bookings."""
    for booking in bookings:
        first, last = booking.blocked_span
        if first < booking.start:
            yield first, booking.start
        if booking.end < last:
            yield booking.end, last
