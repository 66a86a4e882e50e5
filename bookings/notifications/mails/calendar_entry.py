"""The appointment of a seat for the client's own calendar, with the UID and SEQUENCE that its mails have."""

from __future__ import annotations

from datetime import datetime

from bookings.models import Booking, Seat
from bookings.notifications import client_mails
from bookings.notifications.addresses import Mailbox
from bookings.notifications.calendar_part import CalendarEntry
from bookings.notifications.mails.appointment import facts_of_seat, seat_language, sender_of
from practice.models import Practice


def entry_of_seat(seat: Seat, practice: Practice, now: datetime) -> CalendarEntry:
    """The appointment as it stands at `now`, in the language of the client's mails."""
    return client_mails.calendar_entry(
        facts_of_seat(seat, practice, now, seat_language(seat, practice)),
        uid=seat.uid,
        sequence=seat.sequence,
        organizer=sender_of(practice),
        attendee=Mailbox(seat.client.name, seat.address),
        is_cancelled=not seat.booking.live,
    )


def entries_of_series(seat: Seat, practice: Practice, now: datetime) -> list[CalendarEntry]:
    """The appointment of a seat, and the others that stand of those that the client booked at once with it."""
    others = Seat.objects.filter(
        booking__series=seat.booking.series_id, client=seat.client_id, booking__status=Booking.Status.CONFIRMED
    )
    alike = others.exclude(pk=seat.pk).exclude(booking__series=None).order_by("booking__start")
    seats = [seat, *alike.select_related("client", "booking__service", "booking__staff")]
    return [entry_of_seat(one, practice, now) for one in seats]
