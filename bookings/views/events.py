"""The tab Events: everything that was fetched, each with whether it blocks and why."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from availability.wall import MIDNIGHT, start_of
from bookings.models import Booking
from bookings.views.staff import StaffRequest, staff_page
from connections.busy import freshness
from connections.models import Calendar, Event, Occurrence

PER_PAGE = 50


@staff_page
def events(request: StaffRequest) -> HttpResponse:
    calendars = list(Calendar.objects.of(request.user).selected().select_related("connection"))
    page = Paginator(_filtered(request), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "own": _own_bookings(request, list(page)),
        "calendars": calendars,
        "from_date": _from_date(request),
        "problems": _problems(request),
        "freshness": freshness(request.user, now=request.now),
        "active": "events",
    }
    return render(request, "bookings/events.html", context)


def _filtered(request: StaffRequest) -> QuerySet[Occurrence]:
    """The occurrences asked for, soonest first."""
    found = Occurrence.objects.filter(
        calendar__connection__user=request.user,
        calendar__conflict=True,
        end__gt=start_of(_from_date(request), MIDNIGHT, request.zone),
    )
    if (calendar := request.GET.get("calendar", "")).isdecimal():
        found = found.filter(calendar=int(calendar))
    if query := request.GET.get("q", "").strip():
        found = found.filter(summary__icontains=query)
    if (shown := request.GET.get("show")) in ("blocks", "free"):
        found = found.filter(blocks=shown == "blocks")
    return found.select_related("calendar", "event").defer("event__text").order_by("start", "end", "pk")


def _from_date(request: StaffRequest) -> date:
    """The first day shown: the one asked for, or today."""
    try:
        return date.fromisoformat(request.GET.get("from", ""))
    except ValueError:
        return request.now.astimezone(request.zone).date()


def _own_bookings(request: StaffRequest, shown: list[Occurrence]) -> dict[str, Booking]:
    """By UID, the bookings whose events Kalends put there itself."""
    uids = {occurrence.event.uid for occurrence in shown}
    bookings = Booking.objects.filter(staff=request.user, linked_events__uid__in=uids)
    return {uid: booking for booking in bookings.prefetch_related("linked_events") for uid in _uids(booking)}


def _uids(booking: Booking) -> list[str]:
    return [linked.uid for linked in booking.linked_events.all()]


def _problems(request: StaffRequest) -> QuerySet[Event]:
    """Events of which something could not be read."""
    mine = Event.objects.filter(calendar__connection__user=request.user, calendar__conflict=True)
    return (mine.exclude(problem="") | mine.owed()).select_related("calendar").defer("text")[:20]
