"""The time of Kalends' own: which events are pushed bookings or blocked slots, and which time bookings take."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, TypeAlias

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When

from availability.intervals import Span
from bookings.models import Booking, Claim, Hold, LinkedEvent, MirroredSlot
from connections.busy import copy_of, event_uids
from connections.models import Event
from connections.providers import ICS
from practice.by_user import by_user
from practice.models import User

NOBODY = 0
_SLOT = ("uid", "staff", "slot__start", "slot__end", "removed", "copied")
_COPIED: dict[str, Any] = {
    "removed": Q(removed_at__isnull=False),
    "copied": Exists(Event.objects.filter(uid=OuterRef("uid"), calendar__connection__provider=ICS)),
}
"""Was an event of ours removed, and has a calendar by web address a copy of it?"""
_THERE = Q(removed=False) | Q(copied=True)
NO_CLAIMS = Q()
Moving: TypeAlias = Booking | Sequence[Booking] | None
"""The booking, or the bookings of a series, that get another time: their present one counts as free."""
ALWAYS: Span = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))


def own_spans(user: User, start: datetime, end: datetime, *, moving: Booking | None = None) -> dict[str, list[Span]]:
    """By UID of a pushed event: its time in [start, end) that does not block, because a booking takes it already.

    That is the span of the live booking and, until a change of the booking is pushed, the span that the event still has
    in the calendar. An event blocks nothing while its removal is on its way, nor while its booking is being moved
    (`moving`). An event pushed for another staff member blocks only them. The same holds for blocked slots. An event
    that was removed and is there again was put back by a person: it is an ordinary event and not in the answer. Nor is
    an event that no calendar of the user has between `start` and `end`.

    Of an event of ours in a calendar by web address nothing blocks at all, whatever became of the event since: such a
    copy may be hours old, and nobody puts an event there. Its key is that of `connections.busy.copy_of`.

    Where two accounts of the user share a calendar, a removed event blocks by the copy of the second account until that
    account is synced again, within SYNC_INTERVAL_SECONDS: only then it is known not to have been put back.
    """
    return dict(own_spans_by_user([user.pk], start, end, moving=moving)[user.pk])


def own_spans_by_user(
    users: Collection[int], start: datetime, end: datetime, *, moving: Moving = None
) -> dict[int, OwnSpansOfUser]:
    """By key of the user: what `own_spans` says of each, in two queries. The events of all are in each answer."""
    if not users:
        return {}
    uids = event_uids(users, start, end)
    linked = list(map(_Linked._make, _linked_events().filter(uid__in=uids).values_list(*_Linked._fields)))
    in_window = Exists(uids.filter(event__uid=OuterRef("uid")))  # few slots are mirrored, so each is looked for
    slots = list(MirroredSlot.objects.annotate(**_COPIED).filter(_THERE, in_window).order_by().values_list(*_SLOT))
    keys = {booking.pk for booking in moved(moving)}
    pushed = {one.uid: _Pushed(one.owner, _owners_spans(one, (start, end), keys)) for one in linked if not one.removed}
    pushed |= {
        uid: _Pushed(owner, [(begin, until)] if begin else [ALWAYS])
        for uid, owner, begin, until, removed, _copied in slots
        if not removed
    }
    copied = [one.uid for one in linked if one.copied] + [uid for uid, *_more, copied in slots if copied]
    pushed |= {copy_of(uid): _Pushed(NOBODY, [ALWAYS]) for uid in copied}
    return {user: OwnSpansOfUser(user, pushed) for user in users}


class _Linked(NamedTuple):
    """The columns of a linked event that say which time is its own. The last five: see `_linked_events`."""

    uid: str
    wanted: str
    owner: int
    booking: int
    booking__status: str
    booking__start: datetime
    booking__end: datetime
    unpushed: bool
    old_start: datetime | None
    old_end: datetime | None
    removed: bool
    copied: bool


def _linked_events() -> QuerySet[LinkedEvent]:
    """Linked events, with the time that they have in the calendar until a change of their booking is pushed.

    Of those that were removed only the ones that a calendar by web address has a copy of.
    """
    unpushed = ~Q(pushed_revision=F("booking__revision"))
    moved = unpushed | ~Q(agreed_start=F("booking__start"), agreed_end=F("booking__end"))
    old_start, old_end = (Case(When(moved, then=F(name))) for name in ("agreed_start", "agreed_end"))
    columns = {"owner": F("booking__staff"), "unpushed": unpushed, "old_start": old_start, "old_end": old_end}
    return LinkedEvent.objects.order_by().annotate(**columns, **_COPIED).filter(_THERE)


@dataclass(frozen=True, slots=True)
class _Pushed:
    """A pushed event: for whom, and which of its time does not block them; nobody else is blocked by any of it."""

    owner: int
    spans: list[Span]


@dataclass(frozen=True, slots=True)
class OwnSpansOfUser(Mapping[str, list[Span]]):
    """What the pushed events of many users mean to one of them: by UID, their time that does not block."""

    user: int
    pushed: Mapping[str, _Pushed]

    def __getitem__(self, uid: str) -> list[Span]:
        spans: list[Span] | None = self.get(uid)
        if spans is None:
            raise KeyError(uid)
        return spans

    def get(self, uid: str, default: Any = None) -> Any:
        """As that of each mapping, but quicker: most events of a calendar are not in it."""
        event = self.pushed.get(uid)
        if event is None:
            return default
        return (event.spans if event.owner == self.user else [ALWAYS]) or default

    def __iter__(self) -> Iterator[str]:
        return (uid for uid in self.pushed if uid in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _owners_spans(event: _Linked, window: Span, moving: Collection[int]) -> list[Span]:
    """The time of an event that does not block the one whose booking it is; none if all of that is elsewhere."""
    if event.wanted == LinkedEvent.Wanted.ABSENT or event.booking in moving:
        return [ALWAYS]
    wanted = (event.booking__start, event.booking__end)
    old = [(event.old_start, event.old_end)] if event.old_start and event.old_end else []
    if not any(start < window[1] and end > window[0] for start, end in (wanted, *old)):
        return []
    if event.booking__status not in Booking.LIVE:
        return [ALWAYS]
    return [wanted, *old] if event.unpushed else [wanted]


def moved(moving: Moving) -> Sequence[Booking]:
    """The bookings that are being moved."""
    if moving is None:
        return ()
    return [moving] if isinstance(moving, Booking) else moving


def own_claims(moving: Moving, hold: Hold | None) -> Q:
    """The claims that do not stand in the way of their own bookings, or of their own hold and its series."""
    if moving:
        return Q(pk__in=[booking.claim_id for booking in moved(moving)])
    if hold is None:
        return NO_CLAIMS
    return Q(pk__in=Hold.objects.group_of(hold).filter(claim__isnull=False).order_by().values("claim"))


def booked_spans(user: User, start: datetime, end: datetime, *, now: datetime, exclude: Q = NO_CLAIMS) -> list[Span]:
    """The time with buffers that claims active at `now` take in [start, end), without what `exclude` describes."""
    return booked_spans_by_user([user.pk], start, end, now=now, exclude=exclude)[user.pk]


def booked_spans_by_user(
    users: Collection[int], start: datetime, end: datetime, *, now: datetime, exclude: Q = NO_CLAIMS
) -> dict[int, list[Span]]:
    """By key of the user: what `booked_spans` says of each, in one query."""
    claims = Claim.objects.filter(staff__in=users).active(now).overlapping(start, end).without(exclude)
    rows = claims.order_by().values_list("staff", "start", "end")
    return by_user(users, ((user, (start, end)) for user, start, end in rows))
