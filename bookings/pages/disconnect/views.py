"""Disconnecting an account: what will happen, and whether the events of bookings are removed first."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bookings import actions
from connections.calendar_page import CalendarRequest, calendar_page
from connections.models import Connection
from practice.roles import Action


@calendar_page(Action.MANAGE_OWN_CALENDAR)
def disconnect(request: CalendarRequest, pk: int) -> HttpResponse:
    connection = get_object_or_404(Connection, pk=pk, user=request.user)
    done = _done(connection)
    if request.method == "POST" and _disconnected(request, connection):
        messages.success(request, done)
        return redirect("connections:list")
    context = {"connection": connection, "summary": actions.disconnect_summary(connection, request.now)}
    return render(request, "bookings/disconnect/page.html", context | {"active": "connections"})


def _done(connection: Connection) -> str:
    """What is said once it is disconnected; its calendars are still there."""
    if connection.is_feed:
        return _("“%(calendar)s” is removed and its web address deleted.") % {"calendar": connection.title}
    return _("%(connection)s is disconnected and its password deleted.") % {"connection": connection}


def _disconnected(request: CalendarRequest, connection: Connection) -> bool:
    try:
        actions.disconnect(connection, remove="remove" in request.POST, now=request.now)
    except actions.EventsNotRemoved as error:
        sentence = ngettext(
            "%(count)s event could not be removed from %(provider)s yet. Nothing was disconnected; try again.",
            "%(count)s events could not be removed from %(provider)s yet. Nothing was disconnected; try again.",
            error.count,
        )
        messages.error(request, sentence % {"count": error.count, "provider": connection.words.name})
        return False
    return True
