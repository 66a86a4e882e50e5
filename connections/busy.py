"""When a staff member is busy by their calendars, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import F, QuerySet

from connections.models import Calendar, Event, Occurrence
from connections.providers import ICS, provider_words
from practice.models import User

Span = tuple[datetime, datetime]
OwnSpans = Mapping[str, Sequence[Span]]
OWN_BOOKING = "own_booking"
AWAY = "away"
"""No event: staff said that the person is away then."""


@dataclass(frozen=True, slots=True)
class Busy:
    """One occurrence: [start, end) in UTC, unclipped, travel time included. `blocking` is what of it blocks."""

    start: datetime
    end: datetime
    blocks: bool
    reason: str
    all_day: bool
    summary: str
    uid: str
    recurrence_id: str | None
    calendar: str
    calendar_name: str
    provider: str
    color: str
    blocking: tuple[Span, ...]
    calendar_id: int | None = None
    is_feed: bool = False  # read from a web address


def copy_of(uid: str) -> str:
    """The key in `own_spans` of the event with this UID as a calendar by web address has it."""
    return f"\0{uid}"


def busy(user: User, start: datetime, end: datetime, *, own_spans: OwnSpans | None = None) -> list[Busy]:
    """Occurrences in the user's selected calendars that overlap [start, end), sorted by start.

    `own_spans` names, by UID, the spans that Kalends itself answers for: an event that the caller pushed does not block
    them. What a calendar by web address has of it is named by `copy_of`, because it may be hours old. One UID seen
    through two connections is shown once.
    """
    own_spans = own_spans or {}
    rows = (
        _in_conflict_calendars([user.pk])
        .filter(start__lt=end, end__gte=start)
        .annotate(**_RELATED)
        .order_by("start", "end", "pk")
        .values_list(*_OWN_COLUMNS, *_RELATED, named=True)  # there may be hundreds, each of three models
    )
    touching = (row for row in rows if row.end > start or row.start == row.end)
    named = cache(_provider_name)
    return _once(_busy(row, named(row.provider, row.url), _own(own_spans, row.uid, row.provider)) for row in touching)


_OWN_COLUMNS = ("start", "end", "blocks", "reason", "all_day", "summary", "recurrence_id", "calendar_id")
_RELATED = {
    "uid": F("event__uid"),
    "path": F("calendar__path"),
    "calendar_name": F("calendar__name"),
    "color": F("calendar__color"),
    "provider": F("calendar__connection__provider"),
    "url": F("calendar__connection__url"),
}


def _provider_name(slug: str, url: str) -> str:
    return str(provider_words(slug, url).name)


def blocking(user: User, start: datetime, end: datetime, *, own_spans: OwnSpans | None = None) -> list[Span]:
    """Only the time in which `busy` blocks, unsorted and perhaps twice: all that the search for openings wants."""
    return blocking_by_user([user.pk], start, end, own_spans={user.pk: own_spans or {}})[user.pk]


def blocking_by_user(
    users: Collection[int], start: datetime, end: datetime, *, own_spans: Mapping[int, OwnSpans] | None = None
) -> dict[int, list[Span]]:
    """By key of the user: what `blocking` says of each, in one query; `own_spans` are by key of the user too."""
    own_spans = own_spans or {}
    rows = _in_conflict_calendars(users).filter(blocks=True, start__lt=end, end__gt=start)
    found: dict[int, list[Span]] = {user: [] for user in users}
    columns = "calendar__connection__user", "start", "end", "event__uid", "calendar__connection__provider"
    own = {user: own_spans.get(user, {}) for user in users}
    for user, begin, until, uid, provider in rows.order_by().values_list(*columns):
        found[user] += _outside((begin, until), _own(own[user], uid, provider))
    return found


def _own(own_spans: OwnSpans, uid: str, provider: str) -> Sequence[Span]:
    """The spans that do not block of the event with this UID in a calendar of this provider."""
    return own_spans.get(copy_of(uid) if provider == ICS else uid, ())


def event_uids(users: Collection[int], start: datetime, end: datetime) -> QuerySet[Occurrence, str]:
    """UIDs of the events that any calendar of these users has in [start, end); to be used as a subquery."""
    rows = Occurrence.objects.filter(calendar__connection__user__in=users, start__lt=end, end__gte=start)
    return rows.order_by().values_list("event__uid", flat=True)


def _in_conflict_calendars(users: Collection[int]) -> QuerySet[Occurrence]:
    return Occurrence.objects.filter(calendar__connection__user__in=users, calendar__is_conflict_calendar=True)


def _busy(row: Any, provider: str, own_spans: Sequence[Span]) -> Busy:
    blocking = tuple(_outside((row.start, row.end), own_spans)) if row.blocks else ()
    own = row.blocks and row.end > row.start and not blocking
    return Busy(
        start=row.start,
        end=row.end,
        blocks=row.blocks and not own,
        reason=OWN_BOOKING if own else row.reason,
        all_day=row.all_day,
        summary=row.summary,
        uid=row.uid,
        recurrence_id=row.recurrence_id or None,
        calendar=row.path,
        calendar_name=row.calendar_name,
        provider=provider,
        color=row.color,
        blocking=blocking,
        calendar_id=row.calendar_id,
        is_feed=row.provider == ICS,
    )


def _outside(span: Span, own_spans: Sequence[Span]) -> list[Span]:
    """What of `span` lies outside `own_spans`, in order."""
    start, end = span
    if not own_spans:
        return [span] if start < end else []
    left = []
    for held_start, held_end in sorted(own_spans):
        if held_end <= start or held_start >= end:
            continue
        if held_start > start:
            left.append((start, held_start))
        start = max(start, held_end)
    if start < end:
        left.append((start, end))
    return left


def _once(rows: Iterable[Busy]) -> list[Busy]:
    """Drop an instance already seen: same UID, slot and time. What blocks wins over what does not."""
    seen: dict[tuple[str, str | None, datetime, datetime], Busy] = {}
    for number, row in enumerate(rows):
        key = (row.uid or f"#{number}", row.recurrence_id, row.start, row.end)
        if key not in seen or (row.blocks and not seen[key].blocks):
            seen[key] = row
    return list(seen.values())


def two_way_events(user: User, uids: Iterable[str]) -> list[Event]:
    """Events with these UIDs where an event of ours can stand: in any calendar of the user's accounts, loaded with it.

    A calendar by web address may be a published copy of the linked calendar, so it has the same UIDs. What it says is
    not what a person did with the event.
    """
    calendars = Calendar.objects.of(user).two_way()
    events = Event.objects.filter(calendar__in=calendars, uid__in=list(uids))
    return list(events.select_related("calendar__connection"))
