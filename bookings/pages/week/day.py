"""One day of everybody side by side: what the front desk works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import HttpResponse

from availability.wall_clock import MIDNIGHT, end_of, start_of
from bookings.pages.live import live
from bookings.pages.people import bookable_people, people_with_a_week
from bookings.pages.week.colleagues import diaries_for
from bookings.pages.week.layout import WeekDay, lay_out_side_by_side
from connections.calendar_page import CalendarRequest
from practice.models import User
from practice.times import YEARS

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PersonColumn:
    """A person and their day."""

    person: User
    day: WeekDay


def day_of_all(request: CalendarRequest) -> HttpResponse:
    """The day asked for (`day`), or today, of all whose week the reader may see."""
    day, zone = asked_day(request), request.zone
    people = list(people_with_a_week(request.user))
    span = start_of(day, MIDNIGHT, zone), end_of(day, MIDNIGHT, zone)
    diaries = diaries_for(request.user, people, *span, now=request.now)
    laid_out = lay_out_side_by_side([diaries[one.pk] for one in people], day=day, zone=zone, now=request.now)
    context = {
        "plan": laid_out,
        "columns": [PersonColumn(*pair) for pair in zip(people, laid_out.columns, strict=True)],
        "bookable": set(bookable_people(request.user).values_list("pk", flat=True)),
        "previous": day - DAY,
        "next": day + DAY,
    }
    return live(request, "bookings/week/day_page.html", "bookings/week/_day_of_all.html", context)


def asked_day(request: CalendarRequest) -> date:
    """The day in the address, or today on the reader's clock if it names none near."""
    today = request.now.astimezone(request.zone).date()
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return today
    return day if day.year in YEARS else today
