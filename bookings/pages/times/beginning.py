"""What a new booking begins with: the client and the former booking that the page before named."""

from __future__ import annotations

from datetime import time, timedelta

from django.urls import reverse

from bookings.models import Booking, Client, Service
from bookings.pages.clients.allowed import visible_clients
from bookings.pages.people import bookable_people, is_key
from bookings.pages.times.forms import client_details, usual_language
from connections.calendar_page import CalendarRequest
from practice.models import User
from practice.roles import Action, allowed, may


def client_initial(request: CalendarRequest) -> dict[str, str]:
    """The details of the client whose page led here, and the language in which to write to them."""
    client = _asked_client(request)
    known = client_details(client) if client else {}
    return known | {"language": known.get("language") or usual_language()}


def known_zone(request: CalendarRequest) -> str:
    """The name of the zone of the client whose page led here; "" if none is known."""
    client = _asked_client(request)
    return client.time_zone if client else ""


def _asked_client(request: CalendarRequest) -> Client | None:
    asked = request.GET.get("client", "")
    return visible_clients(request.user).known().filter(pk=int(asked)).first() if is_key(asked) else None


def asked_clock(request: CalendarRequest) -> dict[str, time]:
    """The clock time in the address, if a page led here that knows it."""
    try:
        return {"time": time.fromisoformat(request.GET.get("time", ""))}
    except ValueError:
        return {}


def former_answers(request: CalendarRequest, service: Service) -> dict[str, str]:
    """What the client answered for the booking that is made again, by the names of the fields; nothing private.

    Nothing either for whoever may not read what clients answered.
    """
    asked = request.GET.get("again", "")
    bookings = allowed(request.user, Action.READ_NOTES, Booking.objects.filter(service=service.pk), owner="staff")
    booking = bookings.filter(pk=int(asked)).first() if is_key(asked) else None
    texts = booking.seat.answer_texts if booking else {}
    asked_openly = {one.field_name for one in service.questions.filter(private=False)}
    return {name: text for name, text in texts.items() if name in asked_openly}


def again_url(booking: Booking, reader: User) -> str:
    """Where the reader makes the same booking again: client, person, service and length, and the answers; "" if not.

    Whoever may not make bookings with this person, or a person who can no longer be booked, is not asked for.
    """
    if not may(reader, Action.HANDLE_BOOKINGS, owner_of=booking.staff_id) or booking.client.erased_at:
        return ""
    query = {"client": str(booking.client.pk), "service": _choice(booking), "again": str(booking.pk)}
    if booking.staff in bookable_people(reader):
        query |= {"staff": str(booking.staff_id)}
    return reverse("bookings:new", query=query)


def _choice(booking: Booking) -> str:
    """The service with the length that was booked, as forms of staff call it; the usual length if it has gone."""
    minutes, service = (booking.end - booking.start) // timedelta(minutes=1), booking.service
    return service.lasting(minutes).choice if minutes in service.durations else service.choice
