"""The tab Availability: weekly hours, date overrides and blocked slots of the person who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from availability.forms import (
    BlockedSlotForm,
    DateOverrideForm,
    LimitsForm,
    copied_week,
    posted_week,
    reshaped_week,
    week_of,
)
from availability.models import BlockedSlot, DateOverride, WorkingHours, write_week
from connections.calendar_page import CalendarRequest, calendar_page
from connections.models import CalendarConfiguration, schedule_lock
from practice.roles import Action
from practice.staff_page import View

P = ParamSpec("P")


def change(view: Callable[Concatenate[CalendarRequest, P], HttpResponse]) -> View[P]:
    """Decorate a view that changes something of the person who is signed in; a GET is sent to the page.

    Whoever sets hours can be booked from then on, so they get a calendar configuration if they have none.
    """

    def wrapped(request: CalendarRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method != "POST":
            return redirect("availability:page")
        if request.configuration._state.adding:
            request.configuration, _created = CalendarConfiguration.objects.get_or_create(user=request.user)
        return view(request, *args, **kwargs)

    update_wrapper(wrapped, view)
    return calendar_page(Action.MANAGE_OWN_CALENDAR)(wrapped)


@calendar_page(Action.MANAGE_OWN_CALENDAR)
def page(request: CalendarRequest) -> HttpResponse:
    return render(request, "availability/page.html", _sections(request))


@change
def hours(request: CalendarRequest) -> HttpResponse:
    if reshaped := reshaped_week(request.POST):
        return _show(request, "hours", week=reshaped)
    if copied := copied_week(request.POST):
        return _show(request, "hours", week=copied, done=_("Copied. Save the hours to keep them."))
    week = posted_week(request.POST)
    if not week.is_valid():
        return _show(request, "hours", week=week)
    write_week(request.user, week.hours)
    return _done(request, "hours", _("Weekly hours saved."))


@change
def limits(request: CalendarRequest) -> HttpResponse:
    form = LimitsForm(request.POST, instance=request.configuration)
    if not form.is_valid():
        return _show(request, "limits", limits_form=form)
    CalendarConfiguration.objects.filter(user=request.user).update(**form.cleaned_data)
    return _done(request, "limits", _("Limits saved."))


@change
def add_override(request: CalendarRequest) -> HttpResponse:
    with schedule_lock(request.user):
        form = DateOverrideForm(request.user, request.zone, request.now, request.POST)
        if valid := form.is_valid():
            form.save()
    if not valid:
        return _show(request, "overrides", override_form=form)
    return _done(request, "overrides", _("Date override added."))


@change
def remove_override(request: CalendarRequest, pk: int) -> HttpResponse:
    get_object_or_404(DateOverride, pk=pk, user=request.user).delete()
    return _done(request, "overrides", _("Date override removed."))


@change
def add_blocked_slot(request: CalendarRequest) -> HttpResponse:
    with schedule_lock(request.user):
        form = BlockedSlotForm(request.user, request.zone, request.now, request.POST)
        if valid := form.is_valid():
            form.save()
    if not valid:
        return _show(request, "blocked", blocked_form=form)
    return _done(request, "blocked", blocked_sentence(request.configuration))


def blocked_sentence(configuration: CalendarConfiguration) -> str:
    """That a time was blocked, and whether the iPhone shows it."""
    if configuration.mirrors:
        return _("Time blocked. It appears on your iPhone in a moment.")
    return _("Time blocked. It is not shown on your iPhone.")


@change
def remove_blocked_slot(request: CalendarRequest, pk: int) -> HttpResponse:
    get_object_or_404(BlockedSlot, pk=pk, user=request.user).delete()
    return _done(request, "blocked", _("Blocked slot removed."))


def _sections(request: CalendarRequest) -> dict[str, Any]:
    """What the three sections show when nothing was typed."""
    user, zone, now = request.user, request.zone, request.now
    return {
        "zone": zone,
        "week": week_of(WorkingHours.objects.filter(user=user).by_weekday()),
        "limits_form": LimitsForm(instance=request.configuration),
        "override_form": DateOverrideForm(user, zone, now),
        "overrides": DateOverride.objects.filter(user=user).upcoming(now.astimezone(zone).date()),
        "blocked_form": BlockedSlotForm(user, zone, now),
        "blocked_slots": BlockedSlot.objects.filter(user=user).upcoming(now).prefetch_related("mirrored"),
        "mirrors": request.configuration.mirrors,
    }


def _show(request: CalendarRequest, section: str, **typed: Any) -> HttpResponse:
    """Render the section for htmx and the page for everybody else, with what was typed."""
    template = f"availability/_{section}.html" if request.htmx else "availability/page.html"
    return render(request, template, _sections(request) | typed)


def _done(request: CalendarRequest, section: str, sentence: str) -> HttpResponse:
    if request.htmx:
        return _show(request, section, done=sentence)
    messages.success(request, sentence)
    return redirect(f"{reverse('availability:page')}#{section}")
