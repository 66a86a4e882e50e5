"""The week: what is booked, what blocks, what is free, and how fresh all that is."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.formats import get_format

from availability.models import DateOverride, WorkingHours
from bookings.pages.live import live
from bookings.pages.week.items import diary
from bookings.pages.week.layout import first_day, lay_out, span_of
from bookings.pages.week.problems import week_problems
from connections.calendar_page import CalendarRequest, calendar_page
from connections.freshness import freshness
from connections.models import Connection
from practice.booking_page.addresses import booking_address
from practice.profile.missing import missing_now
from practice.roles import Action, may


@calendar_page()
def week(request: CalendarRequest) -> HttpResponse:
    today = request.now.astimezone(request.zone).date()
    first = first_day(request.GET.get("week", ""), today, get_format("FIRST_DAY_OF_WEEK"))
    span = span_of(first, request.zone)
    found = diary(request.user, *span, now=request.now)
    laid_out = lay_out(
        found.items,
        hours=found.hours,
        free=found.free,
        buffers=found.buffers,
        first=first,
        zone=request.zone,
        now=request.now,
    )
    context = {
        "week": laid_out,
        "problems": week_problems(request.user, *span),
        "missing": missing_now() if may(request.user, Action.MANAGE_PRACTICE) else [],
        "booking_page": booking_address(),
        **_setup(request),
    }
    return live(request, "bookings/week/page.html", "bookings/week/_week.html", context)


def _setup(request: CalendarRequest) -> dict[str, Any]:
    """Whether the user has connected a calendar and set working hours, and how fresh the calendars are."""
    return {
        "freshness": freshness(request.user, now=request.now),
        "connected": Connection.objects.filter(user=request.user).exists(),
        "has_hours": WorkingHours.objects.filter(user=request.user).exists()
        or DateOverride.objects.filter(user=request.user).exists(),
    }
