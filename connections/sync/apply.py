"""Writing what was read: one way, whether it came from a delta or from a complete listing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef, Q

from connections import ical, leases
from connections.dav import Resource
from connections.models import Calendar, CalendarConfiguration, Connection, Event, Occurrence
from connections.plan import BACKLOG_HOLDS_FRESHNESS, pending_pause, same_etag, window

MAX_EVENTS = 500  # in one transaction, so that nobody waits long for the write lock
UNNAMED = "?"  # the pending ETag of an event that was listed without one
T = TypeVar("T")


class ChoiceChanged(Exception):
    """The staff member chose calendars, rules or the zone anew meanwhile: what was read must be read again."""


@dataclass(frozen=True, slots=True)
class ReadContext:
    """How events of a calendar are read: the window in UTC, the staff member's zone, rules, own addresses.

    `chosen_at` is when the calendars were chosen last; before the first choice only times are kept.
    """

    window: ical.Span
    zone: ZoneInfo
    rules: ical.Rules
    addresses: frozenset[str]
    times_only: bool
    chosen_at: datetime | None = None

    @property
    def titles(self) -> bool:
        """Are titles stored?"""
        return self.chosen_at is not None and not self.times_only

    @classmethod
    def of(cls, calendar: Calendar, now: datetime) -> ReadContext:
        """The context for `calendar`, whose connection, user and configuration had better be loaded."""
        configuration = calendar.connection.user.calendar_configuration
        return cls(
            window=window(now, past_days=settings.SYNC_WINDOW_PAST_DAYS, horizon_days=settings.BOOKING_HORIZON_DAYS),
            zone=configuration.zone,
            rules=ical.Rules(all_day=calendar.all_day_rule, invitations_block=calendar.invitations_block),
            addresses=frozenset(calendar.connection.addresses),
            times_only=calendar.times_only,
            chosen_at=configuration.saved_at,
        )

    def expand(self, text: bytes) -> ical.Expansion:
        return ical.expand(text, window=self.window, zone=self.zone, rules=self.rules, addresses=self.addresses)

    def reduce(self, text: bytes) -> bytes:
        return ical.reduce(text, titles=self.titles, addresses=self.addresses)


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """An event as it was read. `pending_etag` is set where what was listed has another ETag than what came."""

    href: str
    etag: str
    text: bytes
    expansion: ical.Expansion
    pending_etag: str = ""
    reduced: bytes = b""
    own_mark: str = ""


def read_event(resource: Resource, listed_etag: str, context: ReadContext) -> ReadEvent:
    """Parse and expand one fetched resource.

    What came may be older than what was listed (iCloud's reads lag behind its writes) or newer; ETags have no order, so
    a difference leaves the event pending until both agree.
    """
    etag = resource.etag or listed_etag
    pending = "" if not listed_etag or same_etag(etag, listed_etag) else listed_etag
    data = resource.data
    mark = ical.own_mark(data, settings.BASE_URL)
    return ReadEvent(resource.href, etag, data, context.expand(data), pending, context.reduce(data), mark)


def write(
    calendar: Calendar,
    lease: str,
    events: Sequence[ReadEvent],
    missing: Mapping[str, str],
    context: ReadContext,
    now: datetime,
) -> int:
    """Store read events with their occurrences, and mark as pending what came as another version than was listed.

    How many were stored. `missing` (href -> listed ETag) could not be read: they are pending too, and what is known of
    them stays, as it does where what came says no time. One transaction; not more than 500 events. Raises LeaseLost and
    ChoiceChanged.
    """
    if not (events or missing):
        return 0
    with transaction.atomic():
        _hold(calendar, lease, context)
        worse = _known_better(calendar, [event.href for event in events if event.expansion.unread])
        pending = {event.href: event.pending_etag or event.etag for event in events if event.href in worse}
        events = [event for event in events if event.href not in worse]
        pending |= {**missing, **{event.href: event.pending_etag for event in events if event.pending_etag}}
        before = _pending_before(calendar, pending)
        if events:
            store(calendar, events, context)
            mark_reconcile(calendar)
        _mark_pending(calendar, pending, before, now)
    return len(events)


def _known_better(calendar: Calendar, unread: Collection[str]) -> set[str]:
    """Those of the hrefs of which times are known."""
    if not unread:
        return set()
    known = Event.objects.filter(calendar=calendar, href__in=unread)
    times = Exists(Occurrence.objects.filter(event=OuterRef("pk")))
    return set(known.filter(Q(endless=True) | times).values_list("href", flat=True))


def _hold(calendar: Calendar, lease: str, context: ReadContext) -> None:
    """Hold the connection's row in this transaction; raise unless it is still ours and the choices still stand."""
    leases.hold(Connection.objects.filter(pk=calendar.connection_id, lease_token=lease))
    stands = Calendar.objects.conflict_calendars().filter(
        pk=calendar.pk,
        all_day_rule=context.rules.all_day,
        invitations_block=context.rules.invitations_block,
        times_only=context.times_only,
        connection__user__calendar_configuration__time_zone=context.zone.key,
        connection__user__calendar_configuration__saved_at=context.chosen_at,
    )
    if not stands.exists():
        raise ChoiceChanged(calendar.pk)


def store(calendar: Calendar, events: Sequence[ReadEvent], context: ReadContext, *, whole: bool = False) -> None:
    """Insert or update rows of `events`, pending no longer, and replace their occurrences. In a transaction.

    `whole`: Kalends wrote these itself and keeps them whole.
    """
    own = _own_uids(calendar, [event.expansion.uid for event in events])
    rows = [_row(calendar, event, context, whole or event.expansion.uid in own) for event in events]
    keys = _upsert(rows)
    replace_occurrences({keys[event.href]: event.expansion for event in events}, calendar, context)


_PENDING_FIELDS = ["pending_etag", "pending_since", "pending_attempts", "pending_next_at"]
EVENT_KEY = ("calendar_id", "href")
EVENT_COLUMNS = (
    *EVENT_KEY,
    *("etag", "uid", "summary", "text", "whole", "recurring", "endless", "problem", "own_mark"),
    *_PENDING_FIELDS,
)
_MAX_UID_LENGTH = 700


def _upsert(rows: Sequence[tuple[Any, ...]]) -> dict[str, int]:
    """Insert or update events with the values of `EVENT_COLUMNS`; their keys by href.

    One statement, which SQLite and PostgreSQL understand. `bulk_create` takes five times as long: for each of thousands
    of events it makes a model and asks each of its fields, and it sends 66 of them at once to SQLite.
    """
    quote = connection.ops.quote_name
    updated = ", ".join(f"{quote(name)} = EXCLUDED.{quote(name)}" for name in EVENT_COLUMNS if name not in EVENT_KEY)
    key = ", ".join(map(quote, EVENT_KEY))
    conflict = f"ON CONFLICT ({key}) DO UPDATE SET {updated} RETURNING {quote('href')}, {quote('id')}"
    with connection.cursor() as cursor:
        values = [value for row in rows for value in row]
        cursor.execute(f"{_insert(Event, EVENT_COLUMNS, len(rows))} {conflict}", values)
        return dict(cursor.fetchall())


def _row(calendar: Calendar, event: ReadEvent, context: ReadContext, own: bool) -> tuple[Any, ...]:
    """The values of `EVENT_COLUMNS`."""
    expansion = event.expansion
    return (
        calendar.pk,
        event.href,
        event.etag,
        _storable(expansion.uid)[:_MAX_UID_LENGTH],
        _storable(expansion.summary) if context.titles else "",
        _TEXT.get_db_prep_value(event.text if own else event.reduced, connection),
        own,
        expansion.recurring,
        expansion.endless,
        expansion.problem,
        event.own_mark,
        *_NOT_PENDING,
    )


_NOT_PENDING = ("", None, 0, None)
_TEXT = Event._meta.get_field("text")


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL in a text."""
    return text.replace("\x00", "")


def _own_uids(calendar: Calendar, uids: Collection[str]) -> set[str]:
    """Those of `uids` that Kalends wrote itself: they are kept whole, so that they can be patched."""
    events = Event.objects.filter(calendar__connection=calendar.connection_id, whole=True, uid__in=uids)
    return set(events.values_list("uid", flat=True))


def replace_occurrences(expansions: Mapping[int, ical.Expansion], calendar: Calendar, context: ReadContext) -> None:
    """Replace the occurrences of the events with these keys. Inside a transaction."""
    Occurrence.objects.filter(event__in=expansions).delete()
    rows = [
        _occurrence(pk, calendar, instance, context)
        for pk, expansion in expansions.items()
        for instance in expansion.instances
    ]
    if rows:  # `bulk_create` takes three times as long, and a calendar has many of these
        with connection.cursor() as cursor:
            cursor.executemany(_insert(Occurrence, COLUMNS), rows)


COLUMNS = (
    *("event_id", "calendar_id", "start", "end", "blocks", "reason", "all_day", "free_marked", "summary"),
    "recurrence_id",
)


def _insert(model: type[Model], columns: Sequence[str], rows: int = 1) -> str:
    """The statement that inserts so many rows. Only names of the model stand in it; every value is a parameter."""
    quote = connection.ops.quote_name
    names, marks = ", ".join(map(quote, columns)), ", ".join(["%s"] * len(columns))
    values = ", ".join([f"({marks})"] * rows)
    return f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES {values}"  # noqa: S608 - names only


def _occurrence(event_id: int, calendar: Calendar, instance: ical.Instance, context: ReadContext) -> tuple[Any, ...]:
    """The values of `COLUMNS`."""
    moment = connection.ops.adapt_datetimefield_value
    return (
        event_id,
        calendar.pk,
        moment(instance.start),
        moment(instance.end),
        instance.blocks,
        instance.reason,
        instance.all_day,
        instance.free_marked,
        _storable(instance.summary) if context.titles else "",
        instance.recurrence_id,
    )


def _pending_before(calendar: Calendar, hrefs: Collection[str]) -> dict[str, tuple[datetime | None, int]]:
    """Since when those of `hrefs` are pending that were so already, and how often they were asked for in vain."""
    if not hrefs:
        return {}
    rows = Event.objects.pending().filter(calendar=calendar, href__in=list(hrefs))
    return {row.href: (row.pending_since, row.pending_attempts) for row in rows.defer("text")}


def _mark_pending(
    calendar: Calendar, pending: Mapping[str, str], before: Mapping[str, tuple[datetime | None, int]], now: datetime
) -> None:
    """Remember listed events whose listed version could not be read; what is known of them stays."""
    rows = []
    for href, etag in pending.items():
        since, attempts = before.get(href, (now, -1))
        attempts += 1
        row = Event(
            calendar=calendar, href=href, pending_etag=etag or UNNAMED, pending_since=since, pending_attempts=attempts
        )
        row.pending_next_at = now + pending_pause(attempts)
        rows.append(row)
    Event.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["calendar", "href"], update_fields=_PENDING_FIELDS
    )


def finish(
    calendar: Calendar, lease: str, removed: Collection[str], values: Mapping[str, Any], context: ReadContext
) -> None:
    """Remove what is gone and store how far the calendar was read. Raises LeaseLost and ChoiceChanged.

    More than 500 removals take several transactions; the last one stores `values`.
    """
    *earlier, last = list(in_batches(sorted(removed), MAX_EVENTS)) or [[]]
    for hrefs in earlier:
        with transaction.atomic():
            _remove(calendar, lease, hrefs, context)
    with transaction.atomic():
        _remove(calendar, lease, last, context)
        Calendar.objects.filter(pk=calendar.pk).update(**values)


def _remove(calendar: Calendar, lease: str, hrefs: Sequence[str], context: ReadContext) -> None:
    _hold(calendar, lease, context)
    if hrefs:
        remove_events(calendar, hrefs)
        mark_reconcile(calendar)


def remove_events(calendar: Calendar, hrefs: Collection[str]) -> None:
    """Delete the rows of these events with their occurrences, also of those that another process is writing.

    The rows are locked first. Django deletes the occurrences that it has listed, and one that was written between its
    list and the end would name an event that is gone.
    """
    with transaction.atomic():
        gone = Event.objects.filter(calendar=calendar, href__in=hrefs).order_by("pk")
        locked = list(gone.select_for_update().values_list("pk", flat=True))
        Event.objects.filter(pk__in=locked).only("pk").delete()


def in_batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    for first in range(0, len(items), size):
        yield items[first : first + size]


def has_recent_backlog(calendar: Calendar, now: datetime) -> bool:
    """Has an event of it been pending for less than 24 hours? So long the calendar is not fresh."""
    return Event.objects.pending().filter(calendar=calendar, pending_since__gt=now - BACKLOG_HOLDS_FRESHNESS).exists()


def mark_fresh(calendar: Calendar, known_at: datetime, now: datetime) -> None:
    """Everything that was listed is known as of `known_at`, unless an event is pending."""
    if not has_recent_backlog(calendar, now):
        Calendar.objects.filter(pk=calendar.pk, error_code="").exclude(read_at=None).update(fresh_at=known_at)


def mark_reconcile(calendar: Calendar) -> None:
    """Say in this transaction that bookings must be compared with the calendars again."""
    CalendarConfiguration.objects.filter(user=calendar.connection.user_id).want_reconciling()
