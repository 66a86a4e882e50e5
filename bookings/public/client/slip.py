"""A page to print: when a client's appointments are, where, and how they change them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from bookings.models import Booking, Seat
from bookings.notifications.mails.appointment import seat_zone
from bookings.public.client.others import seats_of_series
from bookings.public.client.seat_page import show_seat, with_seat
from bookings.public.page import PublicRequest, public_page
from practice import time_format


@require_safe
@public_page
@with_seat
def slip(request: PublicRequest, seat: Seat, token: str) -> HttpResponse:
    """All upcoming appointments of the series, or the one."""
    zone = seat_zone(seat, request.practice)
    with timezone.override(zone):
        dates = [(_when(one.booking), _is_pending(one.booking)) for one in _upcoming(seat, request.now)]
    context = {"dates": dates, "zone": zone, "find_url": f"{settings.BASE_URL}{reverse('public:find')}"}
    return show_seat(request, seat, token, "public/client/slip.html", **context)


def _upcoming(seat: Seat, now: datetime) -> list[Seat]:
    return [one for one in seats_of_series(seat) if one.booking.live and one.booking.end > now]


def _when(booking: Booking) -> str:
    return time_format.full_day_and_clocks((booking.start, booking.end))


def _is_pending(booking: Booking) -> bool:
    return booking.status == Booking.Status.PENDING
