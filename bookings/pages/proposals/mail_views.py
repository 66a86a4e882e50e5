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
from connections.models import CalendarConfiguration


@never_cache
def from_mail(request: HttpRequest, token: str) -> HttpResponse:
    mailed = _mailed(token)
    addressee, first = mailed.addressee, mailed.proposals[0]
    group = lifecycle.same_day_group(first)
    if request.method == "POST":
        shown, choice = request.POST.getlist("shown"), request.POST.get("choice", "")
        submitted = group if shown else mailed.proposals
        _decided, refused = actions.decide_all(
            submitted, choice=choice, now=timezone.now(), actor=addressee, shown=shown, by_mail=True
        )
        for sentence in refused:
            messages.error(request, sentence)
        return redirect("proposals:from_mail", token)
    with timezone.override(CalendarConfiguration.of(addressee).zone):
        context = {"proposal": first, "asked": group, "addressee": addressee}
        return render(request, "bookings/proposals/from_mail.html", context)


def _mailed(token: str) -> mail_links.MailedProposals:
    try:
        return mail_links.mailed_proposals(token)
    except Proposal.DoesNotExist:
        raise Http404(_("This link is no longer valid.")) from None
