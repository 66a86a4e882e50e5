"""Calendar Configuration: the linked calendar, the conflict calendars and their rules."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings.pages.configuration.choice import Choice
from bookings.pages.configuration.preview import next_week, week_preview
from connections import accounts
from connections.accounts import ConfigurationRefused
from connections.calendar_page import CalendarRequest, calendar_page
from connections.models import Calendar, Connection
from practice.language import first_weekday
from practice.roles import Action

TO_THE_WEEK = "week"  # the tag of a message with a link to the week
IN_SIGHT = {"time_zone", "linked_calendar", "conflict_calendars"}  # the other fields are folded away


@calendar_page(Action.MANAGE_OWN_CALENDAR)
def configuration(request: CalendarRequest) -> HttpResponse:
    choice = Choice(request.user, request.configuration, request.now, request.POST or None)
    if request.method == "POST" and choice.is_valid() and _saved(choice):
        sentence = _("Saved. Kalends reads your calendars now.") if choice.calendars else _("Saved.")
        messages.success(request, sentence, extra_tags=TO_THE_WEEK)
        return redirect("configuration:page")
    context = {
        "choice": choice,
        "form": choice.form,
        "groups": choice.groups(),
        "connected": bool(choice.calendars) or Connection.objects.filter(user=request.user).exists(),
        "more_open": bool(choice.form.errors.keys() - IN_SIGHT),
        "active": "configuration",
    }
    return render(request, "bookings/configuration/page.html", context)


def _saved(choice: Choice) -> bool:
    try:
        choice.save()
    except ConfigurationRefused as error:
        choice.form.add_error("linked_calendar", str(error))
        return False
    return True


@require_POST
@calendar_page(Action.MANAGE_OWN_CALENDAR)
def preview(request: CalendarRequest) -> HttpResponse:
    """What the submitted choice would block next week. Nothing is saved; what was never read is asked for now."""
    choice = Choice(request.user, request.configuration, request.now, request.POST)
    calendars, zone = choice.blocking(), choice.zone()
    week = week_preview(
        request.user,
        calendars,
        first=next_week(request.now.astimezone(zone).date(), first_weekday(request)),
        zone=zone,
        now=request.now,
        seconds=settings.FRESHNESS_DEADLINE_SECONDS,
    )
    return render(request, "bookings/configuration/_preview.html", {"preview": week})


@require_POST
@calendar_page(Action.MANAGE_OWN_CALENDAR)
def new_calendar(request: CalendarRequest, pk: int) -> HttpResponse:
    """Decide about a calendar that appeared later, on whichever page that was asked."""
    calendar = get_object_or_404(Calendar.objects.of(request.user).present(), pk=pk, asked_about=False)
    blocks = request.POST.get("blocks") == "yes"
    accounts.decide_about_new_calendar(calendar, blocks=blocks)
    sentence = _("“%(name)s” blocks from now on.") if blocks else _("“%(name)s” does not block.")
    if request.htmx:
        context = {"sentence": sentence % {"name": calendar}, "calendar": calendar}
        return render(request, "bookings/configuration/_decided.html", context)
    messages.success(request, sentence % {"name": calendar})
    return redirect(_page_before(request))


def _page_before(request: CalendarRequest) -> str:
    """The page on which the form stood."""
    page = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(page, allowed_hosts=None) and page.startswith("/")
    return page if safe else reverse("configuration:page")
