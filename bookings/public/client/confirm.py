"""Confirm the e-mail address of a booking. The link is only in the mail; opening it changes nothing."""

from __future__ import annotations

from contextlib import suppress

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from bookings import actions, links
from bookings.models import Seat
from bookings.public.client.seat_page import show_seat, unknown_link, with_seat
from bookings.public.page import PublicRequest, public_page, to_client_page


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@with_seat
def confirm(request: PublicRequest, seat: Seat, token: str, *, code: str) -> HttpResponse:
    """Show a button; a POST confirms the address. What is confirmed or released already stays so."""
    if not links.is_address_code(code, seat.public_id, seat.address_key):
        return unknown_link(request)
    if seat.booking.address_due_at is None:
        return to_client_page(request, token)
    if request.method != "POST":
        return show_seat(request, seat, token, "public/client/confirm.html")
    with suppress(actions.Refused):  # released meanwhile
        actions.confirm_address(seat.booking, now=request.now)
    return to_client_page(request, token)
