"""A page to print: what a client has booked, for staff to hand over."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation

from bookings.notifications.mails.appointment import seat_language
from bookings.pages.clients.allowed import visible_bookings, visible_clients
from bookings.records.slip import slip_of
from connections.calendar_page import CalendarRequest, calendar_page
from practice.models import Practice
from practice.roles import Action


@calendar_page(Action.SEE_CLIENTS)
def client_slip(request: CalendarRequest, pk: int) -> HttpResponse:
    """The upcoming appointments of a client that the person may see, in the client's language and on their clock."""
    client = get_object_or_404(visible_clients(request.user).known(), pk=pk)
    practice = Practice.current()
    upcoming = visible_bookings(client, request.user).live().filter(end__gt=request.now).order_by("start", "pk")
    seats = [booking.seat for booking in upcoming.prefetch_related("seats__client")]
    language = seat_language(seats[0], practice) if seats else translation.get_language()
    with translation.override(language):
        slip = slip_of(seats, practice, request.now, language)
        context = {"client": client, "slip": slip, "practice": practice, "language": language}
        return render(request, "bookings/series/slip.html", context | {"query": f"?lang={language}"})
