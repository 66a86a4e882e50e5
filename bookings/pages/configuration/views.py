"""Calendar Configuration: the linked calendar, the conflict calendars and their rules."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings.pages.configuration.choice import Choice
from connections import accounts
from connections.accounts import ConfigurationRefused
from connections.calendar_page import CalendarRequest, calendar_page
from connections.models import Calendar, Connection
from practice.roles import Action


@calendar_page(Action.MANAGE_OWN_CALENDAR)
def configuration(request: CalendarRequest) -> HttpResponse:
    choice = Choice(request.user, request.configuration, request.now, request.POST or None)
    if request.method == "POST" and choice.is_valid() and _saved(choice):
        messages.success(request, _("Saved. Kalends reads your calendars now.") if choice.calendars else _("Saved."))
        return redirect("configuration:page")
    context = {
        "choice": choice,
        "form": choice.form,
        "groups": choice.groups(),
        "connected": bool(choice.calendars) or Connection.objects.filter(user=request.user).exists(),
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
def new_calendar(request: CalendarRequest, pk: int) -> HttpResponse:
    calendar = get_object_or_404(Calendar.objects.of(request.user).present(), pk=pk, asked_about=False)
    blocks = request.POST.get("blocks") == "yes"
    accounts.decide_about_new_calendar(calendar, blocks=blocks)
    sentence = _("“%(name)s” blocks from now on.") if blocks else _("“%(name)s” does not block.")
    messages.success(request, sentence % {"name": calendar})
    return redirect("configuration:page")
