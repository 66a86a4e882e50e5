"""Changes made on the iPhone that staff must decide."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from bookings import actions
from bookings.models import Proposal, ProposalQuerySet
from bookings.pages.live import live
from bookings.pages.proposals.covered import alone, covered_groups
from bookings.pages.proposals.day_views import asked_days, may_see_day
from bookings.pages.proposals.deleted_days import deleted_days
from bookings.proposals import lifecycle
from connections.calendar_page import CalendarRequest, calendar_page
from practice.roles import Action, allowed

MAX_DECIDED = 10


@calendar_page(Action.DECIDE_PROPOSALS)
def proposals(request: CalendarRequest) -> HttpResponse:
    visible = _visible(request)
    undecided = list(visible.open())
    groups = covered_groups(undecided, request.user, request.now)
    context = {
        "groups": groups,
        "asked_days": asked_days(request.user, request.now),
        "proposals": sorted(alone(undecided, groups), key=lambda proposal: proposal.booking.start),
        "days": deleted_days(undecided, request.zone),
        "decided": visible.exclude(decided_at=None).select_related("decided_by").order_by("-decided_at")[:MAX_DECIDED],
    }
    return live(request, "bookings/proposals/page.html", "bookings/proposals/_proposals.html", context)


@require_POST
@calendar_page(Action.DECIDE_PROPOSALS)
def decide(request: CalendarRequest, pk: int) -> HttpResponse:
    proposal = get_object_or_404(_visible(request), pk=pk)
    choice, shown = request.POST.get("choice", ""), request.POST.get("shown", "")
    try:
        actions.decide(proposal, choice=choice, now=request.now, actor=request.user, shown=shown)
    except actions.Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Done: %(booking)s.") % {"booking": proposal.booking})
    if proposal.covered_day and may_see_day(request.user, proposal.covered_day):
        return redirect("proposals:day", proposal.covered_day.pk)
    return redirect("proposals:list")


@require_POST
@calendar_page(Action.DECIDE_PROPOSALS)
def decide_together(request: CalendarRequest, pk: int) -> HttpResponse:
    group = lifecycle.decided_together(get_object_or_404(_visible(request), pk=pk))
    choice, shown = request.POST.get("choice", ""), request.POST.getlist("shown")
    decided, refused = actions.decide_all(group, choice=choice, now=request.now, actor=request.user, shown=shown)
    for sentence in refused:
        messages.error(request, sentence)
    text = ngettext("%(count)s proposal decided.", "%(count)s proposals decided.", decided)
    messages.success(request, text % {"count": decided})
    return redirect("proposals:list")


def _visible(request: CalendarRequest) -> ProposalQuerySet:
    proposals = Proposal.objects.with_details()
    return allowed(request.user, Action.DECIDE_PROPOSALS, proposals, owner="booking__staff")
