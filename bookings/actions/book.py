"""Book a service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.actions import history
from bookings.actions.preconditions import (
    NotOpen,
    Refused,
    check_open,
    nudge,
    overlaps_refused,
    refuse_far,
    take_time,
)
from bookings.clients import client_of, tidy_contact
from bookings.models import Booking, BookingChange, Seat, Service, booking_lock
from bookings.openings import search
from bookings.proposals import collisions
from bookings.push import placements
from connections.freshness import freshness
from connections.sync.poll import refresh_all
from practice.models import User

Kind = BookingChange.Kind
Source = BookingChange.Source


@dataclass(frozen=True, slots=True)
class ClientDetails:
    """Who books, as typed."""

    name: str
    email: str = ""
    phone: str = ""


def book(
    *,
    service: Service,
    staff: User | None,
    start: datetime,
    client: ClientDetails,
    now: datetime,
    actor: User | None = None,
    anyway: bool = False,
    note: str = "",
) -> Booking:
    """Book `service` at `start` (aware) with `staff`, or with the first of its staff who is free then.

    `anyway`: staff insist on a time that is not open, even over another booking. Raises NotOpen, Refused.
    """
    client = _tidy(client)
    if not service.active:
        raise Refused(_("“%(service)s” cannot be booked at the moment.") % {"service": service})
    refuse_far(start, now)
    candidates = _candidates(service, staff)
    refresh_all([user.pk for user in candidates], now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)
    candidates.sort(key=lambda user: _is_unread(user, now))
    refusal: NotOpen | None = None
    for user in candidates:
        try:
            return _book_with(user, service, start, client, now=now, actor=actor, anyway=anyway, note=note)
        except NotOpen as error:
            refusal = refusal or error
    assert refusal is not None  # noqa: S101 - there is always a candidate
    raise NotOpen(str(refusal), search.next_openings(service, candidates, max(start, now), now=now))


def _tidy(client: ClientDetails) -> ClientDetails:
    try:
        tidy = ClientDetails(*tidy_contact(client.name, client.email, client.phone))
    except ValueError as error:
        raise Refused(str(error)) from None
    if not tidy.name:
        raise Refused(_("Say who the booking is for."))
    return tidy


def _candidates(service: Service, staff: User | None) -> list[User]:
    able = list(service.staff.filter(is_active=True).order_by("pk"))
    if staff is not None:
        if staff not in able:
            raise Refused(_("%(staff)s does not offer “%(service)s”.") % {"staff": staff, "service": service})
        return [staff]
    if not able:
        raise Refused(_("Nobody offers “%(service)s” yet.") % {"service": service})
    return able


def _is_unread(user: User, now: datetime) -> bool:
    """Could the user's calendars not be read just now? Then somebody whose calendars were read comes first."""
    fresh = freshness(user, now=now)
    return fresh.pending or not fresh.bookable or (fresh.as_of is not None and fresh.as_of < now)


def _book_with(
    user: User,
    service: Service,
    start: datetime,
    client: ClientDetails,
    *,
    now: datetime,
    actor: User | None,
    anyway: bool,
    note: str,
) -> Booking:
    shape = service.shape
    with overlaps_refused(), booking_lock(user, now):
        collides = check_open(user, shape, start, now=now, anyway=anyway, actor=actor)
        pending = freshness(user, now=now, asked=True).pending
        person = client_of(client.name, client.email, client.phone, now=now, actor=actor)
        booking = Booking(service=service, staff=user, note=note, calendar_unread_since=now if pending else None)
        booking.status = Booking.Status.PENDING if pending else Booking.Status.CONFIRMED
        take_time(booking, start, start + shape.duration, overlap_allowed=collides)
        booking.save()
        Seat.objects.create(booking=booking, client=person)
        history.record(booking, Kind.MADE, Source.STAFF, now=now, actor=actor)
        placements.place(booking)
        if anyway:
            collisions.acknowledge(booking, now, actor)
        nudge(booking)
    return booking
