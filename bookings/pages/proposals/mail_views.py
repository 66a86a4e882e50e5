"""Deciding from an e-mail: the link shows the proposals, and only a button decides."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from bookings import actions
from bookings.models import Proposal
from bookings.proposals import lifecycle, mail_links


@never_cache
def from_mail(request: HttpRequest, token: str) -> HttpResponse:
    from_token = _proposals(token)
    group = lifecycle.same_day_group(from_token[0])
    if request.method == "POST":
        shown, choice = request.POST.getlist("shown"), request.POST.get("choice", "")
        submitted = group if shown else from_token
        _decided, refused = actions.decide_all(submitted, choice=choice, now=timezone.now(), shown=shown)
        for sentence in refused:
            messages.error(request, sentence)
        return redirect("proposals:from_mail", token)
    with timezone.override(from_token[0].booking.staff.calendar_configuration.zone):
        return render(request, "bookings/proposals/from_mail.html", {"proposal": from_token[0], "asked": group})


def _proposals(token: str) -> list[Proposal]:
    try:
        return mail_links.proposals_from_token(token)
    except Proposal.DoesNotExist:
        raise Http404(_("This link is no longer valid.")) from None
