"""What a client reads whose booking is still pending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bookings.models import Booking, Seat
from bookings.notifications.sentences import address_sentence, not_confirmed_sentences

ANSWER_BEFORE = timedelta(hours=12)
"""Staff are told so long before the start that a booking is still pending, and then get in touch with the client."""


@dataclass(frozen=True, slots=True)
class PendingWords:
    """Sentences of the client's page; `strong` is the one to be emphasised."""

    title: str
    strong: str
    text: str


def pending_words(seat: Seat, now: datetime) -> PendingWords:
    """Why the booking is not confirmed, and by when the client hears more; in the active zone."""
    booking = seat.booking
    by_phone = not seat.client.email
    title, strong, text = not_confirmed_sentences(_answer_by(booking, now), written_at=now, by_phone=by_phone)
    if booking.address_due_at:
        text = address_sentence(seat.client.email, booking.address_due_at)
    return PendingWords(title, strong, text)


def _answer_by(booking: Booking, now: datetime) -> datetime:
    before = booking.start - ANSWER_BEFORE
    return booking.approval_due_at or (before if before > now else booking.start)
