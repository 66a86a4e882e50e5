"""Several appointments at once: what is wished, what is proposed for it, and keeping the times that are chosen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from bookings import actions
from bookings.models import Hold, Series, Service
from bookings.notifications.mails.appointment import public_name
from bookings.openings.series.pattern import Wish
from bookings.openings.series.proposal import propose_series
from bookings.openings.series.rows import Row, Times, chosen_rows, proposed_rows
from bookings.openings.series.words import proposal_sentence
from bookings.public.details.address import to_details
from bookings.public.open import not_found, when_open, with_service
from bookings.public.page import PREFILL, PublicRequest, asked, kept_query, private, public_page, show
from bookings.public.people import ANYBODY, person_among
from bookings.public.prefill import prefilled, with_token
from bookings.public.problem import QUERY, Problem, problem_of
from bookings.public.series.starts import PERSON, SHOWN_AGAIN, chosen_starts, is_shown_again, texts_of_starts
from bookings.public.series.wish import is_sent, is_wished, wish_form, with_wish
from bookings.public.series.words import gone_words, refusal_of
from bookings.public.times.choice import Search
from bookings.public.times.shown import search_of
from bookings.public.visitor import is_id, known_visitor, typed, visitor_id, visitor_of
from bookings.public.zones import zones_by_area
from practice.models import User


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@when_open
@with_token
@with_service
def series(request: PublicRequest, service: Service) -> HttpResponse:
    """The form of the wish; with a wish in the address what is proposed. A POST keeps the times that are chosen."""
    if not service.series_allowed:
        return not_found(request)
    search = search_of(request, service)
    if request.method == "POST" and not is_shown_again(request):
        return _hold(request, search)
    return _show(request, search)


def _hold(request: PublicRequest, search: Search) -> HttpResponse:
    """Keep all the times; if that fails, nothing that was typed or chosen is lost."""
    service, person = search.service, person_among(search.people, asked(request, PERSON))
    if person is None:
        return _again(request, search, Problem.REFUSED)
    try:
        kept = actions.hold_series(
            service=service,
            staff=person,
            starts=chosen_starts(request),
            visitor=visitor_of(request, search.zone.key),
            now=request.now,
        )
    except actions.NotOpen:
        return _again(request, search, Problem.TIME)
    except actions.Refused:
        return _again(request, search, Problem.REFUSED)
    return to_details(request, kept, typed=typed(request) or kept.typed or prefilled(request, service, request.now))


def _again(request: PublicRequest, search: Search, problem: Problem) -> HttpResponse:
    """Back to the page that the form stands on, with the times that were chosen."""
    starts = texts_of_starts(request)
    if former := _former(request, search.service):
        return to_details(request, former, typed=typed(request), problem=problem, starts=starts)
    query = kept_query(request, **{QUERY: problem, PERSON: asked(request, PERSON)})
    address = reverse("public:series", args=[search.service.slug])
    return HttpResponseRedirect(f"{address}{with_wish(request, query, starts)}", status=303)


def _former(request: HttpRequest, service: Service) -> Hold | None:
    """What the visitor has kept until now, on whose form they chose other times."""
    key, visitor = asked(request, "hold"), known_visitor(request)
    if not visitor or not is_id(key):
        return None
    return Hold.objects.filter(public_id=key, visitor=visitor, service=service, booking=None, part_of=None).first()


def _show(request: PublicRequest, search: Search) -> HttpResponse:
    with timezone.override(search.zone):
        form = wish_form(request, search)
        context = _context(request, search) | {"form": form}
        if is_wished(request) and form.is_valid():
            context |= _proposal(request, search, form.whole_wish)
            context["frequency"] = Series.Frequency(form.cleaned_data["frequency"]).label
        response = show(request, "public/series/page.html", context)
    return private(response) if request.method == "POST" else response


def _context(request: PublicRequest, search: Search) -> dict[str, Any]:
    """What the page has with or without a proposal."""
    address = reverse("public:series", args=[search.service.slug])
    wished = with_wish(request, kept_query(request))
    context = {
        "service": search.service,
        "search": search,
        "zone": search.zone,
        "zone_asked": bool(asked(request, "zone")),
        "areas": {} if search.service.is_at_a_place else zones_by_area(),
        "staff": asked(request, "staff") or ANYBODY,
        "people": [(user.slug, public_name(user)) for user in search.people] if len(search.people) > 1 else [],
        "visitor": visitor_id(request),
        "typed": typed(request),
        "prefill": asked(request, PREFILL),
        "hold_id": asked(request, "hold"),
        "series_url": address,
        "wish_query": wished,
    }
    if request.method == "POST":
        again = f"{SHOWN_AGAIN}=yes"
        context["language_action"] = f"{address}{wished}{'&' if wished else '?'}{again}"
    return context


def _proposal(request: PublicRequest, search: Search, wish: Wish) -> dict[str, Any]:
    """The times that were chosen, with others for those that have gone; otherwise what fits the wish best."""
    starts, person = _chosen(request, search)
    if starts and person:
        times = Times(search.service, person, search.zone, request.now, search.hold)
        rows = chosen_rows(times, starts)
        return {"rows": rows, "person": person, "alert": _alert(request, search, starts, rows)}
    proposal = propose_series(search.service, search.asked, wish, now=request.now, hold=search.hold)
    return {
        "rows": proposed_rows(proposal),
        "person": proposal.staff,
        "sentence": proposal_sentence(proposal),
        "nothing": not proposal.appointments,
        "unreadable": not proposal.appointments and search.calendars_are_unreadable(),
    }


def _chosen(request: PublicRequest, search: Search) -> tuple[list[datetime], User | None]:
    """The times that were chosen, and with whom: as the request says, otherwise those that are kept."""
    starts, kept = chosen_starts(request), search.hold
    if not starts and kept and is_shown_again(request) and not is_sent(request):
        return [one.start for one in Hold.objects.group_of(kept)], kept.staff
    return starts, person_among(search.people, asked(request, PERSON))


def _alert(request: PublicRequest, search: Search, starts: list[datetime], rows: list[Row]) -> str:
    if problem_of(request) is Problem.REFUSED:
        return refusal_of(search.service, starts, request.now)
    return gone_words(rows) if any(row.gone for row in rows) else ""
