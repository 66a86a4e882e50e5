"""Book a service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.actions import history
from bookings.actions.addresses import confirm_by
from bookings.actions.checks.candidates import candidates, readable_first
from bookings.actions.checks.client_limit import check_upcoming
from bookings.actions.checks.preconditions import (
    LimitReached,
    NotOpen,
    Refused,
    check_open,
    nudge,
    overlaps_refused,
    refuse_far,
    take_time,
)
from bookings.clients import client_of, differing, tidy_contact
from bookings.models import Booking, BookingChange, Claim, Client, Hold, Seat, Service, booking_lock
from bookings.openings import search
from bookings.proposals import collisions
from bookings.push import placements
from connections.freshness import freshness
from connections.sync.poll import refresh_all
from practice.models import User

PER_RECIPIENT = 2
"""So many times BOOKING_RATE bookings are mailed to one address in a day."""
Kind = BookingChange.Kind
Source = BookingChange.Source


@dataclass(frozen=True, slots=True)
class ClientDetails:
    """Who books, as typed."""

    name: str
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class SeatDetails:
    """What the client said beside their name. `reminders` is None if they were not asked."""

    language: str = ""
    time_zone: str = ""
    note: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    reminders: bool | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    """What is to be booked, for whom, and by whom."""

    service: Service
    start: datetime
    client: ClientDetails
    seat: SeatDetails
    now: datetime
    actor: User | None
    anyway: bool
    note: str
    hold: Hold | None

    def concerned(self, user: User) -> set[User]:
        """Whose time changes if it is booked with `user`."""
        return {user, self.hold.staff} if self.hold else {user}


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
    seat: SeatDetails = SeatDetails(),
    hold: Hold | None = None,
) -> Booking:
    """Book `service` at `start` (aware) with `staff`, or with the first of its staff who is free then.

    `anyway`: staff insist on a time that is not open, even over another booking. `hold`: the visitor keeps this time,
    or kept it until it expired; submitted twice it gives the same booking. Raises NotOpen, Refused.
    """
    client = _tidy(client)
    if hold:
        if booked := _booked_from(hold):
            return booked
        _check_rate(hold, now)
        _check_recipient(client.email, now)
    refuse_far(start, now)
    able = candidates(service, staff)
    refresh_all([user.pk for user in able], now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)
    request = _Request(service, start, client, seat, now, actor, anyway, note, hold)
    refusal: NotOpen | None = None
    for user in readable_first(able, now):
        try:
            return _book_with(user, request)
        except NotOpen as error:
            refusal = refusal or error
    if hold is None:
        raise NotOpen(str(refusal), search.next_openings(service, able, max(start, now), now=now))
    raise NotOpen(str(refusal), search.nearest_openings(service, able, start, now=now, hold=hold), can_insist=False)


def _tidy(client: ClientDetails) -> ClientDetails:
    try:
        tidy = ClientDetails(*tidy_contact(client.name, client.email, client.phone))
    except ValueError as error:
        raise Refused(str(error)) from None
    if not tidy.name:
        raise Refused(_("Say who the booking is for."))
    return tidy


def _book_with(user: User, request: _Request) -> Booking:
    now, actor, shape = request.now, request.actor, request.service.shape
    with overlaps_refused(), booking_lock(request.concerned(user), now):
        held = _lock_hold(request.hold)
        if held and held.booking:
            return held.booking
        collides = check_open(user, shape, request.start, now=now, anyway=request.anyway, actor=actor, hold=held)
        pending = freshness(user, now=now, asked=True).pending
        booking = Booking(service=request.service, staff=user, note=request.note)
        booking.calendar_unread_since = now if pending else None
        booking.address_due_at = confirm_by(request.client.email, request.start, now) if held else None
        waits = booking.cause != Booking.Cause.NONE
        booking.status = Booking.Status.PENDING if waits else Booking.Status.CONFIRMED
        booking.claim = _taken_over(held)
        take_time(booking, request.start, request.start + shape.duration, overlap_allowed=collides)
        booking.save()
        _seat(booking, request)
        if held:
            _note_booked(held, booking, now)
        history.record(booking, Kind.MADE, Source.CLIENT if held else Source.STAFF, now=now, actor=actor)
        if booking.address_due_at is None:
            placements.place(booking)
        if request.anyway:
            collisions.acknowledge(booking, now, actor)
        nudge(booking)
    return booking


def _seat(booking: Booking, request: _Request) -> Seat:
    said, hold, client = request.seat, request.hold, _client(request)
    if not request.anyway:
        check_upcoming(client, request.client.email, now=request.now, is_from_public=hold is not None)
    typed = differing(client, request.client.email, request.client.phone) if hold else {}
    return Seat.objects.create(
        booking=booking,
        client=client,
        email=typed.get("email", ""),
        phone=typed.get("phone", ""),
        language=said.language or (hold.language if hold else ""),
        time_zone=said.time_zone or (hold.time_zone if hold else ""),
        note=said.note,
        answers=said.answers,
        reminders=said.reminders,
    )


def _client(request: _Request) -> Client:
    """Who books. What a visitor types may be anybody's, so it is kept with the seat and not with a known client."""
    typed = request.client
    is_from_public = request.hold is not None
    return client_of(
        typed.name, typed.email, typed.phone, now=request.now, actor=request.actor, is_from_public=is_from_public
    )


# --- from a hold --------------------------------------------------------------------------------------------


def _booked_from(hold: Hold) -> Booking | None:
    """What was booked from this hold already: a form that is submitted twice makes one booking."""
    return Booking.objects.with_details().filter(hold=hold.pk).first()


def _lock_hold(hold: Hold | None) -> Hold | None:
    """The hold as it stands now; None if it is not there any more."""
    if hold is None:
        return None
    return Hold.objects.select_for_update(of=("self",)).select_related("claim", "booking").filter(pk=hold.pk).first()


def _taken_over(held: Hold | None) -> Claim | None:
    """The claim of the hold, which becomes that of the booking; None if it has expired."""
    return held.claim if held else None


def _note_booked(held: Hold, booking: Booking, now: datetime) -> None:
    held.claim, held.booking, held.booked_at, held.typed = None, booking, now, {}
    held.save(update_fields=["claim", "booking", "booked_at", "typed"])


def _check_rate(hold: Hold, now: datetime) -> None:
    """Raises Refused where the address of the hold has booked as often in the last hour as it may."""
    booked = Hold.objects.filter(address_key=hold.address_key, booked_at__gt=now - timedelta(hours=1))
    if hold.address_key and booked.count() >= settings.BOOKING_RATE:
        raise Refused(_("Too many bookings come from your connection. Please try again in an hour."))


def _check_recipient(email: str, now: datetime) -> None:
    """Raises LimitReached where as many bookings are mailed to this address in a day as may be."""
    booked = Seat.objects.of_address(email).filter(booking__hold__booked_at__gt=now - timedelta(days=1))
    if email and booked.count() >= PER_RECIPIENT * settings.BOOKING_RATE:
        raise LimitReached(_("You have booked several times today. The e-mail that we have sent you lists all."))
