"""The link in a reminder that stops reminders of one appointment. It cannot be guessed and opens nothing else."""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.urls import reverse

from bookings.models import Seat

SALT = "bookings.reminders"


def url(seat: Seat) -> str:
    """The address for the header List-Unsubscribe (RFC 8058) and for the link below the mail."""
    token = signing.dumps(seat.public_id, salt=SALT)
    return f"{settings.BASE_URL}{reverse('reminders:stop', args=[token])}"


def seat_of(token: str) -> Seat | None:
    """The seat of a link; None if it is not one of ours."""
    try:
        public_id = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return Seat.objects.select_related("booking").filter(public_id=public_id).first()


def stop(seat: Seat) -> None:
    """Send no more reminders of this appointment."""
    Seat.objects.filter(pk=seat.pk).update(reminders=False)
