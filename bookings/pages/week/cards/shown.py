"""How a card is shown, and what follows once something was done in it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django_htmx.http import push_url, trigger_client_event

from connections.calendar_page import CalendarRequest
from practice.times import parse_instant

DIALOG = "card"
CHANGED = "calendar-changed"


def is_in_dialog(request: CalendarRequest) -> bool:
    """Does the calendar ask for something to put into its dialog?"""
    return bool(request.htmx) and request.htmx.target == DIALOG


def show_card(request: CalendarRequest, card: str, context: dict[str, Any], at: datetime) -> HttpResponse:
    """The card for the dialog or, without one, as a page that leads back to the day of `at`."""
    context |= {"card": f"bookings/week/cards/_{card}.html", "day": at.astimezone(request.zone).date()}
    if is_in_dialog(request):
        # The page around the dialog stays what the address says.
        return push_url(render(request, "bookings/week/cards/_dialog.html", context), False)
    return render(request, "bookings/week/cards/page.html", context)


def done(request: CalendarRequest, sentence: str, at: datetime) -> HttpResponse:
    """Say what was done. The calendar around the dialog is told to read itself again; without one it is opened."""
    if is_in_dialog(request):
        return trigger_client_event(HttpResponse(status=204), CHANGED, {"said": sentence})
    messages.success(request, sentence)
    return redirect(f"{reverse('week:page')}?date={at.astimezone(request.zone).date()}")


def instant_in(request: CalendarRequest, name: str) -> datetime:
    """The moment that the address or the form names. Raises Http404 if it names none."""
    try:
        return parse_instant((request.POST or request.GET).get(name, "").replace(" ", "+"))
    except ValueError as error:
        raise Http404(str(error)) from None
