"""Where a client may be named beside their own rows: sentences, copies of events, sessions, the queue, the admin."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Model, QuerySet
from django_q.models import OrmQ, Task

from availability.models import BlockedSlot, Closure
from bookings.models import Booking, BookingChange, Client, ClientChange, CoveredDay, Hold, LinkedEvent, Proposal, Seat
from bookings.push import event_content
from connections import ical
from connections.models import Event, Occurrence

MIN_LENGTH = 3  # of a name that is looked for in sentences; a shorter one would be found in other words


def words_of(client: Client) -> list[str]:
    """All names, addresses and numbers that the client has or had, the longest first."""
    had = ClientChange.objects.filter(client=client).values_list("before", "after")
    values = {value for pair in had for contact in pair for value in contact.values()}
    values |= {client.name, client.email, client.phone}
    values |= {typed for pair in Seat.objects.filter(client=client).values_list("email", "phone") for typed in pair}
    return sorted(filter(None, values), key=len, reverse=True)


def replace_in_sentences(words: Collection[str], instead: str) -> None:
    """Rewrite what Kalends or staff wrote into sentences about other rows."""
    pattern = _pattern(words)
    for model, fields in _SENTENCES:
        for row in model._base_manager.only(*fields).iterator():
            written = {field: pattern.sub(instead, getattr(row, field)) for field in fields}
            if any(value != getattr(row, field) for field, value in written.items()):
                model._base_manager.filter(pk=row.pk).update(**written)


_SENTENCES: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (Client, ("note",)),
    (Booking, ("note",)),
    (BookingChange, ("reason",)),
    (Seat, ("note",)),
    (Proposal, ("reason", "untitled_reason")),
    (CoveredDay, ("title",)),
    (BlockedSlot, ("note",)),
    (Closure, ("name",)),
    (LogEntry, ("object_repr", "change_message")),
)


def blank_events(placements: Iterable[LinkedEvent], now: datetime) -> None:
    """Make the copies of pushed events nameless, whichever account they were read from."""
    for placement in placements:
        draft = event_content.nameless(placement)
        rows = Event.objects.filter(uid=placement.uid)
        for row in rows.exclude(text=b""):
            rows.filter(pk=row.pk).update(text=ical.only_times(bytes(row.text), draft, now=now))
        rows.update(summary=draft.summary)
        Occurrence.objects.filter(event__in=rows).update(summary=draft.summary)


def blank_holds(words: Collection[str]) -> None:
    """Forget what was typed into forms that name the client and were never sent."""
    pattern = _pattern(words)
    typed = Hold.objects.filter(booking=None).values_list("pk", "typed")
    found = [pk for pk, values in typed if pattern.search(json.dumps(values, ensure_ascii=False))]
    Hold.objects.filter(pk__in=found).update(typed={})


def delete_sessions(words: Collection[str]) -> None:
    """Delete sessions in which somebody's browser was told of the client."""
    _delete_where(Session.objects.all(), words, Session.get_decoded)


def delete_tasks(words: Collection[str]) -> None:
    """Delete tasks, done or waiting, that name the client. The rows of bookings say what is still to be done."""
    _delete_where(Task.objects.all(), words, lambda task: [task.name, task.args, task.kwargs, task.result])
    _delete_where(OrmQ.objects.all(), words, lambda queued: queued.task)


def _delete_where(rows: QuerySet[Any], words: Collection[str], content: Callable[[Any], Any]) -> None:
    pattern = _pattern(words)
    found = [
        row.pk for row in rows.iterator() if pattern.search(json.dumps(content(row), default=str, ensure_ascii=False))
    ]
    rows.filter(pk__in=found).delete()


def _pattern(words: Collection[str]) -> re.Pattern[str]:
    """Finds these words where they stand alone; nothing if there are none that are long enough."""
    long_ones = [re.escape(word) for word in words if len(word) >= MIN_LENGTH]
    return re.compile(rf"(?<!\w)(?:{'|'.join(long_ones)})(?!\w)" if long_ones else r"(?!)", re.IGNORECASE)
