"""What every page of one client starts with: the seat of the link, and what its pages say about the appointment."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bookings.links import LinkState
from bookings.models import Booking, Seat
from bookings.notifications.facts import AppointmentFacts
from bookings.notifications.mails.appointment import facts_of_seat
from bookings.notifications.sentences import deadline_sentences, need_not_choose_sentence, stands_sentence, when_words
from bookings.public.client import allowed
from bookings.public.page import Page, PublicRequest, message, private, show

P = ParamSpec("P")
SeatPage = Callable[Concatenate[PublicRequest, Seat, str, P], HttpResponse]


def with_seat(view: SeatPage[P]) -> Page[...]:
    """Give the view the seat of the link. Answer 404 to an unknown link and 410 to one that has expired."""

    @wraps(view)
    def wrapped(request: PublicRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        state, seat = Seat.objects.of_link(token, request.now)
        if seat is None:
            return private(unknown_link(request))
        if state is LinkState.EXPIRED:
            return private(_expired(request))
        return private(view(request, seat, token, *args, **kwargs))

    return wrapped


def show_seat(request: PublicRequest, seat: Seat, token: str, template: str, **more: Any) -> HttpResponse:
    """A page about the appointment, with times on the client's clock."""
    booking = seat.booking
    facts = facts_of_seat(seat, request.practice, request.now, get_language() or "")
    context = {
        "seat": seat,
        "booking": booking,
        "service": booking.service,
        "token": token,
        "facts": facts,
        "can_reschedule": allowed.can_reschedule(booking, request.now),
        "can_cancel": allowed.can_cancel(booking, request.now),
        **more,
    }
    with timezone.override(facts.zone):
        context |= {"when": when_words(facts), "deadlines": deadline_sentences(facts)}
        return show(request, template, context)


def stands_words(seat: Seat, facts: AppointmentFacts) -> tuple[str, str] | None:
    """What is said to a client who was asked to choose another time and need not any more; None to everybody else."""
    if seat.booking.status != Booking.Status.CONFIRMED or not allowed.stands_after_all(seat):
        return None
    with timezone.override(facts.zone):
        return stands_sentence(facts), need_not_choose_sentence()


def unknown_link(request: PublicRequest) -> HttpResponse:
    """What an incomplete link leads to, and one that was replaced: the page does not say which of them it was."""
    return message(
        request,
        _("This link does not work"),
        _(
            "It may be incomplete, or a newer link replaced it. "
            "Open the link in the latest e-mail about your appointment."
        ),
        status=404,
    )


def _expired(request: PublicRequest) -> HttpResponse:
    return message(
        request,
        _("This link has expired"),
        _("The appointment is long past, so its page is no longer kept."),
        status=410,
    )
