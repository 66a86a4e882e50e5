"""Deciding from an e-mail: the link shows the proposals, and only a button decides."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from bookings import actions
from bookings.models import Proposal
from bookings.pages.addressee import read_by
from bookings.pages.proposals.day_views import AFTER_ASKING, carry_out, day_context
from bookings.proposals import lifecycle, mail_links
from bookings.proposals.covered_days import DayChoice
from practice.models import Practice

ONE_BY_ONE = "one_by_one"
"""In the query: each proposal of the mail has buttons of its own."""


@never_cache
def from_mail(request: HttpRequest, token: str) -> HttpResponse:
    mailed = _mailed(token)
    addressee, first = mailed.addressee, mailed.first
    group = lifecycle.decided_together(first)
    is_single = ONE_BY_ONE in request.GET
    with read_by(addressee):
        if request.method == "POST":
            _carry_out(request, mailed, group)
            query = {ONE_BY_ONE: "yes"} if is_single else None
            return redirect(reverse("proposals:from_mail", args=[token], query=query))
        context = {"proposal": first, "asked": group, "addressee": addressee, "is_single": is_single}
        context["practice"] = Practice.current()
        if first.covered_day:
            shown = day_context(first.covered_day, addressee, timezone.now())
            context |= shown | {"group": next((one for one in shown["groups"] if one.kind == first.kind), None)}
        return render(request, "bookings/proposals/from_mail.html", context)


def _carry_out(request: HttpRequest, mailed: mail_links.MailedProposals, group: list[Proposal]) -> None:
    """Decide about the whole day or about what the form showed, whichever button was pressed."""
    day, choice = mailed.first.covered_day, request.POST.get("choice")
    if day and choice in (*DayChoice, *AFTER_ASKING):
        carry_out(request, day, actor=mailed.addressee, now=timezone.now(), by_mail=True)
    else:
        _decide(request, mailed, group)


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
