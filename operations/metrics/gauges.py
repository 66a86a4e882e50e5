"""What the database says when somebody asks: each group of gauges is one query, however many rows there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, DateTimeField, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django_q.models import Schedule

from bookings.models import BookingChange, LinkedEvent, Mail, MirroredSlot, Placement
from connections.models import Calendar, Connection
from connections.status.health import count_by_health
from operations.models import Heartbeat


@dataclass(frozen=True, slots=True)
class Gauge:
    """One gauge with its values by the values of its labels."""

    name: str
    help: str
    labels: tuple[str, ...] = ()
    values: dict[tuple[str, ...], float] = field(default_factory=dict)


def read_gauges(now: datetime) -> Iterator[Gauge]:
    """All gauges at `now` (aware). Ages are in seconds and never negative; an age is left out where nothing waits."""
    yield Gauge(
        "kalends_connections",
        "Connections by provider and health.",
        ("provider", "health"),
        {key: float(count) for key, count in count_by_health(now).items()},
    )
    yield from _freshness(now)
    yield from _outbox(now)
    yield from _mails(now)
    yield from _workers(now)


def _freshness(now: datetime) -> Iterator[Gauge]:
    """Without calendars by web address: each has an interval of its own, and nobody here can mend one."""
    calendars = Calendar.objects.conflict_calendars().two_way().present().filter(connection__user__is_active=True)
    found = calendars.aggregate(oldest=Min("fresh_at"), never=Count("pk", filter=Q(fresh_at=None)))
    yield _age("kalends_freshness_oldest_seconds", "Age of the calendar that was checked longest ago.", found, now)
    yield _count("kalends_calendars_never_read", "Calendars that block and were never read.", found["never"])
    late = Connection.objects.due(now).aggregate(oldest=Min("next_sync_at"), count=Count("pk"))
    yield _count("kalends_polls_due", "Connections that are due to be polled.", late["count"])
    yield _age("kalends_poll_late_seconds", "How late the poll is that has been due longest.", late, now)


def _outbox(now: datetime) -> Iterator[Gauge]:
    """Since when an event waits: since it was made, or since the last change of its booking."""
    changed = BookingChange.objects.filter(booking=OuterRef("booking")).order_by().values("booking")
    last = Subquery(changed.annotate(last=Max("at")).values("last"), output_field=DateTimeField())
    events = LinkedEvent.objects.unsettled().annotate(since=Greatest("created_at", Coalesce(last, F("created_at"))))
    slots = MirroredSlot.objects.unsettled().annotate(since=F("created_at"))
    counts: dict[tuple[str, ...], float] = {
        (state.value,): 0.0 for state in Placement.State if state != Placement.State.PUSHED
    }
    ages: dict[tuple[str, ...], float] = {}
    for state, count, oldest in [*_by_state(events), *_by_state(slots)]:
        counts[(state,)] = counts.get((state,), 0) + count
        ages[(state,)] = max(ages.get((state,), 0), _seconds(oldest, now))
    yield Gauge("kalends_outbox_events", "Events to be pushed, by state.", ("state",), counts)
    yield Gauge("kalends_outbox_oldest_seconds", "How long the event waits that waits longest.", ("state",), ages)


def _by_state(placements: QuerySet[LinkedEvent] | QuerySet[MirroredSlot]) -> Iterable[tuple[str, int, datetime]]:
    grouped = placements.order_by().values("state").annotate(count=Count("pk"), oldest=Min("since"))
    return grouped.values_list("state", "count", "oldest")


def _mails(now: datetime) -> Iterator[Gauge]:
    due = Mail.objects.filter(state=Mail.State.DUE, due_at__lte=now).exclude(recipient="")
    found = due.aggregate(oldest=Min("due_at"), count=Count("pk"))
    yield _count("kalends_mails_due", "E-mails that are due and not sent.", found["count"])
    yield _age("kalends_mails_oldest_seconds", "How late the e-mail is that has been due longest.", found, now)


def _workers(now: datetime) -> Iterator[Gauge]:
    beat = {"oldest": Heartbeat.objects.latest_at()}
    yield _age("kalends_worker_heartbeat_seconds", "Time since a worker last ran the heartbeat.", beat, now)
    next_run = Schedule.objects.aggregate(oldest=Min("next_run", filter=Q(next_run__lte=now)))
    yield _age("kalends_schedule_late_seconds", "How late the schedule is that is latest.", next_run, now)


def _count(name: str, words: str, count: int) -> Gauge:
    return Gauge(name, words, (), {(): float(count)})


def _age(name: str, words: str, found: dict[str, datetime | None], now: datetime) -> Gauge:
    oldest = found["oldest"]
    return Gauge(name, words, (), {} if oldest is None else {(): _seconds(oldest, now)})


def _seconds(since: datetime, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0)
