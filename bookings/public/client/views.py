"""What a client sees of their appointment, the file for their calendar, and how they cancel. A GET changes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from bookings import actions
from bookings.actions import history
from bookings.contacts.phones import display_phone
from bookings.models import Booking, BookingChange, Seat, Service
from bookings.notifications.calendar_links import google_link, outlook_link
from bookings.notifications.calendar_part import calendar_file
from bookings.notifications.facts import AppointmentFacts, Offer
from bookings.notifications.mails.appointment import facts_of_seat, seat_zone
from bookings.notifications.mails.calendar_entry import entries_of_series, entry_of_seat
from bookings.notifications.mails.offers import offers_of
from bookings.notifications.sentences import cannot_see_sentence, choose_sentence, offer_words
from bookings.public import prefill
from bookings.public.client import allowed
from bookings.public.client.others import other_appointments
from bookings.public.client.pending import pending_words
from bookings.public.client.seat_page import show_seat, stands_words, with_seat
from bookings.public.page import (
    MINUTES,
    PREFILL,
    PublicRequest,
    asked,
    is_language_chosen,
    kept_query,
    message,
    public_page,
    to_client_page,
    with_language_chosen,
)

NOT_CONFIRMED = (BookingChange.Kind.REFUSED, BookingChange.Kind.EXPIRED)
"""How a request ends that never became an appointment."""


@require_safe
@public_page
@with_seat
def appointment(request: PublicRequest, seat: Seat, token: str) -> HttpResponse:
    booking = seat.booking
    context: dict[str, Any] = {
        "client_phone": display_phone(seat.number, request.practice.country),
        "is_over": booking.end <= request.now,
        "was_refused": booking.changes.filter(kind__in=NOT_CONFIRMED).exists(),
        "can_move_following": allowed.can_move_following(actions.following(booking), request.now),
        "book_again": _book_again(seat, asked(request, "lang"), request.now),
    }
    with timezone.override(seat_zone(seat, request.practice)):
        context["others"] = other_appointments(seat, request.now)
        if booking.status == Booking.Status.PENDING:
            context["pending"] = pending_words(seat, request.now)
    if allowed.is_asked(booking, request.now):
        context |= _asked(request, seat)
    elif allowed.can_add_to_calendar(booking, request.now):
        entry = entry_of_seat(seat, request.practice, request.now)
        context |= {"google": google_link(entry), "outlook": outlook_link(entry)}
        context["stands"] = stands_words(seat, _facts(request, seat))
    return show_seat(request, seat, token, "public/client/page.html", **context)


def _facts(request: PublicRequest, seat: Seat) -> AppointmentFacts:
    return facts_of_seat(seat, request.practice, request.now, get_language() or "")


def _asked(request: PublicRequest, seat: Seat) -> dict[str, Any]:
    """Why the client is to choose another time, and the first ones that are free."""
    facts = _facts(request, seat)
    with timezone.override(facts.zone):
        offers = [(offer_words(one), _query_of(request, one)) for one in offers_of(seat, request.now)]
        why = cannot_see_sentence(facts), choose_sentence(facts.practice)
    return {"is_asked": True, "why_asked": why, "offers": offers}


def _query_of(request: PublicRequest, offer: Offer) -> str:
    """The query of the page that asks whether to take the time that is offered."""
    return kept_query(request, start=offer.start.isoformat(), staff=offer.staff)


@require_safe
@public_page
@with_seat
def calendar(request: PublicRequest, seat: Seat, token: str) -> HttpResponse:
    """The appointment as a file, with those that were booked at once with it.

    A pending one is no appointment yet; a cancelled one says that it is cancelled.
    """
    if seat.booking.status == Booking.Status.PENDING:
        title, sentence = _("There is no calendar entry yet"), _("The appointment is not confirmed yet.")
        return message(request, title, sentence, status=404)
    file = calendar_file(*entries_of_series(seat, request.practice, request.now))
    response = HttpResponse(file, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="appointment.ics"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@public_page
@with_seat
def cancel(request: PublicRequest, seat: Seat, token: str) -> HttpResponse:
    """Ask whether to cancel; a POST cancels, unless it is too late."""
    can_cancel = allowed.can_cancel(seat.booking, request.now)
    reason, is_sent = request.POST.get("reason", ""), request.method == "POST" and not is_language_chosen(request)
    if is_sent and can_cancel:
        actions.cancel(seat.booking, now=request.now, source=BookingChange.Source.CLIENT, reason=reason)
    if is_sent or not can_cancel:
        return to_client_page(request, token)
    form = {"reason": reason, "language_action": with_language_chosen(reverse("public:cancel", args=[token]))}
    return show_seat(request, seat, token, "public/client/cancel.html", max_reason=history.MAX_REASON, **form)


def _book_again(seat: Seat, language: str, now: datetime) -> str:
    """The times of the same service, as long as before, with the same person, on the same clock.

    If the service is gone, what can be booked. The form is then filled in with what the client said, without answers to
    private questions.
    """
    booking, token = seat.booking, prefill.seat_prefill_token(seat, now)
    if not Service.objects.for_clients().filter(pk=booking.service_id).exists():
        known = {"lang": language, PREFILL: token}
        return reverse("public:services", query={name: value for name, value in known.items() if value})
    minutes = (booking.end - booking.start) // timedelta(minutes=1)
    length = str(minutes) if minutes in booking.service.durations and minutes != booking.service.minutes else ""
    chosen = {"staff": booking.staff.slug, MINUTES: length, "zone": seat.clock_zone, "lang": language, PREFILL: token}
    query = {name: value for name, value in chosen.items() if value}
    return reverse("public:times", args=[booking.service.slug], query=query)
