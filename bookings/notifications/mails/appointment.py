"""An appointment as clients read it, on pages and in mails."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse

from bookings import deadlines
from bookings.models import Booking, Hold, Mail, Seat, Service
from bookings.notifications.addresses import Mailbox
from bookings.notifications.facts import AppointmentFacts, PracticeFacts
from bookings.rooms import is_call_link
from connections.models import CalendarConfiguration
from practice.models import Practice, User
from practice.zones import validate_zone


def public_name(user: User) -> str:
    """The name that clients read; never the one that somebody signs in with."""
    return user.get_full_name() or user.slug.replace("-", " ").title()


def clock_zone(service: Service, practice: Practice, asked: str) -> ZoneInfo:
    """On whose clock the client reads times: the place's if they come to one, otherwise their own.

    `asked` is the client's own zone, as far as it is known.
    """
    return practice.zone if service.is_at_a_place else _known(asked) or practice.zone


def seat_zone(seat: Seat, practice: Practice) -> ZoneInfo:
    """On whose clock the client of a seat reads; the staff member's while the practice has not said who it is."""
    service = seat.booking.service
    if practice.name or not (service.is_at_a_place or not seat.clock_zone):
        return clock_zone(service, practice, seat.clock_zone)
    return CalendarConfiguration.of(seat.booking.staff).zone


def seat_language(seat: Seat, practice: Practice) -> str:
    """In which language the client is written to."""
    return seat.spoken_language or practice.language or settings.LANGUAGE_CODE


def facts_of_hold(hold: Hold, practice: Practice, now: datetime, language: str) -> AppointmentFacts:
    """What the client is about to book."""
    return _facts(hold, practice, clock_zone(hold.service, practice, hold.time_zone), now, language)


def facts_of_seat(seat: Seat, practice: Practice, now: datetime, language: str) -> AppointmentFacts:
    """What the client has booked."""
    zone = seat_zone(seat, practice)
    return replace(_facts(seat.booking, practice, zone, now, language), link=seat.link)


def facts_of_mail(mail: Mail, practice: Practice) -> AppointmentFacts:
    """What a mail says: the time for which it was made, and no name of a service unless one was chosen for others."""
    seat, service = mail.seat, mail.seat.booking.service
    facts = facts_of_seat(seat, practice, mail.created_at, seat_language(seat, practice))
    return replace(
        facts,
        start=mail.start,
        end=mail.end,
        service=service.neutral_title,
        reschedule_until=deadlines.change_until(service, mail.start),
        cancel_until=deadlines.cancel_until(service, mail.start),
    )


def practice_facts(practice: Practice) -> PracticeFacts:
    """The practice as mails show it. Pages that do not exist are not linked."""
    return PracticeFacts(
        name=practice.name,
        phone=practice.phone,
        address=_one_line(practice.address),
        colour=practice.colour,
        logo_url=_absolute(practice.logo_url),
        imprint_url=_absolute(reverse("public:imprint")) if practice.imprint else "",
        privacy_url=_absolute(reverse("public:privacy")) if practice.privacy_notice else "",
    )


def sender_of(practice: Practice) -> Mailbox:
    """From whom mails to clients come; without an address of the practice, from DEFAULT_FROM_EMAIL."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return Mailbox(practice.name or name, practice.sender_address or address)


def _facts(thing: Booking | Hold, practice: Practice, zone: ZoneInfo, now: datetime, language: str) -> AppointmentFacts:
    service = thing.service
    location = thing.location if isinstance(thing, Booking) else service.location
    is_link = is_call_link(location)
    return AppointmentFacts(
        practice=practice_facts(practice),
        language=language,
        zone=zone,
        written_at=now,
        start=thing.start,
        end=thing.end,
        link="",
        staff=public_name(thing.staff),
        place="" if is_link else location or _address(service, practice),
        is_by_phone=service.location_kind == Service.LocationKind.PHONE,
        call_link=location if is_link and isinstance(thing, Booking) else "",
        service=service.name,
        note=service.mail_line,
        book_link=_absolute(reverse("public:times", args=[service.slug])),
        reschedule_until=deadlines.change_until(service, thing.start),
        cancel_until=deadlines.cancel_until(service, thing.start),
    )


def _address(service: Service, practice: Practice) -> str:
    return _one_line(practice.address) if service.is_at_a_place else ""


def _one_line(address: str) -> str:
    """A postal address as it stands in a line: “Lindenweg 1, 10115 Berlin”."""
    return ", ".join(filter(None, map(str.strip, address.splitlines())))


def _absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}" if path else ""


def _known(name: str) -> ZoneInfo | None:
    try:
        validate_zone(name)
    except ValidationError:
        return None
    return ZoneInfo(name) if name else None
