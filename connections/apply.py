"""Writing what was read: one way, whether it came from a delta or from a complete listing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from connections import ical, leases
from connections.dav import Resource
from connections.models import Calendar, CalendarConfiguration, Event, Occurrence
from connections.plan import FIRST_PAUSE, owed_pause, window

MOST_EVENTS = 500  # in one transaction, so that nobody waits long for the write lock


@dataclass(frozen=True, slots=True)
class Lens:
    """How events of a calendar are read: the window in UTC, the staff member's zone, rules, own addresses."""

    window: ical.Span
    zone: ZoneInfo
    rules: ical.Rules
    addresses: frozenset[str]
    titles: bool

    @classmethod
    def of(cls, calendar: Calendar, zone: ZoneInfo, now: datetime) -> Lens:
        """The lens for `calendar`, whose connection is loaded."""
        return cls(
            window=window(now, past_days=settings.SYNC_WINDOW_PAST_DAYS, horizon_days=settings.BOOKING_HORIZON_DAYS),
            zone=zone,
            rules=ical.Rules(all_day=calendar.all_day_rule, invitations_block=calendar.invitations_block),
            addresses=frozenset(calendar.connection.addresses),
            titles=not calendar.times_only,
        )

    def expand(self, text: bytes) -> ical.Expansion:
        return ical.expand(text, window=self.window, zone=self.zone, rules=self.rules, addresses=self.addresses)


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """An event as it was read. `owed_etag` is set where what was listed has another ETag than what came."""

    href: str
    etag: str
    text: bytes
    expansion: ical.Expansion
    owed_etag: str = ""


def read(resource: Resource, listed_etag: str, lens: Lens) -> ReadEvent:
    """Parse and expand one fetched resource.

    What came may be older than what was listed (iCloud's reads lag behind its writes) or newer; ETags have no order, so
    a difference leaves the event owed until both agree.
    """
    owed = listed_etag if resource.etag and listed_etag and resource.etag != listed_etag else ""
    return ReadEvent(resource.href, resource.etag or listed_etag, resource.data, lens.expand(resource.data), owed)


def write(calendar: Calendar, lease: str, events: Sequence[ReadEvent], lens: Lens, now: datetime) -> None:
    """Store read events with their occurrences, in transactions of at most 500. Raises LeaseLost."""
    for first in range(0, len(events), MOST_EVENTS):
        batch = events[first : first + MOST_EVENTS]
        with transaction.atomic():
            leases.check(calendar.connection_id, lease)
            store(calendar, batch, lens, now)
            mark_reconcile(calendar)


def store(calendar: Calendar, events: Sequence[ReadEvent], lens: Lens, now: datetime, *, whole: bool = False) -> None:
    """Insert or update rows of `events` and replace their occurrences. Inside a transaction.

    `whole`: Kalends wrote these itself and keeps them whole.
    """
    own = _own_uids(calendar, [event.expansion.uid for event in events])
    rows = Event.objects.bulk_create(
        [_row(calendar, event, lens, whole or event.expansion.uid in own, now) for event in events],
        update_conflicts=True,
        unique_fields=["calendar", "href"],
        update_fields=_EVENT_FIELDS,
    )
    replace_occurrences({row.pk: event.expansion for row, event in zip(rows, events, strict=True)}, calendar, lens)


_EVENT_FIELDS = [
    "etag",
    "uid",
    "summary",
    "text",
    "whole",
    "recurring",
    "endless",
    "problem",
    "owed_etag",
    "owed_since",
    "owed_attempts",
    "owed_next_at",
]


def _row(calendar: Calendar, event: ReadEvent, lens: Lens, own: bool, now: datetime) -> Event:
    expansion = event.expansion
    return Event(
        calendar=calendar,
        href=event.href,
        etag=event.etag,
        uid=expansion.uid,
        summary=expansion.summary if lens.titles else "",
        text=event.text if own else ical.reduce(event.text, titles=lens.titles, addresses=lens.addresses),
        whole=own,
        recurring=expansion.recurring,
        endless=expansion.endless,
        problem=expansion.problem,
        owed_etag=event.owed_etag,
        owed_since=now if event.owed_etag else None,
        owed_next_at=now + FIRST_PAUSE if event.owed_etag else None,
    )


def _own_uids(calendar: Calendar, uids: Collection[str]) -> set[str]:
    """Those of `uids` that Kalends wrote itself: they are kept whole, so that they can be patched."""
    events = Event.objects.filter(calendar__connection=calendar.connection_id, whole=True, uid__in=uids)
    return set(events.values_list("uid", flat=True))


def replace_occurrences(expansions: Mapping[int, ical.Expansion], calendar: Calendar, lens: Lens) -> None:
    """Replace the occurrences of the events with these keys. Inside a transaction."""
    Occurrence.objects.filter(event__in=expansions).delete()
    Occurrence.objects.bulk_create(
        (
            _occurrence(pk, calendar, instance, lens)
            for pk, expansion in expansions.items()
            for instance in expansion.instances
        ),
        batch_size=1000,
    )


def _occurrence(event_id: int, calendar: Calendar, instance: ical.Instance, lens: Lens) -> Occurrence:
    return Occurrence(
        event_id=event_id,
        calendar=calendar,
        start=instance.start,
        end=instance.end,
        blocks=instance.blocks,
        reason=instance.reason,
        all_day=instance.all_day,
        free_marked=instance.free_marked,
        summary=instance.summary if lens.titles else "",
        recurrence_id=instance.recurrence_id,
    )


def owe(calendar: Calendar, lease: str, listed: Mapping[str, str], now: datetime) -> None:
    """Remember listed events that could not be read; what is known of them stays. Raises LeaseLost."""
    if not listed:
        return
    with transaction.atomic():
        leases.check(calendar.connection_id, lease)
        rows = {row.href: row for row in Event.objects.filter(calendar=calendar, href__in=listed)}
        for href, etag in listed.items():
            row = rows.get(href) or Event(calendar=calendar, href=href)
            row.owed_attempts = row.owed_attempts + 1 if row.owed_etag else 0
            row.owed_etag = etag or "?"
            row.owed_since = row.owed_since or now
            row.owed_next_at = now + owed_pause(row.owed_attempts)
            row.save()


def settle(calendar: Calendar, lease: str, href: str) -> None:
    """The event is as it was read: nothing is owed any more. Raises LeaseLost."""
    with transaction.atomic():
        leases.check(calendar.connection_id, lease)
        Event.objects.filter(calendar=calendar, href=href).update(
            owed_etag="", owed_since=None, owed_attempts=0, owed_next_at=None
        )


def finish(calendar: Calendar, lease: str, removed: Collection[str], values: Mapping[str, Any]) -> None:
    """Remove what is gone and store how far the calendar was read, in one transaction. Raises LeaseLost."""
    with transaction.atomic():
        leases.check(calendar.connection_id, lease)
        if removed:
            Event.objects.filter(calendar=calendar, href__in=list(removed)).delete()
            mark_reconcile(calendar)
        Calendar.objects.filter(pk=calendar.pk).update(**values)


def mark_reconcile(calendar: Calendar) -> None:
    """Say in this transaction that bookings must be held against the calendars again."""
    CalendarConfiguration.objects.filter(user=calendar.connection.user_id).update(reconcile_due=True)
