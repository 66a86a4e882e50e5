"""Choosing a time, for a new booking or to move one.

The day (and, of a new booking, the service) comes by GET, so that it works without JavaScript; the rest by POST.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from bookings import actions
from bookings.models import Booking, ClientChange, Service
from bookings.openings.explain import why_not
from bookings.openings.search import is_near
from bookings.pages.clients.allowed import visible_clients
from bookings.pages.clients.change_words import details, headline
from bookings.pages.people import asked_person, bookable_people, told_to
from bookings.pages.times.forms import (
    BookingForm,
    DayForm,
    ServiceDayForm,
    TimeForm,
    bookable_services,
    client_details,
    usual_language,
)
from bookings.pages.times.openings import openings_on
from connections.calendar_page import CalendarRequest, calendar_page
from connections.freshness import freshness
from practice.models import User
from practice.roles import Action, allowed


@calendar_page(Action.HANDLE_BOOKINGS)
def new(request: CalendarRequest) -> HttpResponse:
    asked = (request.POST or request.GET).get("staff", "")
    person = asked_person(request.user, asked)
    if person is None and asked:
        raise Http404
    if person is None:
        return render(request, "bookings/times/new.html", {"no_services": True})
    if request.method != "POST":
        return _new_page(
            request,
            person,
            BookingForm(person, request.zone, initial={**_known_client(request), **_asked_clock(request)}),
        )
    form = BookingForm(person, request.zone, request.POST)
    if not form.is_valid():
        _say_if_not_open(request, person, form)
        return _new_page(request, person, form)
    try:
        booking = _book(request, person, form.cleaned_data)
    except actions.Refused as refusal:
        return _new_page(request, person, form, refusal)
    messages.success(request, _("Booked: %(booking)s.") % {"booking": booking})
    _say_what_was_not_taken_over(request, booking)
    return redirect(booking)


@calendar_page(Action.HANDLE_BOOKINGS)
def reschedule(request: CalendarRequest, pk: int) -> HttpResponse:
    bookings = allowed(request.user, Action.HANDLE_BOOKINGS, Booking.objects.with_details(), owner="staff")
    booking = get_object_or_404(bookings, pk=pk)
    if not booking.live or booking.end <= request.now:
        return redirect(booking)
    if request.method != "POST":
        return _reschedule_page(request, booking, TimeForm(request.zone))
    form = TimeForm(request.zone, request.POST)
    if not form.is_valid():
        return _reschedule_page(request, booking, form)
    try:
        _move(request, booking, form.cleaned_data)
    except actions.Refused as refusal:
        return _reschedule_page(request, booking, form, refusal)
    messages.success(request, _("Moved: %(booking)s.") % {"booking": booking})
    return redirect(booking)


def _say_if_not_open(request: CalendarRequest, person: User, form: BookingForm) -> None:
    """Say beside the other errors why the chosen time is not open, as far as that is known without asking calendars."""
    service, moment = form.cleaned_data.get("service"), form.cleaned_data.get("moment")
    if not service or not moment or not is_near(moment, now=request.now) or form.cleaned_data.get("anyway"):
        return
    if reason := why_not(person, service.shape, moment, now=request.now, told_to=told_to(request.user, person)):
        form.add_error("time", reason)


def _book(request: CalendarRequest, person: User, data: dict[str, Any]) -> Booking:
    return actions.book(
        service=data["service"],
        staff=person,
        start=data["moment"],
        client=actions.ClientDetails(data["name"], data["email"], data["phone"]),
        now=request.now,
        actor=request.user,
        anyway=data["anyway"],
        note=data["note"],
        seat=actions.SeatDetails(language=data["language"]),
    )


def _say_what_was_not_taken_over(request: CalendarRequest, booking: Booking) -> None:
    kind = ClientChange.Kind.NOT_TAKEN
    for change in ClientChange.objects.filter(client=booking.client, kind=kind, at=request.now, actor=request.user):
        messages.warning(request, f"{headline(change)} {details(change)}")


def _move(request: CalendarRequest, booking: Booking, data: dict[str, Any]) -> None:
    actions.reschedule(booking, start=data["moment"], now=request.now, actor=request.user, anyway=data["anyway"])


def _new_page(
    request: CalendarRequest, person: User, form: BookingForm, refusal: actions.Refused | None = None
) -> HttpResponse:
    people = bookable_people(request.user)
    asked = ServiceDayForm(person, people, request.POST or request.GET)
    service, day = _service_and_day(request, person, asked)
    context = {
        "person": person,
        "staff_key": None if person == request.user else person.pk,
        "service": service,
        "found": openings_on(day, person, service.shape, request.zone, now=request.now),
        "what": ServiceDayForm(person, people, initial={"staff": person.pk, "service": service.choice, "date": day}),
    }
    return _page(request, "bookings/times/new.html", form, asked, context | {"refusal": refusal})


def _reschedule_page(
    request: CalendarRequest, booking: Booking, form: TimeForm, refusal: actions.Refused | None = None
) -> HttpResponse:
    asked = DayForm(request.POST or request.GET)
    day = _day(request, booking, asked)
    shape = replace(booking.service.shape, duration=booking.end - booking.start)
    context = {
        "person": booking.staff,
        "booking": booking,
        "found": openings_on(day, booking.staff, shape, request.zone, now=request.now, moving=booking),
        "what": DayForm(initial={"date": day}),
    }
    return _page(request, "bookings/times/reschedule.html", form, asked, context | {"refusal": refusal})


def _page(
    request: CalendarRequest, template: str, form: TimeForm, asked: DayForm, context: dict[str, Any]
) -> HttpResponse:
    """Render the page or, for htmx, only the times of the day. `asked` says what is wrong with the day asked for."""
    if context["refusal"]:
        form.forget_time()
    context |= {
        "form": form,
        "is_own": context["person"] == request.user,
        "chosen": form.data.get("opening", ""),
        "asked": asked["date"] if "date" in asked.data else None,
        "freshness": freshness(context["person"], now=request.now),
    }
    only_times = request.htmx and request.htmx.target == "times"
    return render(request, "bookings/times/_times.html" if only_times else template, context)


def _service_and_day(request: CalendarRequest, person: User, asked: ServiceDayForm) -> tuple[Service, date]:
    """The service and the day asked for; by default the person's first service, today."""
    asked.is_valid()
    service = asked.cleaned_data.get("service") or bookable_services(person)[0]
    return service, asked.cleaned_data.get("date") or request.now.astimezone(request.zone).date()


def _day(request: CalendarRequest, booking: Booking, asked: DayForm) -> date:
    """The day asked for; by default the booking's own or, once that is over, today."""
    asked.is_valid()
    day: date | None = asked.cleaned_data.get("date")
    return day or max(booking.start, request.now).astimezone(request.zone).date()


def _known_client(request: CalendarRequest) -> dict[str, str]:
    """The details of the client whose page led here, and the language in which to write to them."""
    asked = request.GET.get("client", "")
    is_number = asked.isdecimal() and len(asked) < 19
    client = visible_clients(request.user).known().filter(pk=int(asked)).first() if is_number else None
    known = client_details(client) if client else {}
    return known | {"language": known.get("language") or usual_language()}


def _asked_clock(request: CalendarRequest) -> dict[str, time]:
    """The clock time in the address, if a page led here that knows it."""
    try:
        return {"time": time.fromisoformat(request.GET.get("time", ""))}
    except ValueError:
        return {}
