"""The client's phone: the booking page that it opens, and what was booked there last."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import formats

from bookings.models import Booking, BookingChange, LinkedEvent
from practice.models import User
from sandbox.demo.icloud import Phone
from sandbox.demo.people import Person


@dataclass(frozen=True, slots=True)
class Visit:
    """What a client booked. `start`: in words, on the staff member's clock; `phone_url`: empty until iCloud has it."""

    client: str
    service: str
    start: str
    week_url: str
    phone_url: str


def booking_page(person: Person) -> str:
    """The address at which clients book with the person, or with anybody if there is no such user."""
    slug = User.objects.filter(username=person.username).values_list("slug", flat=True).first()
    return reverse("public:person", args=[slug]) if slug else reverse("public:services")


def last_visit(person: Person, phones: Mapping[str, Phone]) -> Visit | None:
    """What a client booked last with the person, if it still stands. `phones`: by Apple ID."""
    made = BookingChange.objects.filter(
        kind=BookingChange.Kind.MADE,
        source=BookingChange.Source.CLIENT,
        booking__in=Booking.objects.live().filter(staff__username=person.username),
    )
    last = made.order_by("pk").last()
    return _visit(last.booking, ZoneInfo(person.zone), phones) if last else None


def _visit(booking: Booking, zone: ZoneInfo, phones: Mapping[str, Phone]) -> Visit:
    local = booking.start.astimezone(zone)
    return Visit(
        client=str(booking.client),
        service=str(booking.service),
        start=formats.date_format(local, "DATETIME_FORMAT"),
        week_url=f"{reverse('week:page')}?week={local:%G-W%V}#day-{local:%Y-%m-%d}",
        phone_url=_phone_url(booking, local, phones),
    )


def _phone_url(booking: Booking, local: datetime, phones: Mapping[str, Phone]) -> str:
    """The event on the iPhone, at the address that the phone gives it."""
    event = LinkedEvent.objects.filter(
        booking=booking, wanted=LinkedEvent.Wanted.PRESENT, state=LinkedEvent.State.PUSHED
    ).first()
    phone = phones.get(event.account) if event else None
    if event is None or phone is None:
        return ""
    return f"{phone.week_url}?day={local:%Y-%m-%d}#d{local:%Y-%m-%d}-{PurePosixPath(event.href).stem}"
