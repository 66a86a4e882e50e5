"""Expanding stored events again, with no network: when the window moves on, or a rule or the zone changes."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from django.db import transaction
from django.db.models import QuerySet

from connections import guard, ical
from connections.models import Calendar, Connection, Event, Occurrence
from connections.plan import READ_INTERRUPTED
from connections.sync.apply import MAX_EVENTS, ReadContext, mark_reconcile, replace_occurrences
from practice.models import User

_Told = tuple[datetime, datetime, bool, str]
MARGIN = timedelta(days=7)  # at the end of the window, which moves on by a task of its own


@dataclass(frozen=True, slots=True)
class Redone:
    """An event that was expanded anew from the version with this ETag; `text` is what is kept of it from now on."""

    row: Event
    expansion: ical.Expansion
    text: bytes


@dataclass(frozen=True, slots=True)
class Moved:
    """How many events were expanded, and after which calendar and event to go on (their keys); None if all are done."""

    events: int
    rest: tuple[int, int] | None


def move_window(now: datetime, *, after: tuple[int, int] = (0, 0), seconds: float = math.inf) -> Moved:
    """Expand events that go on past the window and drop occurrences that fell out of it.

    Stops after so many `seconds`: events may be expensive, and other tasks wait.
    """
    until, count = time.monotonic() + seconds, 0
    for calendar in _selected().filter(pk__gte=after[0]).order_by("pk"):
        with guard.isolate_failure(f"moving the window of calendar {calendar.pk}"):
            last = after[1] if calendar.pk == after[0] else 0
            done = _expand(calendar, calendar.events.filter(endless=True, pk__gt=last), now, until=until)
            count += done.events
            if done.rest:
                return Moved(count, done.rest)
            start = ReadContext.of(calendar, now).window[0]
            Occurrence.objects.filter(calendar=calendar, end__lt=start).delete()
        if time.monotonic() > until:
            return Moved(count, (calendar.pk + 1, 0))
    return Moved(count, None)


def expand_calendar(calendar: Calendar, now: datetime) -> int:
    """Expand all stored events of a calendar, after its rules changed; how many.

    With *times only* the titles go at once. Without it again, they come with the next sync, which compares everything.
    """
    calendar = _selected(is_conflict_calendar=calendar.is_conflict_calendar).get(pk=calendar.pk)
    _wait_for_writers(calendar)
    count = _expand(calendar, calendar.events.all(), now).events
    if not calendar.times_only and _ask_for_titles(calendar):
        Calendar.objects.filter(pk=calendar.pk).update(compared_at=None)
    return count


def expand_user(user_id: int, now: datetime) -> int:
    """Expand all stored events of a staff member, after the zone changed; how many."""
    return sum(expand_calendar(calendar, now) for calendar in _selected().filter(connection__user=user_id))


def read_titles(user: User) -> None:
    """Let the next sync read the user's calendars once more in full, now that titles may be stored."""
    calendars = Calendar.objects.conflict_calendars().of(user).filter(times_only=False).exclude(read_at=None)
    Event.objects.filter(calendar__in=calendars, whole=False).exclude(etag="").update(etag="")
    calendars.update(compared_at=None)


def find_inconsistent(calendar: Calendar, now: datetime, *, seconds: float = math.inf) -> list[str]:
    """Hrefs of stored events whose occurrences from `now` on are not those that their text says. Writes nothing.

    After so many `seconds` no more are looked at.
    """
    until = time.monotonic() + seconds
    calendar = _selected(is_conflict_calendar=calendar.is_conflict_calendar).get(pk=calendar.pk)
    context = ReadContext.of(calendar, now)
    keys = list(calendar.events.exclude(text=b"").order_by("href").values_list("pk", flat=True))
    found: list[str] = []
    for first in range(0, len(keys), MAX_EVENTS):
        suspects = {row.pk for row in _differing(keys[first : first + MAX_EVENTS], context, now, until)}
        found += [
            row.href for row in _differing(list(suspects), context, now, until)
        ]  # a sync may just have been writing
    return sorted(found)


def repair_inconsistent(calendar: Calendar, now: datetime, *, seconds: float) -> int:
    """Expand anew what `find_inconsistent` finds in so many `seconds`; how many events."""
    hrefs = find_inconsistent(calendar, now, seconds=seconds)
    if not hrefs:
        return 0
    calendar = _selected(is_conflict_calendar=calendar.is_conflict_calendar).get(pk=calendar.pk)
    until = time.monotonic() + seconds
    return _expand(calendar, calendar.events.filter(href__in=hrefs), now, until=until).events


