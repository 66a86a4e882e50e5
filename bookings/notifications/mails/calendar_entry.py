"""The appointment of a seat for the client's own calendar, with the UID and SEQUENCE that its mails have."""

from __future__ import annotations

from datetime import datetime

from bookings.models import Seat
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
