"""Where a booking's event should stand: written in the booking's own transaction, carried out by the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from availability.intervals import Span
from bookings.models import Booking, LinkedEvent, Service
from bookings.models.placement import new_uid
from connections.models import Calendar, CalendarConfiguration, Event, schedule_lock
from practice.models import User

Wanted = LinkedEvent.Wanted
State = LinkedEvent.State


def place(booking: Booking) -> LinkedEvent | None:
    """Want the booking in its staff member's linked calendar; None where there is none."""
    configuration = CalendarConfiguration.objects.filter(user=booking.staff_id).select_related(
        "linked_calendar__connection"
    )
    calendar = next((row.linked_calendar for row in configuration), None)
    return place_in(booking, calendar) if calendar else None


def place_in(booking: Booking, calendar: Calendar) -> LinkedEvent:
    """Want the booking in `calendar`, under a UID and a name fixed now."""
    uid = new_uid()
    return LinkedEvent.objects.create(
        booking=booking,
        calendar=calendar,
        account=calendar.connection.username,
        calendar_path=calendar.path,
        uid=uid,
        href=f"{calendar.path}{uid}.ics",
        state=State.NEEDS_RECONNECT if calendar.connection.needs_attention else State.QUEUED,
    )


def remove(booking: Booking) -> None:
    """Want every event of the booking gone. What never reached a calendar and was never tried is settled at once."""
    wanted = booking.linked_events.filter(wanted=Wanted.PRESENT)
    wanted.update(
        wanted=Wanted.ABSENT, state=State.QUEUED, attempts=0, next_try_at=None, error_code="", error_params={}
    )


def queue(booking: Booking) -> None:
    """The calendar must follow a change of the booking."""
    booking.linked_events.filter(wanted=Wanted.PRESENT, state=State.PUSHED).update(state=State.QUEUED)


def restore(booking: Booking, placement: LinkedEvent | None, now: datetime, seen: Span | None = None) -> None:
    """Want the event as the booking has it, whatever the phone made of it; one that was deleted gets a new UID.

    `seen`: the time that it has on the phone, None where it has none that counts.
    """
    booking.revision += 1
    booking.save(update_fields=["revision"])
    if placement is None or placement.wanted != Wanted.PRESENT:
        return
    if placement.missing_since is not None:
        placement.wanted, placement.removed_at = Wanted.ABSENT, now
        placement.save(update_fields=["wanted", "removed_at"])
        place(booking)
        return
    follow(placement, seen)


def follow(placement: LinkedEvent | None, seen: Span | None) -> None:
    """Let pushing go on from what was decided upon: the time `seen`, or else the version that was read last.

    Anything newer, which nobody has seen yet, is neither overwritten nor taken for decided.
    """
    if placement is None:
        return
    start, end = seen or (None, None)
    values: dict[str, Any] = {"state": State.QUEUED, "attempts": 0, "next_try_at": None}
    values |= {"error_code": "", "error_params": {}, "agreed_start": start, "agreed_end": end}
    read = Event.objects.filter(calendar=placement.calendar_id, href=placement.href).exclude(etag="")
    if seen is None and (etag := read.values_list("etag", flat=True).first()):
        values |= {"etag": etag, "superseded_etags": [*placement.superseded_etags[-19:], placement.etag]}
    LinkedEvent.objects.filter(pk=placement.pk).update(**values)


def upcoming(user: User, now: datetime) -> QuerySet[Booking]:
    """Live bookings of the user that are not over."""
    return Booking.objects.filter(staff=user, end__gt=now).live()


def unplaced(user: User, now: datetime) -> QuerySet[Booking]:
    """Upcoming bookings that no calendar is wanted to show."""
    return upcoming(user, now).exclude(linked_events__wanted=Wanted.PRESENT)


def misplaced(user: User, now: datetime) -> QuerySet[Booking]:
    """Upcoming bookings that stand in another calendar than the linked one, or in none."""
    linked = CalendarConfiguration.objects.filter(user=user).values("linked_calendar")
    settled = LinkedEvent.objects.filter(wanted=Wanted.PRESENT, calendar__in=linked, booking__staff=user)
    return upcoming(user, now).exclude(pk__in=settled.values("booking"))


