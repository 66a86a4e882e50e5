"""A page to print: what a client has booked, for staff to hand over."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation

from bookings.models import Booking
from bookings.notifications.mails.appointment import facts_of_seat, seat_language
from bookings.notifications.sentences import when_words
from bookings.pages.clients.allowed import visible_bookings, visible_clients
from connections.calendar_page import CalendarRequest, calendar_page
from practice.models import Practice
from practice.roles import Action


@calendar_page(Action.SEE_CLIENTS)
def slip(request: CalendarRequest, pk: int) -> HttpResponse:
    """The upcoming appointments of a client that the person may see, in the client's language and on their clock."""
    client = get_object_or_404(visible_clients(request.user).known(), pk=pk)
    practice = Practice.current()
    upcoming = visible_bookings(client, request.user).live().filter(end__gt=request.now).order_by("start", "pk")
    bookings = list(upcoming)
    language = seat_language(bookings[0].seat, practice) if bookings else translation.get_language()
    with translation.override(language):
        lines = [_line(request, booking, practice, language) for booking in bookings]
        context = {"client": client, "lines": lines, "practice": practice, "language": language}
        return render(request, "bookings/series/slip.html", context | {"query": f"?lang={language}"})


def _line(request: CalendarRequest, booking: Booking, practice: Practice, language: str) -> dict[str, object]:
    facts = facts_of_seat(booking.seat, practice, request.now, language)
    with timezone.override(facts.zone):
        return {"facts": facts, "when": when_words(facts), "is_pending": booking.status == Booking.Status.PENDING}
