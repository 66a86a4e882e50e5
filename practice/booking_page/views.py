"""The QR code of a booking page: a page that shows it, and the pictures."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from practice.booking_page.addresses import booking_address, is_booking_address
from practice.booking_page.qr_code import CONTENT_TYPES, qr_code
from practice.staff_page import StaffRequest, staff_page


@staff_page()
def qr_page(request: StaffRequest) -> HttpResponse:
    """A page with the QR code, to look at, print and download."""
    address = _address(request)
    pictures = {kind: qr_picture_path(address, kind) for kind in CONTENT_TYPES}
    return render(request, "practice/qr_code.html", {"address": address, "pictures": pictures})


@staff_page()
def qr_picture(request: StaffRequest, kind: str) -> HttpResponse:
    """The QR code as a file."""
    response = HttpResponse(qr_code(_address(request), kind), content_type=CONTENT_TYPES[kind])
    response.headers["Content-Disposition"] = f'inline; filename="booking-page.{kind}"'
    return response


def qr_picture_path(address: str, kind: str) -> str:
    """Where the picture of the address is served."""
    return f"{reverse(f'practice:qr_{kind}')}?{urlencode({'address': address})}"


def _address(request: StaffRequest) -> str:
    """The address that the code shall have; 404 for one of another site, so that nobody can lend it our name."""
    address = request.GET.get("address", booking_address())
    if not is_booking_address(address):
        raise Http404
    return address
