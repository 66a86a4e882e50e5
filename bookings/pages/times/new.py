"""A booking made by hand: the service and the day by GET, so that it works without JavaScript; the rest by POST."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bookings import actions
from bookings.models import Booking, Client, Service
from bookings.pages.times.booking_form import BookingForm, WhatForm, bookable, client_details
from bookings.pages.times.day import openings_on
from bookings.pages.times.offer import offer
from connections.calendar_page import CalendarRequest, calendar_page


@calendar_page()
def new(request: CalendarRequest) -> HttpResponse:
    if not bookable(request.user).exists():
        return render(request, "bookings/times/new.html", {"no_services": True})
    if request.method != "POST":
        return _offer(request, BookingForm(request.user, request.zone, initial=_known_client(request)))
    form = BookingForm(request.user, request.zone, request.POST)
    if not form.is_valid():
        return _offer(request, form)
    try:
        booking = _book(request, form.cleaned_data)
    except actions.Refused as refusal:
        return _offer(request, form, refusal)
    messages.success(request, _("Booked: %(booking)s.") % {"booking": booking})
    return redirect(booking)


def _book(request: CalendarRequest, data: dict[str, Any]) -> Booking:
    return actions.book(
        service=data["service"],
        staff=request.user,
        start=data["moment"],
        client=actions.ClientDetails(data["name"], data["email"], data["phone"]),
        now=request.now,
        actor=request.user,
        anyway=data["anyway"],
        note=data["note"],
    )


def _offer(request: CalendarRequest, form: BookingForm, refusal: actions.Refused | None = None) -> HttpResponse:
    asked = WhatForm(request.user, request.POST or request.GET)
    chosen = _what(request, asked)
    service, day = chosen["service"], chosen["date"]
    found = openings_on(day, request.user, service.shape, request.zone, now=request.now)
    what = WhatForm(request.user, initial={"service": service.pk, "date": day})
    return offer(request, "bookings/times/new.html", form, found, refusal, service=service, what=what, asked=asked)


def _what(request: CalendarRequest, asked: WhatForm) -> dict[str, Any]:
    """The service and the day asked for; else the first service, today."""
    chosen = asked.cleaned_data if asked.is_valid() else getattr(asked, "cleaned_data", {})
    first: Service | None = bookable(request.user).first()
    return {
        "service": chosen.get("service") or first,
        "date": chosen.get("date") or request.now.astimezone(request.zone).date(),
    }


def _known_client(request: CalendarRequest) -> dict[str, str]:
    """The details of the client whose page led here."""
    asked = request.GET.get("client", "")
    own = Client.objects.filter(bookings__staff=request.user)
    client = own.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 19 else None
    return client_details(client) if client else {}
