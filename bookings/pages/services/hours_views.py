"""The hours in which somebody gives one service, if these are fewer than the hours in which they work."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from availability.forms import BaseWeekForms, copied_week, posted_week, reshaped_week, week_of
from availability.models import Week
from bookings.models import Service, ServiceHours, write_service_hours
from bookings.pages.services.views import assigned_services
from connections.calendar_page import CalendarRequest, calendar_page
from practice.models import User
from practice.roles import Action


@calendar_page(Action.OFFER_SERVICES)
def hours(request: CalendarRequest, slug: str) -> HttpResponse:
    """Own weekly hours for a service that one is assigned to; without any it is given whenever one works."""
    service = get_object_or_404(assigned_services(request.user), slug=slug)
    if request.method != "POST":
        return _page(request, service, week_of(_stored(request.user, service)))
    if reshaped := reshaped_week(request.POST):
        return _page(request, service, reshaped)
    if copied := copied_week(request.POST):
        return _page(request, service, copied, done=_("Copied. Save the hours to keep them."))
    week = posted_week(request.POST)
    if not week.is_valid():
        return _page(request, service, week)
    write_service_hours(service, request.user, week.hours)
    messages.success(request, _saved(service, limited=bool(week.hours)))
    return redirect("services:list")


def _stored(user: User, service: Service) -> Week:
    return ServiceHours.objects.by_weekday_of(service, [user.pk]).get(user.pk, {})


def _page(request: CalendarRequest, service: Service, week: BaseWeekForms, *, done: str = "") -> HttpResponse:
    context = {"service": service, "week": week, "zone": request.zone, "active": "services", "done": done}
    return render(request, "bookings/services/hours.html", context)


def _saved(service: Service, *, limited: bool) -> str:
    if limited:
        return _("Your hours for “%(service)s” are saved.") % {"service": service}
    return _("You give “%(service)s” whenever you work.") % {"service": service}
