"""An appointment as clients read it on pages: the same facts from which their mails are written."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import get_language

from bookings.models import Booking, Hold, Seat, Service
from bookings.notifications.facts import AppointmentFacts, PracticeFacts
from bookings.public.people import public_name
from bookings.public.zones import clock_zone
from bookings.rooms import is_call_link
from practice.models import Practice


def facts_of_hold(hold: Hold, practice: Practice, now: datetime) -> AppointmentFacts:
    """What the client is about to book."""
    zone = clock_zone(hold.service, practice, hold.time_zone)
    return _facts(hold, practice, zone, now)


def facts_of_seat(seat: Seat, practice: Practice, now: datetime) -> AppointmentFacts:
    """What the client has booked."""
    zone = clock_zone(seat.booking.service, practice, seat.clock_zone)
    return _facts(seat.booking, practice, zone, now, link=seat.link)


def cancel_until(service: Service, start: datetime) -> datetime:
    """The last moment at which the client can cancel online."""
    return start - service.cancel_window


def _facts(
    thing: Booking | Hold, practice: Practice, zone: ZoneInfo, now: datetime, *, link: str = ""
) -> AppointmentFacts:
    service = thing.service
    location = thing.location if isinstance(thing, Booking) else service.location
    is_link = is_call_link(location)
    return AppointmentFacts(
        practice=PracticeFacts(name=practice.name, phone=practice.phone, address=practice.address),
        language=get_language() or "",
        zone=zone,
        written_at=now,
        start=thing.start,
        end=thing.end,
        link=link,
        staff=public_name(thing.staff),
        place="" if is_link else location or _address(service, practice),
        call_link=location if is_link and isinstance(thing, Booking) else "",
        service=service.name,
        note=service.mail_line,
        book_link=reverse("public:times", args=[service.slug]),
        cancel_until=cancel_until(service, thing.start),
    )


def _address(service: Service, practice: Practice) -> str:
    return practice.address if service.is_at_a_place else ""
