"""Who is to be reminded, and when. The moment is computed from the booking each time, so it follows every move."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from bookings import deadlines
from bookings.models import Booking, Mail, Seat, Service
from bookings.notifications.mails import news
from bookings.notifications.mails.appointment import seat_zone
from bookings.notifications.reminder_time import BEFORE_DEADLINE, reminder_due
from practice.models import Practice
from practice.models.restore import outgoing_waits

TOO_NEAR = timedelta(minutes=30)
CONSENT_COUNTRIES = frozenset({"DE", "AT", "CH"})
"""Where a client is reminded by e-mail only if they said yes."""
_QUIET = timedelta(hours=12)  # longer than the quiet hours, by which a reminder may come earlier


def write_due(now: datetime) -> int:
    """Write the reminders that are due now; how many. After a restore none until that is finished."""
    due_now = [seat for seat, due in upcoming(now) if due <= now]
    return sum(_write(seat, now) for seat in due_now) if due_now and not outgoing_waits() else 0


def upcoming(now: datetime, *, until: datetime | None = None) -> Iterator[tuple[Seat, datetime]]:
    """Each seat that is still to be reminded, with the moment.

    Only bookings that start before `until`; without it those whose reminder could be due now.
    """
    practice = Practice.current()
    for seat in _not_reminded(now, until or _farthest(now)):
        due = _due(seat, practice)
        if due is not None and _wants(seat, practice):
            yield seat, due


def is_wanted(mail: Mail) -> bool:
    """Does a reminder that was written still hold?"""
    seat, booking = mail.seat, mail.seat.booking
    stands = booking.status == Booking.Status.CONFIRMED and booking.start == mail.start
    return stands and booking.new_time_asked_at is None and _wants(seat, Practice.current())


def _wants(seat: Seat, practice: Practice) -> bool:
    """Is the client reminded of this service, and may they be?

    Without an address staff call, which needs no consent to e-mails.
    """
    if seat.booking.service.reminder_before is None:
        return False
    if seat.reminders is not None:
        return seat.reminders
    return not seat.address or practice.country not in CONSENT_COUNTRIES


def _farthest(now: datetime) -> datetime:
    """The latest start of a booking whose reminder could be due now."""
    longest = Service.objects.aggregate(hours=Max("reminder_hours"), minutes=Max("cancel_minutes"))
    before_start, deadline = timedelta(hours=longest["hours"] or 0), timedelta(minutes=longest["minutes"] or 0)
    return now + max(before_start, deadline + BEFORE_DEADLINE) + _QUIET


def _not_reminded(now: datetime, until: datetime) -> list[Seat]:
    """Confirmed seats of that time without a reminder for it."""
    near = Q(booking__start__gt=now + TOO_NEAR, booking__start__lte=until, booking__status=Booking.Status.CONFIRMED)
    near &= Q(client__erased_at=None, booking__new_time_asked_at=None)
    reminders = Mail.objects.filter(kind=Mail.Kind.REMINDER, start__gt=now)
    written = reminders.exclude(state=Mail.State.DROPPED) | reminders.filter(error_code=Mail.SENT_BEFORE_RESTORE)
    done = set(written.values_list("seat", "start"))
    seats = Seat.objects.filter(near).select_related("client", "booking__service", "booking__staff")
    ordered = seats.prefetch_related("booking__changes").order_by("booking__start", "pk")
    return [seat for seat in ordered if (seat.pk, seat.booking.start) not in done]


def _due(seat: Seat, practice: Practice) -> datetime | None:
    booking, before_start = seat.booking, seat.booking.service.reminder_before
    if before_start is None:
        return None
    return reminder_due(
        booking.start,
        known_since=max((change.at for change in booking.changes.all()), default=booking.created_at),
        zone=seat_zone(seat, practice),
        cancel_until=deadlines.cancel_until(booking.service, booking.start),
        before_start=before_start,
    )


def _write(seat: Seat, now: datetime) -> bool:
    """False if another worker has just written it."""
    booking = seat.booking
    mail = Mail(seat=seat, kind=Mail.Kind.REMINDER, recipient=seat.address, created_at=now, due_at=now)
    mail.start, mail.end = booking.start, booking.end
    news.fix_identity(mail, is_next_version=False)
    try:
        with transaction.atomic():
            mail.save()
    except IntegrityError:
        return False
    return True
