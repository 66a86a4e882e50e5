"""What a client sees of their appointment, and how they cancel it. A GET changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bookings import actions
from bookings.actions import history
from bookings.contacts.phones import display_phone
from bookings.links import LinkState
from bookings.models import Booking, BookingChange, Seat
from bookings.notifications.sentences import deadline_sentences, when_words
from bookings.public.appointment import cancel_until, facts_of_seat
from bookings.public.client.pending import pending_words
from bookings.public.open import not_found
from bookings.public.page import PublicRequest, message, private, public_page, show

SeatPage = Callable[[PublicRequest, Seat, str], HttpResponse]


def with_seat(view: SeatPage) -> Callable[[PublicRequest, str], HttpResponse]:
    """Give the view the seat of the link. Answer 404 to an unknown link and 410 to one that has expired."""

    @wraps(view)
    def wrapped(request: PublicRequest, token: str) -> HttpResponse:
        state, seat = Seat.objects.of_link(token, request.now)
        if seat is None:
            return private(not_found(request))
        if state is LinkState.EXPIRED:
            return private(_expired(request))
        return private(view(request, seat, token))

    return wrapped


@require_safe
@public_page
@with_seat
def appointment(request: PublicRequest, seat: Seat, token: str) -> HttpResponse:
    return _show(request, seat, token, "public/client/page.html")


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@with_seat
def cancel(request: PublicRequest, seat: Seat, token: str) -> HttpResponse:
    """Ask whether to cancel; a POST cancels, unless it is too late."""
    if request.method == "POST" and _can_cancel(seat, request):
        reason = request.POST.get("reason", "")
        actions.cancel(seat.booking, now=request.now, source=BookingChange.Source.CLIENT, reason=reason)
    if request.method == "POST" or not _can_cancel(seat, request):
        return HttpResponseRedirect(reverse("public:client", args=[token]), status=303)
    return _show(request, seat, token, "public/client/cancel.html")


def _can_cancel(seat: Seat, request: PublicRequest) -> bool:
    booking = seat.booking
    return booking.live and request.now < cancel_until(booking.service, booking.start)


def _expired(request: PublicRequest) -> HttpResponse:
    return message(
        request,
        _("This link has expired"),
        _("The appointment is long past, so its page is no longer kept."),
        status=410,
    )


def _show(request: PublicRequest, seat: Seat, token: str, template: str) -> HttpResponse:
    booking = seat.booking
    facts = facts_of_seat(seat, request.practice, request.now)
    context: dict[str, Any] = {
        "seat": seat,
        "booking": booking,
        "service": booking.service,
        "token": token,
        "facts": facts,
        "client_phone": display_phone(seat.client.phone, request.practice.country),
        "can_cancel": _can_cancel(seat, request),
        "is_over": booking.end <= request.now,
        "max_reason": history.MAX_REASON,
    }
    with timezone.override(facts.zone):
        context |= {"when": when_words(facts), "deadlines": deadline_sentences(facts)}
        if booking.status == Booking.Status.PENDING:
            context["pending"] = pending_words(seat, request.now)
        return show(request, template, context)
