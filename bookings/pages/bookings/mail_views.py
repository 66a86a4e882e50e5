"""From an e-mail about a move: the link shows it, and only a button undoes it or tells the client."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from bookings import actions
from bookings.models import BookingChange
from bookings.notifications import client_notice, move_mail
from bookings.notifications.mails import delivery
from bookings.pages.addressee import read_by
from practice.models import Practice


@never_cache
def move_from_mail(request: HttpRequest, token: str) -> HttpResponse:
    try:
        change = move_mail.move_from_token(token)
    except BookingChange.DoesNotExist:
        raise Http404(_("This link is no longer valid.")) from None
    now = timezone.now()
    with read_by(change.booking.staff):
        if request.method == "POST":
            _carry_out(request, change)
            return redirect("bookings:move_from_mail", token)
        is_open = change.undo_until is not None and change.undo_until > now
        context = {"change": change, "sentence": move_mail.move_sentence(change), "is_open": is_open}
        context["practice"] = Practice.current()
        return render(request, "bookings/bookings/move_from_mail.html", context)


def _carry_out(request: HttpRequest, change: BookingChange) -> None:
    """Undo the move or tell the client of it, whichever button was pressed."""
    now, choice = timezone.now(), request.POST.get("choice")
    if choice == "undo":
        try:
            actions.undo(change, now=now, actor=change.booking.staff)
        except actions.Refused as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Undone. The booking is back at its old time."))
    elif choice == "tell" and client_notice.tell_now(change, now):
        if delivery.send_due(now, booking=change.booking).sent:
            messages.success(request, _("The client has been told."))
        else:
            messages.success(request, _("The e-mail to the client is sent as soon as possible."))
