"""Choosing a time, for a new booking or to move one.

The day (and, of a new booking, the service) comes by GET, so that it works without JavaScript; the rest by POST.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from availability.slots import Shape
from bookings import actions
from bookings.models import Booking, ClientChange, Service
from bookings.openings.explain import why_not
from bookings.openings.search import is_near
from bookings.pages.clients.change_words import details, headline
from bookings.pages.people import asked_person, bookable_people, told_to
from bookings.pages.times.beginning import asked_clock, client_initial, former_answers, known_zone
from bookings.pages.times.client_clock import client_zone
from bookings.pages.times.forms import BookingForm, DayForm, ServiceDayForm, TimeForm, asked_service
from bookings.pages.times.openings import DayOpenings, first_free_day, openings_on
from connections.calendar_page import CalendarRequest, calendar_page
from connections.freshness import freshness
from practice.language import first_weekday
from practice.models import User
from practice.roles import Action, allowed, may


@calendar_page(Action.HANDLE_BOOKINGS)
def new(request: CalendarRequest) -> HttpResponse:
    asked = (request.POST or request.GET).get("staff", "")
    person = asked_person(request.user, asked)
    if person is None and asked:
        raise Http404
    if person is None:
        return render(request, "bookings/times/new.html", {"no_services": True})
    if request.method != "POST":
        return _new_page(request, person, _form(request, person))
    form = _form(request, person, request.POST)
    if not form.is_valid():
        _say_if_not_open(request, person, form)
        return _new_page(request, person, form)
    try:
        booking = _book(request, person, form)
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


def _form(request: CalendarRequest, person: User, data: QueryDict | None = None) -> BookingForm:
    """The form with what was sent, or else with what is known: the service and time asked for, the client, answers."""
    service = asked_service(person, request.GET.get("service", ""))
    initial = {**client_initial(request), **former_answers(request, service), **asked_clock(request)}
    initial["service"] = service.choice
    reads_notes = may(request.user, Action.READ_NOTES, owner_of=person.pk)
    return BookingForm(person, request.zone, data, initial=initial, reads_notes=reads_notes)


def _book(request: CalendarRequest, person: User, form: BookingForm) -> Booking:
    data = form.cleaned_data
    return actions.book(
        service=data["service"],
        staff=person,
        start=data["moment"],
        client=actions.ClientDetails(data["name"], data["email"], data["phone"]),
        now=request.now,
        actor=request.user,
        anyway=data["anyway"],
        note=data["note"],
        seat=actions.SeatDetails(language=data["language"], answers=form.answers, asked=form.asked),
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
    service = asked_service(person, asked.data.get("service", ""))
    day = _new_day(request, asked, person, service)
    asked_again = request.htmx and request.GET.get("questions_of") != str(service.pk)
    context = {
        "person": person,
        "staff_key": None if person == request.user else person.pk,
        "service": service,
        "swap_questions": asked_again,
        "found": _openings_on(request, day, person, service.shape),
        "there": client_zone(known_zone(request), request.zone, request.now),
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
        "found": _openings_on(request, day, booking.staff, shape, moving=booking),
        "there": client_zone(booking.seat.clock_zone, request.zone, request.now),
        "what": DayForm(initial={"date": day}),
    }
    return _page(request, "bookings/times/reschedule.html", form, asked, context | {"refusal": refusal})


def _openings_on(
    request: CalendarRequest, day: date, person: User, shape: Shape, *, moving: Booking | None = None
) -> DayOpenings:
    """The openings of the day as the reader sees days, weeks and the clock."""
    weekday = first_weekday(request)
    return openings_on(day, person, shape, request.zone, first_weekday=weekday, now=request.now, moving=moving)


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
        "begins_with_times": _begins_with_times(request),
    }
    only_times = request.htmx and request.htmx.target == "times"
    return render(request, "bookings/times/_times.html" if only_times else template, context)


def _begins_with_times(request: CalendarRequest) -> bool:
    """Does the cursor go to the first time: on a new page, and after a day was chosen from the month?"""
    return request.method == "GET" and (not request.htmx or "later" in request.GET)


def _new_day(request: CalendarRequest, asked: ServiceDayForm, person: User, service: Service) -> date:
    """The day asked for; by default the first with a free time, and today instead of one of another age."""
    asked.is_valid()
    day: date | None = asked.cleaned_data.get("date")
    if day is None and "date" not in asked.data:
        return first_free_day(person, service.shape, request.zone, now=request.now)
    return day or request.now.astimezone(request.zone).date()


def _day(request: CalendarRequest, booking: Booking, asked: DayForm) -> date:
    """The day asked for; by default the booking's own or, once that is over, today."""
    asked.is_valid()
    day: date | None = asked.cleaned_data.get("date")
    return day or max(booking.start, request.now).astimezone(request.zone).date()
