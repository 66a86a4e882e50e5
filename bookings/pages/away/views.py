"""Note that somebody is away today or tomorrow, or there after all; what is booked then is decided on the next page."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings import actions
from bookings.pages.away.days import away_days
from bookings.pages.people import week_person
from connections.calendar_page import CalendarRequest, calendar_page
from practice.models import User
from practice.roles import Action, may


@require_POST
@calendar_page(Action.DECIDE_PROPOSALS)
def away(request: CalendarRequest) -> HttpResponse:
    """`date`: today or tomorrow of the person; `staff`: whose day, if not one's own; `back`: not away after all."""
    person = _person(request)
    day = _day(request, person)
    if day is None:
        messages.error(request, _("This day is over, or later than tomorrow. Enter it under “Time off”."))
        return _to_week(request, person)
    if "back" in request.POST:
        actions.note_back(person, day, now=request.now)
        messages.success(request, _("%(date)s can be booked again.") % {"date": date_format(day)})
        return _to_week(request, person)
    covered = actions.note_away(person, day, now=request.now)
    if covered:
        return redirect("proposals:day", covered.pk)
    words = _("%(date)s cannot be booked. No booking is to be decided about.") % {"date": date_format(day)}
    messages.success(request, words)
    return _to_week(request, person)


def _person(request: CalendarRequest) -> User:
    person = week_person(request.user, request.POST.get("staff", ""))
    if person is None or not may(request.user, Action.DECIDE_PROPOSALS, owner_of=person.pk):
        raise Http404
    return person


def _day(request: CalendarRequest, person: User) -> date | None:
    """The day that the button was for; None if it is not today or tomorrow any more."""
    asked = request.POST.get("date", "")
    return next((one.date for one in away_days(person, request.now) if one.date.isoformat() == asked), None)


def _to_week(request: CalendarRequest, person: User) -> HttpResponse:
    query = {} if person == request.user else {"staff": person.pk}
    return redirect(reverse("week:page", query=query))
