"""The list of clients to call: what to tell them, with links that call or write a text message."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings.models import Mail
from bookings.notifications.mails import calls
from bookings.pages.live import live
from connections.calendar_page import CalendarRequest, calendar_page
from practice.roles import Action, allowed


@dataclass(frozen=True, slots=True)
class Call:
    """One client to be told something."""

    mail: Mail
    sentence: str

    @property
    def text_link(self) -> str:
        """Opens the text message with the sentence filled in."""
        return f"sms:{self.mail.seat.number}?&body={quote(self.sentence)}"


@calendar_page(Action.HANDLE_BOOKINGS)
def listing(request: CalendarRequest) -> HttpResponse:
    context = {"calls": [_call(mail, request) for mail in calls.to_call(request.user, request.now)]}
    return live(request, "bookings/calls/list.html", "bookings/calls/_list.html", context)


@require_POST
@calendar_page(Action.HANDLE_BOOKINGS)
def done(request: CalendarRequest, pk: int) -> HttpResponse:
    mails = allowed(request.user, Action.HANDLE_BOOKINGS, Mail.objects.to_clients(), owner="seat__booking__staff")
    mail = get_object_or_404(mails, pk=pk)
    if calls.note_told(mail, request.user, request.now):
        messages.success(request, _("Noted: %(client)s has been told.") % {"client": mail.seat.client})
    else:
        messages.error(request, _("This is settled already, or there is newer news. Check the list."))
    return redirect("calls:list")


def _call(mail: Mail, request: CalendarRequest) -> Call:
    return Call(mail, calls.sentence_of(mail, request.user, request.now))
