"""When a service can be booked, and keeping the time that is chosen."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bookings import actions
from bookings.models import Hold, Service
from bookings.openings.search import Opening
from bookings.public.details.address import to_details
from bookings.public.open import when_open, with_service
from bookings.public.page import PublicRequest, asked, kept_query, private, public_page, show
from bookings.public.prefill import prefilled, with_token
from bookings.public.problem import QUERY, Problem, problem_of
from bookings.public.times.choice import Search
from bookings.public.times.shown import context_of, gone_sentence, search_of
from bookings.public.visitor import typed, visitor_of
from practice.times import parse_instant


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@when_open
@with_token
@with_service
def times(request: PublicRequest, service: Service) -> HttpResponse:
    """The free times. A form posts here to choose another time with what was typed so far."""
    search, start, problem = search_of(request, service), _start(request), problem_of(request)
    if start and problem is Problem.TIME and not search.is_free(start):
        return _show(request, search, nearest=search.nearest(start))
    return _show(request, search, refused=problem is Problem.REFUSED)


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@when_open
@with_service
def hold(request: PublicRequest, service: Service) -> HttpResponse:
    """Keep the chosen time, with what was typed before, because no address may carry that."""
    if request.method != "POST":
        return redirect(f"{reverse('public:times', args=[service.slug])}{kept_query(request)}")
    search = search_of(request, service)
    start = _start(request)
    if start is None:
        return _show(request, search)
    try:
        kept = _keep(request, search, start)
    except actions.NotOpen as error:
        if _must_carry(request, search):
            return _show(request, search, nearest=error.alternatives)
        return _to_times(request, service, start, Problem.TIME)
    except actions.Refused:
        if _must_carry(request, search):
            return _show(request, search, refused=True)
        return _to_times(request, service, start, Problem.REFUSED)
    return to_details(request, kept, typed=typed(request) or kept.typed or prefilled(request, service, request.now))


def _must_carry(request: PublicRequest, search: Search) -> bool:
    """Would an address lose what was typed, or that the visitor keeps another time already?"""
    return bool(typed(request) or search.hold)


def _to_times(request: PublicRequest, service: Service, start: datetime, problem: Problem) -> HttpResponse:
    query = kept_query(request, start=start.isoformat(), **{QUERY: problem})
    return HttpResponseRedirect(f"{reverse('public:times', args=[service.slug])}{query}", status=303)


def _start(request: PublicRequest) -> datetime | None:
    try:
        return parse_instant(asked(request, "start"))
    except ValueError:
        return None


def _keep(request: PublicRequest, search: Search, start: datetime) -> Hold:
    visitor = visitor_of(request, search.zone.key)
    return actions.hold(service=search.service, staff=search.person, start=start, visitor=visitor, now=request.now)


def _show(
    request: PublicRequest, search: Search, *, nearest: list[Opening] | None = None, refused: bool = False
) -> HttpResponse:
    addresses = {name: reverse(f"public:{name}", args=[search.service.slug]) for name in ("times", "hold")}
    with timezone.override(search.zone):
        context = context_of(request, search, nearest) | {"alert": _alert(nearest, refused=refused)}
        context |= {"times_url": addresses["times"], "hold_url": addresses["hold"], "method": "post"}
        if request.method == "POST":
            context["language_action"] = addresses["times"] + _shown_query(request)
        response = show(request, "public/times/page.html", context)
    return private(response) if request.method == "POST" else response


def _shown_query(request: PublicRequest) -> str:
    """The day or the month that the page shows, which the form does not carry."""
    shown = {name: value for name in ("day", "month") if (value := asked(request, name))}
    return f"?{urlencode(shown)}" if shown else ""


def _alert(nearest: list[Opening] | None, *, refused: bool) -> str:
    if refused:
        return _("This time could not be kept for you. Please try again in some minutes, or call us.")
    return "" if nearest is None else gone_sentence(nearest)
