"""How often somebody may book. A series counts once: only its first hold says when it was booked."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.actions.checks.preconditions import LimitReached, Refused
from bookings.models import Hold, Seat

PER_RECIPIENT = 2
"""So many times BOOKING_RATE bookings are mailed to one address in a day."""


def check_rates(hold: Hold, email: str, now: datetime) -> None:
    """Raises Refused where nothing more may be booked from the address of the hold now, or be mailed to `email`."""
    _check_connection(hold, now)
    _check_recipient(email, now)


def _check_connection(hold: Hold, now: datetime) -> None:
    """Raises Refused where the address of the hold has booked as often in the last hour as it may."""
    booked = Hold.objects.filter(address_key=hold.address_key, booked_at__gt=now - timedelta(hours=1))
    if hold.address_key and booked.count() >= settings.BOOKING_RATE:
        raise Refused(_("Too many bookings come from your connection. Please try again in an hour."))


def _check_recipient(email: str, now: datetime) -> None:
    """Raises LimitReached where as many bookings are mailed to this address in a day as may be."""
    booked = Seat.objects.of_address(email).filter(booking__hold__booked_at__gt=now - timedelta(days=1))
    if email and booked.count() >= PER_RECIPIENT * settings.BOOKING_RATE:
        raise LimitReached(_("You have booked several times today. The e-mail that we have sent you lists all."))
