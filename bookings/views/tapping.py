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
    proposal = _proposal(token)
    asked = deciding.together(proposal)
    if request.method == "POST":
        for sentence in verdicts.decide_all(asked, choice=request.POST.get("choice", ""), now=timezone.now()):
            messages.error(request, sentence)
        return redirect("bookings:tap", token)
    configuration = proposal.booking.staff.calendar_configuration
    with timezone.override(configuration.zone):
        return render(request, "bookings/tap.html", {"proposal": proposal, "asked": asked})


def _proposal(token: str) -> Proposal:
    try:
        return deciding.proposal_of(token)
    except Proposal.DoesNotExist:
        raise Http404(_("This link is not valid any more.")) from None
