"""Replace the link to a client's page."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from bookings.actions.checks.preconditions import Refused, lock_active_booking, nudge
from bookings.models import Booking, Mail, booking_lock
from bookings.notifications.mails import new_link


def send_new_link(booking: Booking, *, now: datetime) -> Mail:
    """Give the client of the booking a new link, which they are told; the one that they had stops working.

    Raises Refused where they have no page to change anything on.
    """
    with booking_lock(booking.staff, now):
        booking = lock_active_booking(booking)
        if booking.end <= now:
            raise Refused(_("This booking is over."))
        if booking.address_due_at:
            raise Refused(_("The client has not confirmed their e-mail address yet."))
        booking.seat.renew_link()
        mail = new_link.tell_new_link(booking.seat, now)
        nudge(booking)
    return mail
