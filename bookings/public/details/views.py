"""The form in which a client says who they are, while their time is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial, wraps

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from bookings import actions, links
from bookings.models import Booking, Hold, Service
from bookings.notifications.mails import asked_links
from bookings.notifications.mails.appointment import facts_of_hold
from bookings.notifications.sentences import deadline_sentences, when_words
from bookings.openings.search import Opening, nearest_openings, who_can_start
from bookings.public import form_token
from bookings.public.details.address import to_details
from bookings.public.details.forms import DetailsForm
from bookings.public.details.series import book_held, held_together, series_context
from bookings.public.find.views import to_sent
from bookings.public.open import not_found, when_open, with_service
from bookings.public.page import (
    Page,
    PublicRequest,
    asked,
    is_language_chosen,
    kept_query,
    private,
    public_page,
    show,
    to_client_page,
    with_language_chosen,
)
from bookings.public.people import ANYBODY, people_of
from bookings.public.problem import Problem, problem_of
from bookings.public.proof import Proof, challenge_for, take_proof
from bookings.public.series.wish import with_wish
from bookings.public.visitor import is_id, typed, typed_fields
from connections.freshness import freshness_by_user
from practice.models import User


def with_hold(view: Callable[[PublicRequest, Hold], HttpResponse]) -> Page[...]:
    """Give the view the hold that the address names; the same 404 for one that has gone and one that never was."""

    @wraps(view)
    @with_service
    def wrapped(request: PublicRequest, service: Service, public_id: str) -> HttpResponse:
        holds = Hold.objects.firsts().select_related("service", "staff", "claim", "booking").filter(service=service)
        hold = holds.filter(public_id=public_id).first() if is_id(public_id) else None
        return view(request, hold) if hold else not_found(request)

    return wrapped


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@when_open
@with_hold
def details(request: PublicRequest, hold: Hold) -> HttpResponse:
    if hold.booking:
        return _to_own_page(request, hold.booking)
    if is_language_chosen(request):
        return to_details(request, hold, typed=typed(request))
    if request.method == "POST":
        return _submit(request, hold)
    return _show(request, _kept(hold, request.now))


@require_POST
@public_page
@with_hold
def extend(request: PublicRequest, hold: Hold) -> HttpResponse:
    """Keep the time longer, or again: somebody is typing, or has come back to the page."""
    actions.extend(_kept(hold, request.now), request.now)
    return HttpResponse(status=204)


@require_POST
@public_page
@with_hold
def release(request: PublicRequest, hold: Hold) -> HttpResponse:
    """Give the time back: somebody has left the page without sending the form."""
    if hold.booking is None:
        actions.release(hold, request.now)
    return HttpResponse(status=204)


def _kept(hold: Hold, now: datetime) -> Hold:
    """The hold; its time is taken again where it was given back and is still free."""
    return hold if hold.expires_at and hold.expires_at > now else actions.take_again(hold, now)


def _submit(request: PublicRequest, hold: Hold) -> HttpResponse:
    """Book; whatever has to be put right is said by the form, which the browser asks for by itself."""
    data = _data(request)
    form = _form(request, hold, data)
    again = partial(to_details, request, hold, typed=typed_fields(data))
    if not form_token.is_acceptable(request.POST.get(form_token.FIELD, ""), hold.public_id) or form.is_from_robot:
        return again(problem=Problem.UNCHECKED)
    if not form.is_valid():
        return again(problem=Problem.FIELDS)
    proof = take_proof(request, hold.public_id)
    if problem := _unproven(proof, form):
        return again(problem=problem)
    try:
        return _to_own_page(request, _book(request, hold, form, confirm_address=proof is Proof.NONE))
    except actions.NotOpen:
        return again(problem=Problem.TIME)
    except actions.LimitReached:
        return _mail_links(request, form)
    except actions.Refused:
        return again(problem=Problem.REFUSED)


def _unproven(proof: Proof, form: DetailsForm) -> Problem | None:
    """What is wrong with a proof. Without any, an address that can be confirmed is enough."""
    if proof is Proof.UNUSABLE:
        return Problem.UNCHECKED
    return Problem.UNPROVEN if proof is Proof.NONE and not form.client.email else None


def _data(request: PublicRequest) -> QueryDict:
    """What was typed, with the address that was meant if the client chose that and typed no other since."""
    data = request.POST.copy()
    meant = request.POST.get("use_email")
    if meant and data.get("email") == data.get("email_checked"):
        data["email"] = meant
    for name, text in typed_fields(data).items():  # what is checked is what is kept if something is wrong
        data[name] = text
    return data


def _book(request: PublicRequest, hold: Hold, form: DetailsForm, *, confirm_address: bool) -> Booking:
    """Book the time, or all of a series; its first appointment then."""
    seat = actions.SeatDetails(
        language=get_language() or "",
        time_zone=hold.time_zone,
        note=form.cleaned_data.get("note", ""),
        answers=form.answers,
        asked=form.asked,
        reminders=form.wants_reminders,
        confirm_address=confirm_address,
    )
    if holds := held_together(hold):
        return book_held(request, holds, form.client, seat)
    return actions.book(
        service=hold.chosen_service,
        staff=None if hold.is_for_anybody else hold.staff,
        start=hold.start,
        client=form.client,
        now=request.now,
        seat=seat,
        hold=hold,
    )


def _mail_links(request: PublicRequest, form: DetailsForm) -> HttpResponse:
    """What somebody has booked already is told to the address alone, because anybody may have typed it."""
    asked_links.ask(form.client.email, address_key="", now=request.now)
    return to_sent(request)


def _to_own_page(request: PublicRequest, booking: Booking) -> HttpResponse:
    seat = booking.seat
    return private(to_client_page(request, links.link_token(seat.public_id, seat.link_generation)))


def _form(request: PublicRequest, hold: Hold, data: Mapping[str, str] | None = None) -> DetailsForm:
    return DetailsForm(data, initial=hold.typed, service=hold.service, practice=request.practice)


def _show(request: PublicRequest, hold: Hold) -> HttpResponse:
    """The form with what was typed before, and what has to be put right."""
    problem, facts = problem_of(request), facts_of_hold(hold, request.practice, request.now, get_language() or "")
    holds = held_together(hold)
    nearest = None if holds else _nearest_instead(hold, problem, request.now)
    with timezone.override(facts.zone):
        more = series_context(request, holds, problem) if holds else {}
        alert = more.get("alert") or _alert(problem, nearest)
        context = {
            "service": hold.chosen_service,
            "hold": hold,
            "facts": facts,
            "when": when_words(facts),
            "deadlines": deadline_sentences(facts),
            "form": _form(request, hold, hold.typed if problem is Problem.FIELDS else None),
            "alert": alert,
            "nearest": nearest,
            "is_kept": not alert and hold.expires_at is not None and hold.expires_at > request.now,
            "staff": asked(request, "staff") or ANYBODY,
            "language_action": _language_action(request, hold),
            "form_query": with_wish(request, kept_query(request)),
            "token": form_token.make_token(hold.public_id),
            "challenge": challenge_for(request, hold.public_id),
        }
        return private(show(request, "public/details/page.html", context | more | {"alert": alert}))


def _has_gone(hold: Hold, now: datetime) -> bool:
    """Is the time still not free, with anybody who may have it? It may have become so since the form was sent."""
    fresh = freshness_by_user([user.pk for user in _people(hold)], now=now, asked=True)
    return not who_can_start(fresh, hold.chosen_service.shape, hold.start, now=now, hold=hold)


def _nearest_instead(hold: Hold, problem: Problem | None, now: datetime) -> list[Opening] | None:
    """The times nearest to one that has gone; None for one that has not."""
    if problem is not Problem.TIME or not _has_gone(hold, now):
        return None
    return nearest_openings(hold.chosen_service, _people(hold), hold.start, now=now, hold=hold)


def _people(hold: Hold) -> list[User]:
    """With whom it may be."""
    return people_of(hold.service) if hold.is_for_anybody else [hold.staff]


def _alert(problem: Problem | None, nearest: list[Opening] | None) -> str:
    if problem is Problem.UNCHECKED:
        return _("Please check what you typed, and send it again.")
    if problem is Problem.UNPROVEN:
        return _("Your browser could not prove that it is not a robot. Please give an e-mail address too, or call us.")
    if problem is Problem.REFUSED:
        return _("This could not be booked online just now. Please call us.")
    if nearest is None:
        return ""
    if nearest:
        return _("That time has gone. Nearest:")
    return _("That time has gone, and no other is free online soon. Please call us or try again later.")


def _language_action(request: PublicRequest, hold: Hold) -> str:
    address = with_language_chosen(reverse("public:details", args=[hold.service.slug, hold.public_id]))
    return with_wish(request, address)
