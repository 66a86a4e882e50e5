"""Expanding stored events again, with no network: when the window moves on, or a rule or the zone changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.db.models import QuerySet

from connections.apply import MOST_EVENTS, Lens, replace_occurrences
from connections.models import Calendar, Event, Occurrence


def move_window(now: datetime) -> int:
    """Expand events that go on past the window and drop occurrences that fell out of it; how many were expanded."""
    count = 0
    for calendar in _selected():
        count += _expand(calendar, calendar.events.filter(endless=True), now)
        start = Lens.of(calendar, calendar.connection.user.calendar_configuration.zone, now).window[0]
        Occurrence.objects.filter(calendar=calendar, end__lt=start).delete()
    return count


def expand_calendar(calendar: Calendar, now: datetime) -> int:
    """Expand all stored events of a calendar, after its rules changed; how many."""
    return _expand(calendar, calendar.events.all(), now)


def expand_user(user_id: int, now: datetime) -> int:
    """Expand all stored events of a staff member, after the zone changed; how many."""
    return sum(expand_calendar(calendar, now) for calendar in _selected().filter(connection__user=user_id))


def _selected() -> QuerySet[Calendar]:
    return Calendar.objects.selected().select_related("connection__user__calendar_configuration")


def _expand(calendar: Calendar, events: QuerySet[Event], now: datetime) -> int:
    lens = Lens.of(calendar, calendar.connection.user.calendar_configuration.zone, now)
    count = 0
    for batch in _batches(events.exclude(text=b"").order_by("pk").iterator(MOST_EVENTS)):
        with transaction.atomic():
            # Read again under the write lock: a sync may have replaced an event since it was listed.
            rows = Event.objects.select_for_update().filter(pk__in=[event.pk for event in batch])
            replace_occurrences({row.pk: lens.expand(bytes(row.text)) for row in rows}, calendar, lens)
        count += len(batch)
    return count


def _batches(events: Iterable[Event]) -> Iterator[list[Event]]:
    events = iter(events)
    while batch := list(islice(events, MOST_EVENTS)):
        yield batch
