"""What a request for a calendar page asks for: which view, which day, whose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.http import Http404

from bookings.pages.people import people_with_a_week, week_person
from bookings.pages.week.layout import Period, View, period_of
from connections.calendar_page import CalendarRequest
from practice.language import first_weekday
from practice.models import User
from practice.times import YEARS

MAX_COLUMNS = 12  # people beside each other


@dataclass(frozen=True, slots=True)
class AskedCalendar:
    """`person`: whose calendar it is, or None for everybody's day. `people`: all whose calendar the reader may see.

    `columns`: those of them who have room beside each other on the page.
    """

    view: View
    period: Period
    person: User | None
    people: list[User]
    is_own: bool
    columns: Page[User]

    @property
    def shown(self) -> list[User]:
        """The people whose time is on the page."""
        return list(self.columns) if self.person is None else [self.person]


def read_asked(request: CalendarRequest) -> AskedCalendar:
    """What the address asks for; what it leaves open is as the reader had it last. Raises Http404."""
    people = list(people_with_a_week(request.user))
    key = request.GET.get("staff", "")
    person = week_person(request.user, key)
    if key and person is None:
        raise Http404
    view = _view(request, person)
    if view is View.DAY and not key:
        person = None
    elif person is None:
        person = next(iter(people), None)
    if person is None:
        view = View.DAY
    period = period_of(view, _day(request), first_weekday(request))
    columns = Paginator(people, MAX_COLUMNS).get_page(request.GET.get("columns"))
    return AskedCalendar(view, period, person, people, person == request.user, columns)


def _view(request: CalendarRequest, person: User | None) -> View:
    """The view that the address names, else the one that the reader chose last; that is remembered."""
    chosen = request.GET.get("view", "")
    if chosen in list(View):
        _remember(request, View(chosen))
        return View(chosen)
    if "day" in request.GET:
        return View.DAY
    if "week" in request.GET:
        return View.WEEK
    usual = View.DAY if person is None else View.WEEK
    return View(request.user.calendar_view or usual)


def _remember(request: CalendarRequest, view: View) -> None:
    if request.user.calendar_view != view and not request.htmx:
        User.objects.filter(pk=request.user.pk).update(calendar_view=view)
        request.user.calendar_view = view


def _day(request: CalendarRequest) -> date:
    """The day in the address, or today on the reader's clock if it names none near; of a week (2026-W48) its Monday."""
    names = [request.GET.get("date", ""), request.GET.get("day", ""), f"{request.GET.get('week', '')}-1"]
    named = next((day for name in names if (day := _near(name))), None)
    return named or request.now.astimezone(request.zone).date()


def _near(text: str) -> date | None:
    """The date that the text names, if Kalends can show it."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None