def _differing(keys: Sequence[int], context: ReadContext, now: datetime, until: float) -> Iterator[Event]:
    span = now, context.window[1] - MARGIN
    stored: dict[int, list[_Told]] = defaultdict(list)
    rows = Occurrence.objects.filter(event__in=keys, end__gt=span[0], start__lt=span[1])
    for pk, *told in rows.values_list("event", "start", "end", "blocks", "reason"):
        stored[pk].append(_clipped(cast("_Told", tuple(told)), span))
    for row in Event.objects.filter(pk__in=keys):
        if time.monotonic() > until:
            return
        said = (one for one in context.expand(bytes(row.text)).instances if one.end > span[0] and one.start < span[1])
        expected = [_clipped((one.start, one.end, one.blocks, one.reason), span) for one in said]
        if sorted(expected) != sorted(stored[row.pk]):
            yield row


def _clipped(told: _Told, span: ical.Span) -> _Told:
    """What blocks a whole window ends with it, and that moves on."""
    return (max(told[0], span[0]), min(told[1], span[1]), *told[2:])


def _selected(*, is_conflict_calendar: bool = True) -> QuerySet[Calendar]:
    rows = Calendar.objects.filter(is_conflict_calendar=is_conflict_calendar)
    return rows.select_related("connection__user__calendar_configuration")


def _wait_for_writers(calendar: Calendar) -> None:
    """Let a sync that is just storing events by the old rules finish; one that stores later sees the new ones."""
    with transaction.atomic():
        Connection.objects.select_for_update().filter(pk=calendar.connection_id).values_list("pk", flat=True).first()


def _expand(calendar: Calendar, events: QuerySet[Event], now: datetime, *, until: float = math.inf) -> Moved:
    """Expand events in the order of their keys, at least one, until that `time.monotonic()` instant."""
    context, count = ReadContext.of(calendar, now), 0
    keys = list(events.exclude(text=b"").order_by("pk").values_list("pk", flat=True))
    for first in range(0, len(keys), MAX_EVENTS):
        redone: list[Redone] = []
        for row in Event.objects.filter(pk__in=keys[first : first + MAX_EVENTS]).order_by("pk"):
            redone.append(_redo(row, context))
            if time.monotonic() > until:
                break
        _replace(calendar, redone, context)
        count += len(redone)
        if redone and redone[-1].row.pk < keys[-1] and time.monotonic() > until:
            return Moved(count, (calendar.pk, redone[-1].row.pk))
    return Moved(count, None)


def _redo(row: Event, context: ReadContext) -> Redone:
    """Expand outside any transaction: that may take its time."""
    text = bytes(row.text)
    expansion = context.expand(text)
    return Redone(row, expansion, text if row.whole or context.titles else context.reduce(text))


def _replace(calendar: Calendar, redone: Sequence[Redone], context: ReadContext) -> None:
    with transaction.atomic():
        # What a sync has replaced meanwhile it has expanded itself.
        rows = Event.objects.select_for_update().filter(pk__in=[one.row.pk for one in redone])
        now_there = dict(rows.values_list("pk", "etag"))
        still = [one for one in redone if now_there.get(one.row.pk) == one.row.etag]
        replace_occurrences({one.row.pk: one.expansion for one in still}, calendar, context)
        mark_reconcile(calendar)  # what blocks now may lie over a booking
        changed = [one.row for one in still if _update(one, titles=context.titles)]
        Event.objects.bulk_update(changed, ["endless", "problem", "summary", "text"], batch_size=100)


def _update(one: Redone, *, titles: bool) -> bool:
    """Let the row say what the new expansion says; does that change it?"""
    row, expansion = one.row, one.expansion
    before = (row.endless, row.problem, row.summary, bytes(row.text))
    row.endless, row.text = expansion.endless, one.text
    if row.problem != READ_INTERRUPTED:  # which is about a version that is not stored
        row.problem = expansion.problem
    if not titles:
        row.summary = ""
    return before != (row.endless, row.problem, row.summary, one.text)


def _ask_for_titles(calendar: Calendar) -> int:
    """Forget the ETags of foreign events that were stored without a title, so that they are read again; how many."""
    texts = calendar.events.filter(whole=False, summary="").exclude(text=b"").values_list("pk", "text")
    untitled = [pk for pk, text in texts if b"SUMMARY" not in bytes(text)]
    for first in range(0, len(untitled), MAX_EVENTS):
        Event.objects.filter(pk__in=untitled[first : first + MAX_EVENTS]).update(etag="")
    return len(untitled)