@transaction.atomic
def place_upcoming(user: User, now: datetime) -> int:
    """Want all upcoming bookings in the linked calendar; those that stood elsewhere move. How many.

    The new placement has a new UID and the old one is wanted absent in the same transaction of each booking, so that
    a crash half-way leaves nothing orphaned. What the phone changed stays until that is settled, as it would be lost.
    """
    misplaced_ones = misplaced(user, now).exclude(pk__in=_unsettled_wishes(user).values("booking"))
    bookings = list(misplaced_ones.select_for_update(of=("self",)))
    for booking in bookings:
        remove(booking)
        place(booking)
    return len(bookings)


def _unsettled_wishes(user: User) -> QuerySet[LinkedEvent]:
    """Placements whose event the phone changed or may have deleted, where that can still be found out and decided."""
    within_reach = {"calendar__gone_at": None, "calendar__connection__needs_attention": False}
    wished = Q(state=State.CHANGED_ON_BOTH_SIDES) | Q(missing_since__isnull=False)
    placements = LinkedEvent.objects.filter(wished, booking__staff=user, wanted=Wanted.PRESENT)
    return placements.filter(**within_reach).exclude(calendar=None)


def reword_upcoming(user: User, now: datetime) -> None:
    """Let the events of upcoming bookings say what is to be shown from now on; what the phone wrote there stays.

    Inside the staff member's lock.
    """
    _reword(upcoming(user, now))


def reword_service(service: Service, now: datetime) -> None:
    """The same for whatever is booked of a service, with whomever."""
    bookings = Booking.objects.filter(service=service, end__gt=now).live()
    with schedule_lock(bookings.values("staff")):
        _reword(bookings)


def _reword(bookings: QuerySet[Booking]) -> None:
    placements = LinkedEvent.objects.filter(booking__in=bookings, wanted=Wanted.PRESENT)
    placed = list(placements.values_list("booking", flat=True))
    Booking.objects.filter(pk__in=placed).update(revision=F("revision") + 1)
    placements.filter(state=State.PUSHED).update(state=State.QUEUED)


def withdraw_upcoming(user: User, calendars: QuerySet[Calendar], now: datetime) -> list[int]:
    """Want upcoming events gone from these calendars, while the bookings stand; which placements. In a transaction."""
    placements = LinkedEvent.objects.filter(
        booking__in=upcoming(user, now), calendar__in=calendars, wanted=Wanted.PRESENT
    )
    keys = list(placements.values_list("pk", flat=True))
    placements.update(wanted=Wanted.ABSENT, state=State.QUEUED, attempts=0, next_try_at=None)
    return keys


def want_again(user: User, withdrawn: Sequence[int], now: datetime) -> None:
    """Want events in their calendars after all that `withdraw_upcoming` had withdrawn. Inside the staff member's lock.

    One whose removal was tried may be gone unheard, which would look as if the phone had deleted it: its booking gets
    a new event, and the old one still goes.
    """
    bookings = unplaced(user, now)
    for placement in LinkedEvent.objects.filter(pk__in=withdrawn, booking__in=bookings).select_related(
        "booking", "calendar__connection"
    ):
        untried = LinkedEvent.objects.filter(pk=placement.pk, attempts=0, removed_at=None)
        if untried.update(wanted=Wanted.PRESENT):
            untried.filter(pushed_revision=F("booking__revision")).update(state=State.PUSHED)
        elif placement.calendar is not None:
            place_in(placement.booking, placement.calendar)


def reattach(user: User) -> int:
    """After a reconnection: let placements whose calendar row had gone find it again by account and path; how many.

    An Apple ID is the same however it was capitalised.
    """
    count = 0
    orphans = LinkedEvent.objects.filter(booking__staff=user, calendar=None, removed_at=None)
    for placement in orphans:
        calendar = Calendar.objects.of(user).filter(
            connection__username__iexact=placement.account, path=placement.calendar_path
        )
        count += LinkedEvent.objects.filter(pk=placement.pk).update(calendar=calendar.first())
    return count
