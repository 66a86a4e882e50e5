"""Why is this time free or blocked? From any hour of the week, in place or as a page."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django_htmx.http import push_url

from bookings.pages.people import week_person
from bookings.pages.week.cards.shown import is_in_dialog
from bookings.pages.why.answers import answer
from bookings.pages.why.forms import WhyForm, initial_values
from connections.calendar_page import CalendarRequest, calendar_page
from practice.roles import Action


@calendar_page(Action.SEE_WEEK)
def why(request: CalendarRequest) -> HttpResponse:
    person = week_person(request.user, request.GET.get("staff", ""))
    if person is None:
        raise Http404
    form = WhyForm(person, request.zone, request.now, request.GET)
    context = {"form": form, "zone": request.zone, "person": person, "is_own": person == request.user}
    if form.is_valid():
        at, service = form.cleaned_data["at"], form.cleaned_data["service"]
        shown = WhyForm(person, request.zone, request.now, initial=initial_values(at, request.zone, service))
        found = answer(person, at, now=request.now, service=service, reader=request.user)
        context |= {"form": shown, "answer": found}
    if is_in_dialog(request):
        # The page around the dialog stays what the address says.
        return push_url(render(request, "bookings/why/_why.html", context), False)
    return render(request, "bookings/why/page.html", context)
