"""The calendar as a day, a week, a month or a list: what is booked, what blocks, what is free, how fresh that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.formats import get_format

from availability.models import DateOverride, WorkingHours
from bookings.pages.away.days import today_and_tomorrow
from bookings.pages.live import live
from bookings.pages.people import bookable_people
from bookings.pages.week.asked import AskedCalendar, read_asked
from bookings.pages.week.diaries import diaries_of
from bookings.pages.week.layout import View, WeekDay, lay_out_list, lay_out_month, lay_out_side_by_side, lay_out_week
from bookings.pages.week.problems import week_problems
from connections.calendar_page import CalendarRequest, calendar_page
from connections.freshness import freshness
from connections.models import Connection
from practice.booking_page.addresses import booking_address
from practice.models import User
from practice.profile.missing import missing_now
from practice.roles import Action, may


@dataclass(frozen=True, slots=True)
class PersonColumn:
    """A person and their day."""

    person: User
    day: WeekDay


@calendar_page(Action.SEE_WEEK)
def week(request: CalendarRequest) -> HttpResponse:
    """A period of one's own calendar or that of a colleague (`staff`), or a day of everybody side by side."""
    asked = read_asked(request)
    context = _head(request, asked) | _of_person(request, asked) | _laid_out(request, asked)
    part = f"bookings/week/_{asked.view}.html"
    return live(request, "bookings/week/page.html", part, context, query={"view": asked.view})


def _laid_out(request: CalendarRequest, asked: AskedCalendar) -> dict[str, Any]:
    """The period as its view draws it."""
    found = diaries_of(request, asked.shown, asked.period.span(request.zone))
    zone, now, dates = request.zone, request.now, asked.period.dates
    if asked.view is View.DAY:
        board = lay_out_side_by_side(found, day=dates[0], zone=zone, now=now)
        columns = [PersonColumn(*pair) for pair in zip(asked.shown, board.columns, strict=True)]
        return {"board": board, "columns": columns, "bookable": set(bookable_people(request.user))}
    if asked.view is View.WEEK:
        return {"board": lay_out_week(found[0], dates=dates, zone=zone, now=now)}
    if asked.view is View.MONTH:
        return {"weeks": lay_out_month(found[0], asked.period, zone=zone, now=now)}
    return {"agenda": lay_out_list(found[0], dates, zone=zone, now=now)}


def _head(request: CalendarRequest, asked: AskedCalendar) -> dict[str, Any]:
    """What the page says above every view."""
    person = asked.person
    today = request.now.astimezone(request.zone).date()
    return {
        "asked": asked,
        "view": asked.view,
        "views": list(View),
        "period": asked.period,
        "is_current": asked.period.has(today),
        "people": asked.people,
        "person": person,
        "is_own": asked.is_own,
        "staff_key": None if person is None or asked.is_own else person.pk,
        "may_book": may(request.user, Action.HANDLE_BOOKINGS, owner_of=person.pk if person else None),
        "booking_page": booking_address(),
        "zone": request.zone,
        "twelve_hours": "g" in get_format("TIME_FORMAT"),
    }


def _of_person(request: CalendarRequest, asked: AskedCalendar) -> dict[str, Any]:
    """What the one whose calendar it is must know: whether it is set up, in trouble, and how fresh it is."""
    person = asked.person
    if person is None:
        return {}
    has_hours = WorkingHours.objects.filter(user=person).exists() or DateOverride.objects.filter(user=person).exists()
    return {
        "freshness": freshness(person, now=request.now),
        "connected": Connection.objects.filter(user=person).exists(),
        "has_hours": has_hours,
        "problems": week_problems(person, *asked.period.span(request.zone)) if asked.is_own else [],
        "missing": missing_now() if may(request.user, Action.MANAGE_PRACTICE) else [],
        "away_days": today_and_tomorrow(person, request.now) if _may_decide(request, person) else (),
    }


def _may_decide(request: CalendarRequest, person: User) -> bool:
    return may(request.user, Action.DECIDE_PROPOSALS, owner_of=person.pk)
