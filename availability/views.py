"""The tab Availability: weekly hours, date overrides and blocked slots of the person who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from availability.forms import BlockedSlotForm, DateOverrideForm, posted_week, reshaped_week, week_of
from availability.models import BlockedSlot, DateOverride, WorkingHours, write_week
from connections.models import CalendarConfiguration, schedule_lock
from practice.models import User


class StaffRequest(HttpRequest):
    user: User
    htmx: HtmxDetails


Change = Callable[..., HttpResponse]


def change(view: Change) -> Callable[..., HttpResponse]:
    """A view that changes something of the person signed in, given their zone; a GET is sent to the page."""

    @login_required
    @wraps(view)
    def wrapped(request: StaffRequest, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return redirect("availability:page")
        zone = get_object_or_404(CalendarConfiguration, user=request.user).zone
        return view(request, zone, **kwargs)

    return wrapped


@login_required
def page(request: StaffRequest) -> HttpResponse:
    configuration = CalendarConfiguration.objects.filter(user=request.user).first()
    if configuration is None:
        return render(request, "availability/page.html")
    return render(request, "availability/page.html", _sections(request.user, configuration.zone))


@change
def hours(request: StaffRequest, zone: ZoneInfo) -> HttpResponse:
    if reshaped := reshaped_week(request.POST):
        return _show(request, zone, "hours", week=reshaped)
    week = posted_week(request.POST)
    if not week.is_valid():
        return _show(request, zone, "hours", week=week)
    write_week(request.user, week.hours)
    return _done(request, zone, "hours", _("Weekly hours saved."))


@change
def add_override(request: StaffRequest, zone: ZoneInfo) -> HttpResponse:
    with schedule_lock(request.user):
        form = DateOverrideForm(request.user, zone, timezone.now(), request.POST)
        if valid := form.is_valid():
            form.save()
    if not valid:
        return _show(request, zone, "overrides", override_form=form)
    return _done(request, zone, "overrides", _("Date override added."))


@change
def remove_override(request: StaffRequest, zone: ZoneInfo, pk: int) -> HttpResponse:
    get_object_or_404(DateOverride, pk=pk, user=request.user).delete()
    return _done(request, zone, "overrides", _("Date override removed."))


@change
def add_blocked_slot(request: StaffRequest, zone: ZoneInfo) -> HttpResponse:
    with schedule_lock(request.user):
        form = BlockedSlotForm(request.user, zone, timezone.now(), request.POST)
        if valid := form.is_valid():
            form.save()
    if not valid:
        return _show(request, zone, "blocked", blocked_form=form)
    return _done(request, zone, "blocked", _blocked(request.user))


def _blocked(user: User) -> str:
    if user.calendar_configuration.mirrors:
        return _("Time blocked. It appears on your iPhone in a moment.")
    return _("Time blocked. It is not shown on your iPhone.")


@change
def remove_blocked_slot(request: StaffRequest, zone: ZoneInfo, pk: int) -> HttpResponse:
    get_object_or_404(BlockedSlot, pk=pk, user=request.user).delete()
    return _done(request, zone, "blocked", _("Blocked slot removed."))


def _sections(user: User, zone: ZoneInfo) -> dict[str, Any]:
    """What the three sections show when nothing was typed."""
    now = timezone.now()
    return {
        "zone": zone,
        "week": week_of(WorkingHours.objects.filter(user=user).by_weekday()),
        "override_form": DateOverrideForm(user, zone, now),
        "overrides": DateOverride.objects.filter(user=user).upcoming(now.astimezone(zone).date()),
        "blocked_form": BlockedSlotForm(user, zone, now),
        "blocked_slots": BlockedSlot.objects.filter(user=user).upcoming(now).prefetch_related("mirrored"),
        "mirrors": user.calendar_configuration.mirrors,
    }


def _show(request: StaffRequest, zone: ZoneInfo, section: str, **typed: Any) -> HttpResponse:
    """Render the section for htmx and the page for everybody else, with what was typed."""
    template = f"availability/_{section}.html" if request.htmx else "availability/page.html"
    return render(request, template, _sections(request.user, zone) | typed)


def _done(request: StaffRequest, zone: ZoneInfo, section: str, sentence: str) -> HttpResponse:
    if request.htmx:
        return _show(request, zone, section, done=sentence)
    messages.success(request, sentence)
    return redirect(f"{reverse('availability:page')}#{section}")
