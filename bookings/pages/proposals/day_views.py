"""One covered day: the question about all its bookings, each of them, and what became of those that were decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bookings import actions
from bookings.models import BookingChange, CoveredDay, Proposal
from bookings.pages.live import live
from bookings.pages.proposals.covered import (
    answered_sentence,
    answers,
    covered_groups,
    done_sentences,
    let_stand_sentence,
    still_asked_sentence,
)
from bookings.proposals.covered_days import CHOICES, still_open, waiting_bookings
from connections.calendar_page import CalendarRequest, calendar_page
from practice.models import User
from practice.roles import Action, allowed, may

UNDO, STAND, UNDO_STANDING = "undo", "stand_after_all", "undo_standing"
"""In the form: ask nobody after all; the appointments stand after all; keep asking their clients."""
AFTER_ASKING = (UNDO, STAND, UNDO_STANDING)
BOOKING = "booking"
"""In the form: the key of the only booking that is meant; without it all whose clients have not chosen yet are."""


@calendar_page(Action.DECIDE_PROPOSALS)
def covered_day(request: CalendarRequest, pk: int) -> HttpResponse:
    covered = get_object_or_404(_visible(request.user), pk=pk)
    context = {
        "day": covered,
        "proposals": list(still_open(covered)),
        **day_context(covered, request.user, request.now),
    }
    return live(request, "bookings/proposals/day.html", "bookings/proposals/_day.html", context)


@require_POST
@calendar_page(Action.DECIDE_PROPOSALS)
def decide_covered_day(request: CalendarRequest, pk: int) -> HttpResponse:
    covered = get_object_or_404(_visible(request.user), pk=pk)
    carry_out(request, covered, actor=request.user, now=request.now)
    return redirect("proposals:day", pk)


def carry_out(request: HttpRequest, covered: CoveredDay, *, actor: User, now: datetime, by_mail: bool = False) -> None:
    """Do what the button says for all bookings of the day that the form showed, and say what was done and refused."""
    choice, shown = request.POST.get("choice", ""), request.POST.getlist("shown")
    if choice in AFTER_ASKING:
        result, done = _after_asking(request, covered, choice, actor=actor, now=now)
    else:
        try:
            asked = [one for one in still_open(covered) if choice in CHOICES[Proposal.Kind(one.kind)]]
            result = actions.decide_day(asked, choice=choice, now=now, actor=actor, shown=shown, by_mail=by_mail)
        except actions.Refused as error:
            result = actions.DayDecided(refused=[str(error)])
        done = done_sentences(choice, result)
    if not done and not result.refused:
        result.refused.append(_nothing_done(choice))
    for sentence in result.refused:
        messages.error(request, sentence)
    for sentence in done:
        messages.success(request, sentence)


def _nothing_done(choice: str) -> str:
    """Why a button had no effect: what it was for has been settled or told since the page was shown."""
    if choice in (UNDO, UNDO_STANDING):
        return _("It is too late to undo this, or it was undone already.")
    return _("Something shown here is already settled. Check what is still open.")


def _after_asking(
    request: HttpRequest, covered: CoveredDay, choice: str, *, actor: User, now: datetime
) -> tuple[actions.DayDecided, list[str]]:
    """Do what is left to do after clients were asked; what was done, in sentences."""
    if choice == STAND:
        only = request.POST.get(BOOKING, "")
        waiting = [one for one in waiting_bookings(covered, now) if only in ("", str(one.pk))]
        result = actions.let_all_stand(waiting, now=now, actor=actor)
        if only and not waiting:
            result.refused.append(_("This client is no longer asked to choose another time. Look again."))
        return result, [let_stand_sentence(result.decided)] if result.decided else []
    if choice == UNDO:
        result = actions.undo_asking(covered, now=now, actor=actor)
        return result, [_("Undone. These clients are not asked.")] if result.decided else []
    result = actions.undo_standing(covered, now=now, actor=actor)
    return result, [still_asked_sentence(result.decided)] if result.decided else []


def day_context(covered: CoveredDay, reader: User, now: datetime) -> dict[str, Any]:
    """What every page about the day shows."""
    found = answers(covered, now)
    return {
        "groups": covered_groups(still_open(covered), reader, now),
        "answers": found,
        "answered": answered_sentence(found),
        "undo_until": _first_end(actions.undoable(covered, now)),
        "undo_standing_until": _first_end(actions.undoable(covered, now, BookingChange.Kind.STANDS)),
        "waiting": sum(one.is_asked for one in found),
    }


def _first_end(undoable: Iterable[BookingChange]) -> datetime | None:
    """Until when all of these can be undone."""
    return min((change.undo_until for change in undoable if change.undo_until), default=None)


def asked_days(reader: User, now: datetime) -> QuerySet[CoveredDay]:
    """Days that are not over of which clients were asked to choose another time, for those who decide about them."""
    asked = Proposal.objects.filter(covered_day=OuterRef("pk"), choice=Proposal.Choice.ASK)
    return _visible(reader).filter(Exists(asked), end__gt=now)


def may_see_day(reader: User, covered: CoveredDay) -> bool:
    return may(reader, Action.DECIDE_PROPOSALS, owner_of=covered.person_id)


def _visible(reader: User) -> QuerySet[CoveredDay]:
    days = CoveredDay.objects.select_related("person")
    return allowed(reader, Action.DECIDE_PROPOSALS, days, owner="person")
