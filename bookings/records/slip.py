"""What stands on the slip that a client prints or is handed: when, what and where, and how to change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, Seat
from bookings.notifications.facts import AppointmentFacts
from bookings.notifications.mails.appointment import facts_of_seat
from bookings.notifications.sentences import when_words
from practice.models import Practice


@dataclass(frozen=True, slots=True)
class SlipLine:
    """An appointment; `when` is on the client’s clock."""

    facts: AppointmentFacts
    when: str
    is_pending: bool


@dataclass(frozen=True, slots=True)
class Slip:
    """The appointments. `find_url` is where clients have their links sent again, empty for one without an address."""

    lines: list[SlipLine]
    find_url: str


def slip_of(seats: Sequence[Seat], practice: Practice, now: datetime, language: str) -> Slip:
    """The slip of these seats, all of one client; in the active language, which is `language`."""
    has_address = any(one.address for one in seats)
    find_url = f"{settings.BASE_URL}{reverse('public:find')}" if has_address else ""
    return Slip([_line(one, practice, now, language) for one in seats], find_url)


def _line(seat: Seat, practice: Practice, now: datetime, language: str) -> SlipLine:
    facts = facts_of_seat(seat, practice, now, language)
    with timezone.override(facts.zone):
        return SlipLine(facts, when_words(facts), seat.booking.status == Booking.Status.PENDING)
