"""A booking moved to another time, or cancelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from bookings import actions
from bookings.models import Booking
from bookings.pages.times.day import openings_on
from bookings.pages.times.forms import DayForm, TimeForm
from bookings.pages.times.offer import offer
from connections.calendar_page import CalendarRequest, calendar_page


@calendar_page()
def reschedule(request: CalendarRequest, pk: int) -> HttpResponse:
    booking = get_object_or_404(_own(request), pk=pk)
    if not booking.live:
        return redirect(booking)
    if request.method != "POST":
        return _offer(request, booking, TimeForm(request.zone))
    form = TimeForm(request.zone, request.POST)
    if not form.is_valid():
        return _offer(request, booking, form)
    try:
        _move(request, booking, form)
    except actions.Refused as refusal:
        return _offer(request, booking, form, refusal)
    messages.success(request, _("Moved: %(booking)s.") % {"booking": booking})
    return redirect(booking)


@calendar_page()
def cancel(request: CalendarRequest, pk: int) -> HttpResponse:
    booking = get_object_or_404(_own(request), pk=pk)
    if request.method != "POST":
        return render(request, "bookings/bookings/cancel.html", {"booking": booking})
    actions.cancel(booking, now=request.now, actor=request.user)
    messages.success(request, _("Cancelled: %(booking)s.") % {"booking": booking})
    return redirect(booking)


def _own(request: CalendarRequest) -> QuerySet[Booking]:
    return Booking.objects.filter(staff=request.user).select_related("client", "service", "staff")


def _move(request: CalendarRequest, booking: Booking, form: TimeForm) -> None:
    actions.reschedule(
        booking,
        start=form.cleaned_data["moment"],
        now=request.now,
        actor=request.user,
        anyway=form.cleaned_data["anyway"],
    )


def _offer(
    request: CalendarRequest, booking: Booking, form: TimeForm, refusal: actions.Refused | None = None
) -> HttpResponse:
    asked = DayForm(request.POST or request.GET)
    day = _day(request, booking, asked)
    shape = replace(booking.service.shape, duration=booking.end - booking.start)
    found = openings_on(day, request.user, shape, request.zone, now=request.now, moving=booking)
    what = DayForm(initial={"date": day})
    return offer(
        request, "bookings/times/reschedule.html", form, found, refusal, booking=booking, what=what, asked=asked
    )


def _day(request: CalendarRequest, booking: Booking, asked: DayForm) -> date:
    """The day asked for; else the booking's own or, once that is over, today."""
    if asked.is_valid():
        return asked.cleaned_data["date"]  # type: ignore[no-any-return]
    return max(booking.start, request.now).astimezone(request.zone).date()
