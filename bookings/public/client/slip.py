"""A page to print: when a client's appointments are, where, and how they change them."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from bookings.models import Seat
from bookings.public.client.others import seats_of_series
from bookings.public.client.seat_page import show_seat, with_seat
from bookings.public.page import PublicRequest, public_page
from bookings.records.slip import slip_of


@require_safe
@public_page
@with_seat
def slip(request: PublicRequest, seat: Seat, token: str) -> HttpResponse:
    """All upcoming appointments of the series, or the one."""
    upcoming = _upcoming(seat, request.now)
    printed = slip_of(upcoming, request.practice, request.now, get_language() or "")
    return show_seat(request, seat, token, "public/client/slip.html", slip=printed)


def _upcoming(seat: Seat, now: datetime) -> list[Seat]:
    return [one for one in seats_of_series(seat) if one.booking.live and one.booking.end > now]
