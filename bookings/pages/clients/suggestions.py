"""Known clients, suggested while somebody types a name: into a new booking, or to find them from the calendar."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from bookings.models import Client
from bookings.pages.clients.allowed import matches, next_bookings, visible_clients
from bookings.pages.people import people_with_a_week
from bookings.pages.times.client_clock import client_zone
from bookings.pages.times.forms import BookingForm, client_details, usual_language
from connections.calendar_page import CalendarRequest, calendar_page
from practice.roles import Action

MIN_TYPED = 2
MAX_SUGGESTED = 6


@calendar_page(Action.SEE_CLIENTS)
def suggestions(request: CalendarRequest) -> HttpResponse:
    """Buttons with the clients who match what was typed: a part of a page."""
    suggested = _suggested(request, request.GET.get("name", ""))
    return render(request, "bookings/times/_suggestions.html", {"suggested": suggested})


@calendar_page(Action.SEE_CLIENTS)
def found_clients(request: CalendarRequest) -> HttpResponse:
    """Links that lead to the next appointment of each client who matches, in the calendar, or else to the client."""
    suggested = _suggested(request, request.GET.get("q", ""))
    following = next_bookings(suggested, request.user, request.now)
    weeks = set(people_with_a_week(request.user).values_list("pk", flat=True)) if following else set()
    context = {"found": [(client, following.get(client.pk)) for client in suggested], "weeks": weeks}
    return render(request, "bookings/clients/_found.html", context)


def _suggested(request: CalendarRequest, typed: str) -> list[Client]:
    typed = typed.strip()
    found = visible_clients(request.user).known().filter(matches(typed)).order_by("name", "pk")
    return list(found[:MAX_SUGGESTED]) if len(typed) >= MIN_TYPED else []


@calendar_page(Action.SEE_CLIENTS)
def fields(request: CalendarRequest, pk: int) -> HttpResponse:
    """The fields of a new booking that say who it is for, filled with a client: a part of a page."""
    client = get_object_or_404(visible_clients(request.user).known(), pk=pk)
    known = client_details(client)
    initial = known | {"language": known["language"] or usual_language()}
    form = BookingForm(request.user, request.zone, initial=initial)
    form.fields["name"].widget.attrs["autofocus"] = True  # so that Enter books
    context = {"form": form, "there": client_zone(client.time_zone, request.zone, request.now)}
    return render(request, "bookings/times/_client.html", context)
