"""The tab Time off: dates on which the practice is closed or the user is away, and the bookings that lie inside."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from availability.models import Closure
from bookings.models import Booking, BookingQuerySet
from bookings.pages.closures.forms import ClosureForm, HolidaysForm
from connections.calendar_page import CalendarRequest, calendar_page
from connections.models import CalendarConfiguration
from practice.forms import posted
from practice.models import Practice
from practice.roles import Action, may

ONE_DAY = timedelta(days=1)


@calendar_page(Action.MANAGE_OWN_CALENDAR)
def closures(request: CalendarRequest) -> HttpResponse:
    form = ClosureForm(request.user, _today(request), posted(request), for_practice=_manages(request))
    if request.method == "POST" and form.is_valid():
        closure = form.save()
        if _inside(request, closure):
            return redirect("closures:detail", closure.pk)
        messages.success(request, _("Saved. No booking lies on these days."))
        return redirect("closures:list")
    return render(request, "bookings/closures/page.html", {"form": form, "active": "closures", **_page(request)})


def _page(request: CalendarRequest) -> dict[str, Any]:
    """What the page shows beside the form: what is closed, and to those who may close it the public holidays."""
    shown = {"closures": Closure.objects.of([request.user.pk]).upcoming(_today(request)).select_related("user")}
    practice = Practice.current()
    if not _manages(request) or not practice.country:
        return shown
    asked = request.GET if "year" in request.GET else None
    holidays = HolidaysForm(practice, _today(request), asked)
    return {**shown, "holidays_form": holidays, "holidays": holidays.holidays()}


@calendar_page(Action.MANAGE_PRACTICE)
def close_on_holidays(request: CalendarRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("closures:list")
    form = HolidaysForm(Practice.current(), _today(request), request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a year and a region from the lists."))
        return redirect("closures:list")
    count = form.close()
    words = ngettext(
        "The practice is closed on %(count)s more day.", "The practice is closed on %(count)s more days.", count
    )
    messages.success(request, words % {"count": count})
    return redirect("closures:list")


@calendar_page(Action.MANAGE_OWN_CALENDAR)
def detail(request: CalendarRequest, pk: int) -> HttpResponse:
    closure = _closure(request, pk)
    inside = _inside(request, closure)
    return render(
        request,
        "bookings/closures/detail.html",
        {"closure": closure, "bookings": inside, "active": "closures", "may_remove": _may_change(request, closure)},
    )


@calendar_page(Action.MANAGE_OWN_CALENDAR)
def remove(request: CalendarRequest, pk: int) -> HttpResponse:
    closure = _closure(request, pk)
    if request.method == "POST" and _may_change(request, closure):
        closure.delete()
        messages.success(request, _("Removed. The usual hours count again."))
    return redirect("closures:list")


def _closure(request: CalendarRequest, pk: int) -> Closure:
    return get_object_or_404(Closure.objects.of([request.user.pk]), pk=pk)


def _may_change(request: CalendarRequest, closure: Closure) -> bool:
    return closure.user_id == request.user.pk or _manages(request)


def _manages(request: CalendarRequest) -> bool:
    return may(request.user, Action.MANAGE_PRACTICE)


def _today(request: CalendarRequest) -> date:
    return request.now.astimezone(request.zone).date()


def _inside(request: CalendarRequest, closure: Closure) -> list[Booking]:
    """Live bookings that are not over and lie on these days, on the clock of whoever gives them.

    Those of the whole practice are for whoever manages it; everybody else sees their own.
    """
    near = list(_near(request, closure))
    zones = CalendarConfiguration.zones({booking.staff_id for booking in near})
    return [booking for booking in near if _touches(booking, zones[booking.staff_id], closure)]


def _near(request: CalendarRequest, closure: Closure) -> BookingQuerySet:
    """Live bookings of these days whatever the zone, which differs from UTC by less than a day."""
    first = datetime.combine(closure.first - ONE_DAY, time(), UTC)
    last = datetime.combine(closure.last + 2 * ONE_DAY, time(), UTC)
    near = Booking.objects.live().filter(start__lt=last, end__gt=max(first, request.now)).with_details()
    if closure.user_id is None and _manages(request):
        return near.order_by("start")
    return near.filter(staff=closure.user_id or request.user.pk).order_by("start")


def _touches(booking: Booking, zone: ZoneInfo, closure: Closure) -> bool:
    first, last = booking.start.astimezone(zone), (booking.end - timedelta.resolution).astimezone(zone)
    return first.date() <= closure.last and closure.first <= last.date()
