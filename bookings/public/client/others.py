"""The other appointments of a client's series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from bookings.links import link_token
from bookings.models import Booking, Seat
from practice import time_format


@dataclass(frozen=True, slots=True)
class OtherAppointment:
    """When it is, what has become of it, and the path of its own page."""

    when: str
    state: str
    path: str


def seats_of_series(seat: Seat) -> list[Seat]:
    """The seats of the client in the same series, by start; the seat alone where there is none."""
    if seat.booking.series_id is None:
        return [seat]
    of_client = Seat.objects.filter(booking__series=seat.booking.series_id, client=seat.client_id)
    return list(
        of_client.select_related("booking__service", "booking__staff", "client").order_by("booking__start", "pk")
    )


def other_appointments(seat: Seat, now: datetime) -> list[OtherAppointment]:
    """All but that of the seat; in the active language and zone."""
    return [_appointment(one, now) for one in seats_of_series(seat) if one.pk != seat.pk]


def _appointment(seat: Seat, now: datetime) -> OtherAppointment:
    booking = seat.booking
    when = time_format.full_day_and_clocks((booking.start, booking.end))
    path = reverse("public:client", args=[link_token(seat.public_id, seat.link_generation)])
    return OtherAppointment(when, state_words(booking, now), path)


def state_words(booking: Booking, now: datetime) -> str:
    """What has become of an appointment, in a word or two."""
    if booking.status == Booking.Status.CANCELLED:
        return _("Cancelled")
    if booking.end <= now:
        return _("Over")
    return _("Not confirmed yet") if booking.status == Booking.Status.PENDING else _("Booked")
