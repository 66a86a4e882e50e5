"""Move an appointment of a series with all that follow: other dates are proposed, and all move or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext

from bookings import actions
from bookings.actions.series.move_following import following, move_following
from bookings.models import Booking
from bookings.openings.series.forms import RhythmForm, rhythm_of
from bookings.openings.series.proposal import propose_series
from bookings.openings.series.rows import Times
from bookings.openings.series.words import proposal_sentence
from bookings.pages.series.dates import bound_dates, proposed_dates, without_gone
from bookings.pages.series.forms import AppointmentFormSet
from bookings.pages.series.others import series_shown
from connections.calendar_page import CalendarRequest, calendar_page
from connections.freshness import freshness
from practice.roles import Action, allowed


@calendar_page(Action.HANDLE_BOOKINGS)
def move_series(request: CalendarRequest, pk: int) -> HttpResponse:
    """Propose other dates for the appointment and those that follow, and move them to the dates that are sent."""
    handled = allowed(request.user, Action.HANDLE_BOOKINGS, Booking.objects.with_details(), owner="staff")
    booking = get_object_or_404(handled, pk=pk)
    series = series_shown(booking, request.user, request.now)
    if series is None or not series.can_move:
        return redirect(booking)
    bookings = following(booking)
    rhythm = _rhythm_form(request, booking)
    if request.method == "POST":
        return _submitted(request, bookings, rhythm)
    return _proposed(request, bookings, rhythm)


def _rhythm_form(request: CalendarRequest, booking: Booking) -> RhythmForm:
    """How often and when from now on; what is not said is as it was wished for the series."""
    data = (request.POST or request.GET).copy()
    if "frequency" not in data:
        for name, value in rhythm_of(booking, request.zone).items():
            data.setlist(name, _texts(value))
    return RhythmForm(data, today=request.now.astimezone(request.zone).date(), zone=request.zone)


def _texts(value: Any) -> list[str]:
    """What a form sends for the value of a field."""
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, time):
        return [value.isoformat("minutes")]
    return [] if value is None else [str(value)]


def _proposed(request: CalendarRequest, bookings: Sequence[Booking], rhythm: RhythmForm) -> HttpResponse:
    if not rhythm.is_valid():
        return _page(request, bookings, rhythm)
    first = bookings[0]
    wish = rhythm.wish(len(bookings))
    proposal = propose_series(first.service, [first.staff], wish, now=request.now, moving=bookings)
    sentence = proposal_sentence(proposal)
    if proposal.missing:
        return _page(request, bookings, rhythm, sentence=sentence)
    return _page(request, bookings, rhythm, proposed_dates(proposal, request.zone), sentence=sentence)


def _submitted(request: CalendarRequest, bookings: Sequence[Booking], rhythm: RhythmForm) -> HttpResponse:
    dates = bound_dates(request.POST, request.zone)
    if not dates.forms:  # nothing was open
        return _proposed(request, bookings, rhythm)
    if not all([dates.is_valid(), rhythm.is_valid()]):
        return _page(request, bookings, rhythm, dates)
    try:
        moved = move_following(bookings[0], starts=dates.moments, now=request.now, actor=request.user)
    except actions.Refused as refusal:
        return _refused(request, bookings, rhythm, dates, refusal)
    words = ngettext("Moved: %(count)s appointment.", "Moved: %(count)s appointments.", len(moved))
    messages.success(request, words % {"count": len(moved)})
    return redirect(bookings[0])


def _refused(
    request: CalendarRequest,
    bookings: Sequence[Booking],
    rhythm: RhythmForm,
    dates: AppointmentFormSet,
    refusal: actions.Refused,
) -> HttpResponse:
    gone, first = refusal.gone if isinstance(refusal, actions.NotOpen) else [], bookings[0]
    times = Times(first.service, first.staff, request.zone, request.now, moving=bookings)
    return _page(request, bookings, rhythm, without_gone(dates, times, gone), refusal=refusal)


def _page(
    request: CalendarRequest,
    bookings: Sequence[Booking],
    rhythm: RhythmForm,
    dates: AppointmentFormSet | None = None,
    **more: Any,
) -> HttpResponse:
    person = bookings[0].staff
    context = {
        "booking": bookings[0],
        "bookings": bookings,
        "wish": rhythm,
        "dates": dates,
        "person": person,
        "is_own": person == request.user,
        "freshness": freshness(person, now=request.now),
        **more,
    }
    only_dates = request.htmx and request.htmx.target == "dates"
    return render(request, "bookings/series/_dates.html" if only_dates else "bookings/series/following.html", context)
