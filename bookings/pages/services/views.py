"""The tab Services: what can be booked with the staff member."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.db.models import Case, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from bookings.models import Service
from bookings.pages.services.forms import ServiceForm
from connections.calendar_page import CalendarRequest, calendar_page
from practice.booking_page.addresses import booking_address
from practice.forms import posted

_off_last = Case(When(visibility=Service.Visibility.OFF, then=1), default=0)


@calendar_page()
def services(request: CalendarRequest) -> HttpResponse:
    own = Service.objects.filter(staff=request.user).order_by(_off_last, "position", "name", "pk")
    return render(request, "bookings/services/list.html", {"services": own, "active": "services"})


@calendar_page()
def new(request: CalendarRequest) -> HttpResponse:
    form = ServiceForm(posted(request))
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save().staff.add(request.user)
        messages.success(request, _("“%(service)s” can be booked now.") % {"service": form.instance})
        return redirect("services:list")
    return render(request, "bookings/services/form.html", {"form": form, "active": "services"})


@calendar_page()
def edit(request: CalendarRequest, slug: str) -> HttpResponse:
    service = get_object_or_404(Service, slug=slug, staff=request.user)
    others = list(service.staff.exclude(pk=request.user.pk).order_by("username"))
    form = ServiceForm(posted(request), instance=service, others=others)
    if request.method == "POST" and form.is_valid():
        form.save_and_reword(request.now)
        messages.success(request, _("“%(service)s” saved.") % {"service": service})
        return redirect("services:list")
    context = {"form": form, "service": service, "booking_page": booking_address(service.slug), "active": "services"}
    return render(request, "bookings/services/form.html", context)
