"""What a client reads whose booking is still pending."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bookings.deadlines import answer_by
from bookings.models import Seat
from bookings.notifications.sentences import address_sentence, not_confirmed_sentences


@dataclass(frozen=True, slots=True)
class PendingWords:
    """Sentences of the client's page; `strong` is the one to be emphasised."""

    title: str
    strong: str
    text: str


def pending_words(seat: Seat, now: datetime) -> PendingWords:
    """Why the booking is not confirmed, and by when the client hears more; in the active zone."""
    booking = seat.booking
    by_phone = not seat.address
    title, strong, text = not_confirmed_sentences(answer_by(booking, now), written_at=now, by_phone=by_phone)
    if booking.address_due_at:
        text = address_sentence(seat.address, booking.address_due_at)
    return PendingWords(title, strong, text)
