"""The tab Services: what can be booked in the practice. Owners change it; staff see what they offer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Case, Q, QuerySet, When
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings.models import Service
from bookings.openings.service_hours import all_service_hours
from bookings.pages.people import BY_NAME, bookable_roles
from bookings.pages.services.forms import ServiceForm
from connections.calendar_page import CalendarRequest, calendar_page
from practice.booking_page.addresses import booking_address
from practice.forms import posted
from practice.models import User
from practice.profile.missing import missing_now
from practice.roles import Action, Reach, allowed, may, reach

_off_last = Case(When(visibility=Service.Visibility.OFF, then=1), default=0)


@calendar_page(Action.OFFER_SERVICES)
def services(request: CalendarRequest) -> HttpResponse:
    edits = reach(request.user, Action.EDIT_SERVICES)
    found = Service.objects.prefetch_related("staff") if edits is Reach.ALL else assigned_services(request.user)
    context = {
        "services": found.order_by(_off_last, "position", "name", "pk"),
        "of_all": edits is Reach.ALL,
        **_offers(request, edits),
        "may_edit": edits in (Reach.ALL, Reach.OWN),
        "active": "services",
    }
    return render(request, "bookings/services/list.html", context)


@calendar_page(Action.EDIT_SERVICES)
def new(request: CalendarRequest) -> HttpResponse:
    form = ServiceForm(posted(request), assignable=_assignable(request), initial={"people": [request.user.pk]})
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            form.save()
            form.assign(request.user)
        messages.success(request, _made(form.instance))
        return redirect("services:list")
    return render(request, "bookings/services/form.html", {"form": form, "active": "services"})


@calendar_page(Action.EDIT_SERVICES)
def preview(request: CalendarRequest) -> HttpResponse:
    """The service as clients would see it, from what stands in the form just now; what is wrong there is left out."""
    form = ServiceForm(posted(request))
    form.is_valid()
    return render(request, "bookings/services/_preview.html", {"service": form.instance})


@calendar_page(Action.EDIT_SERVICES)
def edit(request: CalendarRequest, slug: str) -> HttpResponse:
    services = allowed(request.user, Action.EDIT_SERVICES, Service.objects.all(), owner="staff")
    service = get_object_or_404(services, slug=slug)
    assignable = _assignable(request)
    others = [] if assignable is not None else list(service.staff.exclude(pk=request.user.pk).order_by("username"))
    context = {
        "service": service,
        "active": "services",
        "own_hours": all_service_hours(service),
        "is_assigned": assigned_services(request.user).filter(pk=service.pk).exists(),
        **_booking_page(service, request.user),
    }
    form = ServiceForm(posted(request), instance=service, others=others, assignable=assignable)
    if request.method == "POST" and form.is_valid():
        form.save_and_reword(request.now)
        form.assign(request.user)
        messages.success(request, _("“%(service)s” saved.") % {"service": service})
        return redirect("services:list")
    return render(request, "bookings/services/form.html", context | {"form": form})


def _offers(request: CalendarRequest, edits: Reach) -> dict[str, Any]:
    """Which services the person is assigned to, and which they do not offer; nothing where nobody assigns them."""
    if edits is Reach.OWN:
        return {}
    return {
        "assigned": set(assigned_services(request.user).values_list("pk", flat=True)),
        "declined": set(request.user.declined_services.values_list("pk", flat=True)),
    }


@require_POST
@calendar_page(Action.OFFER_SERVICES)
def offer(request: CalendarRequest, slug: str) -> HttpResponse:
    """Say whether one offers a service that one is assigned to."""
    service = get_object_or_404(assigned_services(request.user), slug=slug)
    offers = request.POST.get("offers") == "yes"
    service.offer(request.user, offers=offers)
    said = _("You offer “%(service)s”.") if offers else _("You do not offer “%(service)s” now. What is booked stays.")
    messages.success(request, said % {"service": service})
    return redirect("services:list")


def assigned_services(user: User) -> QuerySet[Service]:
    """The services that the person offers, or is assigned to and does not offer now."""
    return Service.objects.filter(Q(staff=user) | Q(declined_by=user)).distinct()


def _assignable(request: CalendarRequest) -> QuerySet[User] | None:
    """Those who may offer services, for owners; others assign nobody."""
    if reach(request.user, Action.EDIT_SERVICES) is not Reach.ALL:
        return None
    return bookable_roles().order_by(*BY_NAME)


def _booking_page(service: Service, user: User) -> dict[str, Any]:
    """Where clients book the service and, to owners, what is to do before they can; nothing if they never can."""
    if not service.is_for_clients:
        return {}
    missing = missing_now() if may(user, Action.MANAGE_PRACTICE) else []
    return {"booking_page": booking_address(service.slug), "missing": missing}


def _made(service: Service) -> str:
    if service.can_be_booked:
        return _("“%(service)s” can be booked now.") % {"service": service}
    return _("“%(service)s” saved. Nobody can book it yet.") % {"service": service}
