"""The week: what is booked, what blocks, what is free, and how fresh all that is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.formats import get_format

from availability.intervals import Span
from availability.models import DateOverride, WorkingHours
from bookings.pages.away.days import away_days
from bookings.pages.live import live
from bookings.pages.people import people_with_a_week, week_person
from bookings.pages.week.colleagues import diaries_for
from bookings.pages.week.day import day_of_all
from bookings.pages.week.items import diary
from bookings.pages.week.layout import Diary, first_day, lay_out, span_of
from bookings.pages.week.problems import week_problems
from connections.calendar_page import CalendarRequest, calendar_page
from connections.freshness import freshness
from connections.models import Connection
from practice.booking_page.addresses import booking_address
from practice.models import User
from practice.profile.missing import missing_now
from practice.roles import Action, may


@calendar_page(Action.SEE_WEEK)
def week(request: CalendarRequest) -> HttpResponse:
    """One's own week, that of a colleague (`staff`), or a day of everybody (`day`), which is all the front desk has."""
    asked = request.GET.get("staff", "")
    person = week_person(request.user, asked)
    if "day" in request.GET or (person is None and not asked):
        return day_of_all(request)
    if person is None:
        raise Http404
    return _week_of(request, person)


def _week_of(request: CalendarRequest, person: User) -> HttpResponse:
    today = request.now.astimezone(request.zone).date()
    first = first_day(request.GET.get("week", ""), today, get_format("FIRST_DAY_OF_WEEK"))
    span = span_of(first, request.zone)
    found = _diary(request, person, span)
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
        "problems": week_problems(person, *span) if person == request.user else [],
        "missing": missing_now() if may(request.user, Action.MANAGE_PRACTICE) else [],
        "booking_page": booking_address(),
        **_whose(request, person),
        **_setup(person, request.now),
    }
    return live(request, "bookings/week/page.html", "bookings/week/_week.html", context)


def _whose(request: CalendarRequest, person: User) -> dict[str, Any]:
    """Whose week it is, what the reader may do there, and whether there are other weeks to see."""
    is_own = person == request.user
    return {
        "person": person,
        "is_own": is_own,
        "staff_key": None if is_own else person.pk,
        "away_days": away_days(person, request.now) if _may_decide(request, person) else (),
        "may_book": may(request.user, Action.HANDLE_BOOKINGS, owner_of=person.pk),
        "has_colleagues": people_with_a_week(request.user).exclude(pk=request.user.pk).exists(),
    }


def _may_decide(request: CalendarRequest, person: User) -> bool:
    return may(request.user, Action.DECIDE_PROPOSALS, owner_of=person.pk)


def _diary(request: CalendarRequest, person: User, span: Span) -> Diary:
    if person == request.user:
        return diary(person, *span, now=request.now)
    return diaries_for(request.user, [person], *span, now=request.now)[person.pk]


def _setup(person: User, now: datetime) -> dict[str, Any]:
    """Whether the person has connected a calendar and set working hours, and how fresh the calendars are."""
    return {
        "freshness": freshness(person, now=now),
        "connected": Connection.objects.filter(user=person).exists(),
        "has_hours": WorkingHours.objects.filter(user=person).exists()
        or DateOverride.objects.filter(user=person).exists(),
    }
