"""Where a booking's event should stand: written in the booking's own transaction, carried out by the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from availability.intervals import Span
from bookings.models import Booking, Client, LinkedEvent, LinkedEventQuerySet, Service, booking_lock
from connections.models import Calendar, CalendarConfiguration, Event
from practice.models import CalendarDetail, User

Wanted = LinkedEvent.Wanted


def place(booking: Booking) -> LinkedEvent | None:
    """Want the booking in its staff member's linked calendar; None where there is none."""
    configuration = CalendarConfiguration.objects.filter(user=booking.staff_id).select_related(
        "linked_calendar__connection"
    )
    calendar = next((row.linked_calendar for row in configuration), None)
    return LinkedEvent.objects.place(calendar, booking=booking) if calendar else None


def place_if_missing(booking: Booking) -> None:
    """Want the booking in the calendar if it is wanted in none yet."""
    if not _placements(booking).wanted().exists():
        place(booking)


def remove(booking: Booking) -> None:
    """Want every event of the booking gone."""
    _placements(booking).withdraw()


def queue(booking: Booking) -> None:
    """The calendar must follow a change of the booking."""
    placements = _placements(booking).wanted()
    placements.requeue()
    placements.contradict()


def adopt(booking: Booking, etag: str) -> None:
    """The iPhone wrote the booking's new time itself, as version `etag`: only a change before that is still pushed."""
    placement = _placements(booking).wanted().get()
    placement.agree(etag, (booking.start, booking.end))
    if placement.pushed_revision == booking.revision - 1:
        placement.row.confirm(booking.revision)


def _placements(booking: Booking) -> LinkedEventQuerySet:
    return LinkedEvent.objects.filter(booking=booking)


def rewrite(booking: Booking, placement: LinkedEvent | None, now: datetime, seen: Span | None = None) -> None:
    """Want the event as the booking has it, whatever the iPhone made of it; one that was deleted gets a new UID.

    `seen`: the time that it has on the iPhone, None where it has none that counts.
    """
    booking.revision += 1
    booking.save(update_fields=["revision"])
    if placement is None or placement.is_withdrawn:
        return
    if placement.missing_since is not None:
        placement.row.give_up(now)
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
    read = Event.objects.filter(calendar=placement.calendar_id, href=placement.href).exclude(etag="")
    etag = read.values_list("etag", flat=True).first() if seen is None else None
    known = placement.remember_etag(etag) if etag else {}
    placement.row.restart(agreed_start=start, agreed_end=end, **known)


def upcoming(user: User, now: datetime) -> QuerySet[Booking]:
    """Live bookings of the user that are not over, apart from those whose address is still to be confirmed."""
    return Booking.objects.filter(staff=user, end__gt=now, address_due_at=None).live()


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
    a crash half-way leaves nothing orphaned. What the iPhone changed stays until that is settled, as it would be lost.
    """
    misplaced_ones = misplaced(user, now).exclude(pk__in=_changed_on_phone(user).values("booking"))
    bookings = list(misplaced_ones.select_for_update(of=("self",)))
    for booking in bookings:
        remove(booking)
        place(booking)
    return len(bookings)


def _changed_on_phone(user: User) -> QuerySet[LinkedEvent]:
    """Placements whose event the iPhone changed or may have deleted, where that can still be read and decided."""
    within_reach = {"calendar__gone_at": None, "calendar__connection__needs_attention": False}
    placements = LinkedEvent.objects.owned_by(user).wanted().filter(**within_reach).exclude(calendar=None)
    return placements.undecided() | placements.filter(missing_since__isnull=False)


def reword_upcoming(user: User, now: datetime) -> None:
    """Reword the events of upcoming bookings as they are to be shown from now on; what the iPhone wrote there stays.

    Inside the staff member's lock.
    """
    _reword(upcoming(user, now))


def reword_service(service: Service, now: datetime) -> None:
    """The same for whatever is booked of a service, with whomever."""
    bookings = Booking.objects.filter(service=service, end__gt=now).live()
    with booking_lock(bookings.values("staff"), now):
        _reword(bookings)


def reword_above(limit: CalendarDetail, now: datetime) -> None:
    """The same for all bookings with people who chose more than the limit (CALENDAR_LIMIT_CHANGED).

    Titles of their own that name the service count as more than any limit.
    """
    more = Q(detail__in=limit.more) | Q(title_template__contains="{service}")
    people = CalendarConfiguration.objects.filter(more).values("user")
    bookings = Booking.objects.filter(end__gt=now, staff__in=people).live()
    with booking_lock(bookings.values("staff"), now):
        _reword(bookings)


def reword_client(client: Client, now: datetime) -> None:
    """The same for whatever a client has booked, with whomever. Inside the lock of those staff members."""
    _reword(Booking.objects.filter(seats__client=client, end__gt=now).live())


def _reword(bookings: QuerySet[Booking]) -> None:
    placements = LinkedEvent.objects.filter(booking__in=bookings).wanted()
    placed = list(placements.values_list("booking", flat=True))
    Booking.objects.filter(pk__in=placed).update(revision=F("revision") + 1)
    placements.requeue()


def withdraw_upcoming(user: User, calendars: QuerySet[Calendar], now: datetime) -> list[int]:
    """Want upcoming events gone from these calendars, while the bookings stand; which placements. In a transaction."""
    placements = LinkedEvent.objects.filter(booking__in=upcoming(user, now), calendar__in=calendars).wanted()
    keys = list(placements.values_list("pk", flat=True))
    placements.withdraw()
    return keys


def want_again(user: User, withdrawn: Sequence[int], now: datetime) -> None:
    """Take back what `withdraw_upcoming` did. Inside the staff member's lock.

    An event whose removal was tried may be gone though no answer came, as if the iPhone had deleted it:
    its booking gets a new event, and the old one is removed all the same.
    """
    bookings = unplaced(user, now)
    for placement in LinkedEvent.objects.filter(pk__in=withdrawn, booking__in=bookings).select_related(
        "booking", "calendar__connection"
    ):
        if not placement.row.want_again() and placement.calendar is not None:
            LinkedEvent.objects.place(placement.calendar, booking=placement.booking)
