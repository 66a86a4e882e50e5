"""What others see of somebody's time: bookings if they handle them, and of everything else only when it is blocked.

The number of queries is the same for one person and for a hundred.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from availability.intervals import Span, merge, subtract
from availability.openings import PersonTime, time_by_user
from bookings.models import Booking, Hold, Proposal
from bookings.openings.own_time import own_spans_by_user
from bookings.pages.week.items import booking_item, buffers_around, held_item, holds_of
from bookings.pages.week.layout import Diary, Item, ItemKind
from bookings.pages.why.answers import why_url
from practice.by_user import by_user
from practice.models import User
from practice.roles import Action, may


@dataclass(frozen=True, slots=True)
class _Facts:
    """What one person has in the window."""

    user: int
    window: Span
    bookings: list[Item]
    holds: list[Item]
    claimed: list[Span]  # what bookings and holds take, with their buffers
    buffers: list[Span]
    time: PersonTime


def diaries_for(
    reader: User, people: Sequence[User], start: datetime, end: datetime, *, now: datetime
) -> dict[int, Diary]:
    """By key of the person: what the reader may see of their [start, end). They must have a calendar configuration."""
    facts = _facts(people, (start, end), now)
    shown = {person.pk: may(reader, Action.SEE_BOOKINGS, owner_of=person.pk) for person in people}
    return {one.user: _with_bookings(one) if shown[one.user] else _blocked_only(one) for one in facts}


def _facts(people: Sequence[User], window: Span, now: datetime) -> Iterator[_Facts]:
    keys = [person.pk for person in people]
    found = list(Booking.objects.filter(staff__in=keys).live().overlapping(*window).with_details())
    asked = Proposal.objects.open().filter(booking__in=[booking.pk for booking in found])
    undecided = set(asked.values_list("booking", flat=True))
    bookings = by_user(keys, ((booking.staff_id, booking) for booking in found))
    holds = by_user(keys, ((hold.staff_id, hold) for hold in holds_of(keys, *window, now)))
    zones = {person.pk: person.calendar_configuration.zone for person in people}
    times = time_by_user(zones, window, own_spans_by_user(keys, *window))
    for key in keys:
        yield _Facts(
            user=key,
            window=window,
            bookings=[booking_item(booking, undecided=booking.pk in undecided) for booking in bookings[key]],
            holds=[_held(hold) for hold in holds[key]],
            claimed=[*(one.blocked_span for one in bookings[key]), *_claimed(holds[key])],
            buffers=list(buffers_around(bookings[key])),
            time=times[key],
        )


def _held(hold: Hold) -> Item:
    return replace(held_item(hold), url=why_url(hold.start, staff=hold.staff_id))


def _claimed(holds: Sequence[Hold]) -> Iterator[Span]:
    return ((hold.claim.start, hold.claim.end) for hold in holds if hold.claim)


def _with_bookings(facts: _Facts) -> Diary:
    items = [*facts.bookings, *facts.holds, *_blocked(facts, facts.time.blocked)]
    return Diary(items, facts.time.hours, _free(facts), facts.buffers)


def _blocked_only(facts: _Facts) -> Diary:
    """Whether an event or a booking takes the time is not told."""
    taken = [*facts.time.blocked, *((item.start, item.end) for item in (*facts.bookings, *facts.holds))]
    return Diary(list(_blocked(facts, taken)), facts.time.hours, _free(facts), [])


def _free(facts: _Facts) -> list[Span]:
    return subtract(facts.time.hours, [*facts.time.blocked, *facts.claimed])


def _blocked(facts: _Facts, spans: Sequence[Span]) -> Iterator[Item]:
    for start, end in merge(spans):
        yield Item(
            start=start,
            end=end,
            kind=ItemKind.BLOCKED,
            title=_("Blocked"),
            url=why_url(max(start, facts.window[0]), staff=facts.user),
            key=f"blocked-{facts.user}-{round(start.timestamp())}",
        )
