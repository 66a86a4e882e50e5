"""An hour of the calendar: book it, block it, or ask why it is free or blocked."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from availability.forms import BlockedSlotForm
from availability.wall_clock import next_hour
from bookings.pages.people import bookable_people, week_person
from bookings.pages.week.cards.shown import instant_in, show_card
from bookings.pages.why.answers import why_url
from connections.calendar_page import CalendarRequest, calendar_page
from practice.roles import Action

HOUR = timedelta(hours=1)


@calendar_page(Action.SEE_WEEK)
def hour(request: CalendarRequest) -> HttpResponse:
    """What can be done with [at, until) of one's own time, or of that of a colleague (`staff`).

    Without `at` it is about the next full hour: whoever uses the keyboard types another one there. Without an `until`
    that lies after it, it is about one hour.
    """
    person = week_person(request.user, request.GET.get("staff", ""))
    if person is None:
        raise Http404
    start = instant_in(request, "at") if "at" in request.GET else next_hour(request.now, request.zone)
    until = instant_in(request, "until") if "until" in request.GET else start
    end = until if until > start else start + HOUR
    is_own = person == request.user
    context = {
        "start": start,
        "end": end,
        "person": person,
        "book": _book_url(start, request.zone, None if is_own else person.pk),
        "is_own": is_own,
        "may_book": bookable_people(request.user).filter(pk=person.pk).exists() and end > request.now,
        "may_block": is_own and end > request.now,
        "form": BlockedSlotForm(person, request.zone, request.now, initial={"start": start, "end": end}),
        "mirrors": request.configuration.mirrors,
        "why": why_url(start, staff=None if is_own else person.pk),
    }
    return show_card(request, "hour", context, start)


def _book_url(start: datetime, zone: ZoneInfo, staff: int | None) -> str:
    """The form for a booking at that time."""
    local = start.astimezone(zone)
    query = {"date": local.date().isoformat(), "time": local.time().isoformat("minutes")}
    query |= {"staff": str(staff)} if staff else {}
    return f"{reverse('bookings:new')}?{urlencode(query)}"
