"""Deciding from a mail: the link shows what is asked, and only a button decides."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from bookings import deciding, verdicts
from bookings.models import Proposal


@never_cache
def tap(request: HttpRequest, token: str) -> HttpResponse:
    named = _named(token)
    asked = deciding.together(named[0])
    if request.method == "POST":
        shown, choice = request.POST.getlist("shown"), request.POST.get("choice", "")
        for sentence in verdicts.decide_all(asked if shown else named, choice=choice, now=timezone.now(), shown=shown)[
            1
        ]:
            messages.error(request, sentence)
        return redirect("bookings:tap", token)
    with timezone.override(named[0].booking.staff.calendar_configuration.zone):
        return render(request, "bookings/tap.html", {"proposal": named[0], "asked": asked})


def _named(token: str) -> list[Proposal]:
    try:
        return deciding.named(token)
    except Proposal.DoesNotExist:
        raise Http404(_("This link is not valid any more.")) from None
