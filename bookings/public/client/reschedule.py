"""Choose another time for an appointment. Nothing changes until the client confirms it with a POST."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import actions
from bookings.models import Seat
from bookings.notifications.facts import AppointmentFacts
from bookings.notifications.mails.appointment import clock_zone, facts_of_seat, public_name
from bookings.notifications.sentences import when_words
from bookings.openings.alternatives import away_days
from bookings.openings.search import Opening
from bookings.public.client import allowed
from bookings.public.client.seat_page import stands_words, with_seat
from bookings.public.open import unless_restored
from bookings.public.page import PublicRequest, asked, kept_query, public_page, show, to_client_page
from bookings.public.people import ANYBODY, people_of, person_among
from bookings.public.problem import QUERY, Problem, problem_of
from bookings.public.times.choice import Search
from bookings.public.times.shown import context_of, gone_sentence
from practice.times import parse_instant


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@unless_restored
@with_seat
def reschedule(request: PublicRequest, seat: Seat, token: str) -> HttpResponse:
    """Free times; with a `start` that is free the question whether to take it. A POST takes it, unless it is too late.

    Where the `start` is not free, the nearest times are shown. Every POST is answered with the address of a page, so
    that neither Back nor loading the page again sends anything a second time.
    """
    if not allowed.can_reschedule(seat.booking, request.now):
        return to_client_page(request, token)
    search, start = _search(request, seat), _start(request)
    if start is None:
        return _show_times(request, seat, search, token)
    if request.method != "POST":
        return _answer(request, seat, search, start, token)
    try:
        zone = _chosen_zone(request, search)
        actions.choose_time(seat.booking, start=start, people=search.asked, now=request.now, time_zone=zone)
    except actions.NotOpen:
        return _to_times(request, token, start=start, problem=Problem.TIME)
    except actions.Refused:
        return _to_times(request, token, start=start, problem=Problem.REFUSED)
    return to_client_page(request, token)


def _to_times(request: PublicRequest, token: str, *, start: datetime, problem: Problem) -> HttpResponse:
    query = kept_query(request, start=start.isoformat(), **{QUERY: problem})
    return HttpResponseRedirect(f"{reverse('public:reschedule', args=[token])}{query}", status=303)


def _search(request: PublicRequest, seat: Seat) -> Search:
    """With the same person, unless the client asks for another or for anybody, or the person was deactivated."""
    booking, wanted = seat.booking, asked(request, "staff")
    people = people_of(booking.service)
    same = booking.staff if booking.staff.is_active else None
    person = None if wanted == ANYBODY else person_among(people, wanted) or same
    zone = clock_zone(booking.service, request.practice, asked(request, "zone") or seat.clock_zone)
    away = away_days(booking) if allowed.is_asked(booking, request.now) else None
    return Search(booking.service, people, zone, request.now, person, moving=booking, away=away)


def _chosen_zone(request: PublicRequest, search: Search) -> str:
    """The client's zone as the form says it; "" where the clock of the place counts, and for what is no zone."""
    name = search.zone.key
    return name if not search.service.is_at_a_place and asked(request, "zone") == name else ""


def _start(request: PublicRequest) -> datetime | None:
    try:
        return parse_instant(asked(request, "start"))
    except ValueError:
        return None


def _facts(request: PublicRequest, seat: Seat, search: Search) -> AppointmentFacts:
    facts = facts_of_seat(seat, request.practice, request.now, get_language() or "")
    return replace(facts, zone=search.zone)


def _show_times(
    request: PublicRequest,
    seat: Seat,
    search: Search,
    token: str,
    *,
    nearest: list[Opening] | None = None,
    alert: str = "",
) -> HttpResponse:
    address = reverse("public:reschedule", args=[token])
    facts = _facts(request, seat, search)
    with timezone.override(search.zone):
        context: dict[str, Any] = context_of(request, search, nearest) | {
            "token": token,
            "alert": alert if nearest is None else gone_sentence(nearest),
            "stands": stands_words(seat, facts),
            "when": when_words(facts),
            "times_url": address,
            "hold_url": address,
            "method": "get",
            "zone_asked": True,
            "visitor": "",
            "typed": {},
        }
        return show(request, "public/client/times.html", context)


def _answer(request: PublicRequest, seat: Seat, search: Search, start: datetime, token: str) -> HttpResponse:
    """To a `start` in the address: the question whether to take it, unless it is not free or was refused before."""
    problem = problem_of(request)
    if problem is Problem.REFUSED:
        alert = _("This could not be changed online just now. Please call us.")
        return _show_times(request, seat, search, token, alert=alert)
    if start == seat.booking.start:
        return _show_times(request, seat, search, token)
    if problem is Problem.TIME or not search.is_free(start):
        return _show_times(request, seat, search, token, nearest=search.nearest(start))
    return _ask(request, seat, search, start, token)


def _ask(request: PublicRequest, seat: Seat, search: Search, start: datetime, token: str) -> HttpResponse:
    """Both times, and a button."""
    booking, facts = seat.booking, _facts(request, seat, search)
    moved = replace(facts, start=start, end=start + (booking.end - booking.start))
    with timezone.override(search.zone):
        context = {
            "token": token,
            "service": booking.service,
            "stands": stands_words(seat, facts),
            "when": when_words(facts),
            "new_when": when_words(moved),
            "start": start.isoformat(),
            "person": public_name(search.person) if search.person else _("First available"),
            "staff": asked(request, "staff"),
            "is_asked": search.away is not None,
            "zone": search.zone,
            "reschedule_url": reverse("public:reschedule", args=[token]),
        }
        return show(request, "public/client/reschedule.html", context)
