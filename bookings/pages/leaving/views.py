"""The owner deactivates somebody, sees to what is left of them, and reactivates them."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from bookings import actions
from bookings.actions import leaving
from bookings.models import Booking
from bookings.pages.leaving.forms import BookingsForm, DeactivationForm
from connections.calendar_page import CalendarRequest, calendar_page
from practice.forms import posted
from practice.models import User
from practice.roles import Action

MAX_ASKED = 30
"""So many bookings are asked about at once; the others follow when these are settled."""


@calendar_page(Action.MANAGE_TEAM)
@reauthentication_required(app="practice")  # type: ignore[untyped-decorator]
def deactivation(request: CalendarRequest, pk: int) -> HttpResponse:
    """Asks what is to become of the bookings and the names; of somebody deactivated, what is left to do."""
    person = get_object_or_404(User, pk=pk)
    return _leave(request, person) if person.is_active else _follow_up(request, person)


def _leave(request: CalendarRequest, person: User) -> HttpResponse:
    with transaction.atomic():
        refusal = leaving.why_not_deactivated(person)
    bookings = _asked_about(request, person)
    events = leaving.named_events(person).wanted().exclude(etag="").count()
    form = DeactivationForm(bookings, events, request.now, None if refusal else posted(request))
    if request.method == "POST" and form.is_valid() and _deactivated(request, person, form):
        return redirect("leaving:deactivate", person.pk) if request.user.is_authenticated else redirect("account_login")
    context = {"person": person, "form": form, "refusal": refusal, "more": _more(request, person, bookings)}
    waiting = leaving.waiting_for(person, request.now)
    return render(request, "bookings/leaving/deactivate.html", context | {"waiting": waiting})


def _deactivated(request: CalendarRequest, person: User, form: DeactivationForm) -> bool:
    try:
        leaving.deactivate(person, now=request.now, actor=request.user, keep_names=form.keeps_names)
    except actions.Refused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, _("%(person)s is deactivated: not bookable and signed out.") % {"person": _name(person)})
    _settle(request, person, form)
    if person == request.user:
        logout(request)
    return True


def _settle(request: CalendarRequest, person: User, form: BookingsForm) -> None:
    """Do what was chosen, and say which bookings it could not be done with: they are asked about again."""
    refused = leaving.settle_bookings(person, form.choices(), now=request.now, actor=request.user)
    for booking in form.bookings:
        if booking.pk in refused:
            messages.warning(request, f"{form[f'booking_{booking.pk}'].label}: {refused[booking.pk]}")


def _follow_up(request: CalendarRequest, person: User) -> HttpResponse:
    bookings = _asked_about(request, person)
    form = BookingsForm(bookings, request.now, posted(request) if "settle" in request.POST else None)
    if request.method == "POST" and _followed_up(request, person, form):
        return redirect("leaving:deactivate", person.pk)
    waiting = leaving.waiting_for(person, request.now)
    context = {"person": person, "form": form, "waiting": waiting, "more": _more(request, person, bookings)}
    return render(request, "bookings/leaving/left.html", context)


def _followed_up(request: CalendarRequest, person: User, form: BookingsForm) -> bool:
    """Do what the button asks for; False where an answer is missing."""
    if "disconnect" in request.POST:
        leaving.disconnect_at_once(person, request.now, actor=request.user)
        messages.success(request, _("Disconnected, and the password is deleted."))
    elif "seen_to" in request.POST:
        leaving.note_seen_to(person)
    elif not form.is_valid():
        return False
    else:
        _settle(request, person, form)
    return True


def _asked_about(request: CalendarRequest, person: User) -> list[Booking]:
    return list(leaving.bookings_left(person, request.now)[:MAX_ASKED])


def _more(request: CalendarRequest, person: User, asked: list[Booking]) -> int:
    """How many bookings are to be asked about later."""
    return leaving.bookings_left(person, request.now).count() - len(asked)


def _name(person: User) -> str:
    return person.get_full_name() or person.get_username()


@calendar_page(Action.MANAGE_TEAM)
@reauthentication_required(app="practice")  # type: ignore[untyped-decorator]
def reactivation(request: CalendarRequest, pk: int) -> HttpResponse:
    """Asked first; afterwards the page says what the person must do before they can be booked."""
    person = get_object_or_404(User, pk=pk)
    if request.method == "POST":
        try:
            leaving.reactivate(person, now=request.now, actor=request.user)
        except actions.Refused as refusal:
            messages.error(request, str(refusal))
        return redirect("leaving:reactivate", pk)
    missing = leaving.missing_for_bookings(person) if person.is_active else []
    return render(request, "bookings/leaving/reactivate.html", {"person": person, "missing": missing})
