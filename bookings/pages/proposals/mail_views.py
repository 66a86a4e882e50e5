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
from bookings.pages.addressee import read_by
from bookings.proposals import lifecycle, mail_links


@never_cache
def from_mail(request: HttpRequest, token: str) -> HttpResponse:
    mailed = _mailed(token)
    addressee, first = mailed.addressee, mailed.proposals[0]
    group = lifecycle.decided_together(first)
    with read_by(addressee):
        if request.method == "POST":
            _decide(request, mailed, group)
            return redirect("proposals:from_mail", token)
        context = {"proposal": first, "asked": group, "addressee": addressee}
        return render(request, "bookings/proposals/from_mail.html", context)


def _decide(request: HttpRequest, mailed: mail_links.MailedProposals, group: list[Proposal]) -> None:
    """Decide what the form showed, in the name of the addressee, and say what was refused."""
    shown, choice = request.POST.getlist("shown"), request.POST.get("choice", "")
    submitted = group if shown else mailed.proposals
    _decided, refused = actions.decide_all(
        submitted, choice=choice, now=timezone.now(), actor=mailed.addressee, shown=shown, by_mail=True
    )
    for sentence in refused:
        messages.error(request, sentence)


def _mailed(token: str) -> mail_links.MailedProposals:
    try:
        return mail_links.mailed_proposals(token)
    except Proposal.DoesNotExist:
        raise Http404(_("This link is no longer valid.")) from None
