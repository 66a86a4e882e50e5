"""Events that a former copy of Kalends put into calendars after the backup: this copy knows none of their UIDs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max, Min, QuerySet
from django.urls import Resolver404, resolve

from bookings.models import Booking, LinkedEvent, MirroredSlot, Seat
from bookings.push.event_content import BOOKED, BUSY
from connections.models import Calendar, Event
from practice.models import Restore


@dataclass(frozen=True, slots=True)
class LaterEvent:
    """One event in the calendars of one or more people: [start, end) in UTC, of the first repetition if it repeats.

    `same_link` is the booking to which the link in it leads, where this copy has that: its event may have been
    replaced after the backup. Links of bookings that were made later lead nowhere.
    """

    events: Sequence[Event]
    start: datetime
    end: datetime
    title: str
    same_link: Booking | None

    @property
    def pk(self) -> int:
        """What addresses name it by: a UID may be anything, such as `../..`, or have an end of a line."""
        return self.events[0].pk

    @property
    def uid(self) -> str:
        return self.events[0].uid


def later_events(restore: Restore) -> list[LaterEvent]:
    """Those that were not called something else than a booking, by start; without what was over at the backup."""
    rows = _rows(restore).select_related("calendar__connection__user")
    grouped: dict[str, list[Event]] = {}
    times: dict[str, tuple[datetime, datetime]] = {}
    for row in rows.annotate(first=Min("occurrences__start"), last=Max("occurrences__end")).order_by("first", "pk"):
        grouped.setdefault(row.uid, []).append(row)
        times.setdefault(row.uid, (row.first, row.last))
    return [_later(events, *times[uid]) for uid, events in grouped.items()]


def _rows(restore: Restore) -> QuerySet[Event]:
    rows: QuerySet[Event] = Event.objects.exclude(own_mark="").exclude(uid="").exclude(uid__in=restore.not_bookings)
    for known in (LinkedEvent.objects.all(), MirroredSlot.objects.all(), Seat.objects.all()):
        rows = rows.exclude(uid__in=known.order_by().values("uid"))
    # A calendar by web address may be a published copy, and nobody can take an event of it over.
    return rows.filter(
        occurrences__end__gt=restore.made_at, calendar__in=Calendar.objects.conflict_calendars().two_way()
    )


def _later(events: Sequence[Event], start: datetime, end: datetime) -> LaterEvent:
    return LaterEvent(events, start, end, events[0].summary, _linked_booking(events[0].own_mark))


def _linked_booking(path: str) -> Booking | None:
    try:
        found = resolve(path)
    except Resolver404:
        return None
    key = found.kwargs.get("pk") if found.view_name == "bookings:detail" else None
    return Booking.objects.with_details().filter(pk=key).first() if key else None


def proposed_name(title: str) -> str:
    """The client's name as the title of an event that Kalends wrote has it: before the service and the staff."""
    name = title.split(" · ")[0].strip()
    return "" if name in {str(BOOKED), str(BUSY)} else name


def set_aside(restore: Restore, uid: str) -> None:
    """It is no booking: the event goes on blocking like every foreign one, and is not listed any more."""
    with transaction.atomic():
        row = Restore.objects.select_for_update().get(pk=restore.pk)
        row.not_bookings = sorted({*row.not_bookings, uid})
        row.save(update_fields=["not_bookings"])
