"""Book a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.actions import history
from bookings.actions.addresses import confirm_by
from bookings.actions.checks.candidates import Chosen, candidates, chosen, first_available
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
from bookings.clients import client_of, differing, known_client, tidy_contact
from bookings.deadlines import approve_by
from bookings.models import Booking, BookingChange, Claim, Client, Hold, Seat, Service, booking_lock
from bookings.models.questions import Answer
from bookings.openings import search
from bookings.openings.shares import Team, previous_person, team_of
from bookings.proposals import approvals, collisions
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
    """What the client said beside their name. `reminders` is None if they were not asked.

    `asked` are the words of the questions to which `answers` has answers, by the same keys. `confirm_address`: nothing
    else was said by which to tell that they are no robot, so they must confirm their address.
    """

    language: str = ""
    time_zone: str = ""
    note: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    reminders: bool | None = None
    confirm_address: bool = False


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

    def concerned(self, people: Sequence[User]) -> set[User]:
        """Whose time may change if it is booked with one of `people`."""
        return {*people, self.hold.staff} if self.hold else {*people}


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
    """Book `service` at `start` (aware) with `staff`, or with whoever of its staff is first available then.

    `anyway`: staff insist on a time that is not open, even over another booking. `hold`: the visitor keeps this time,
    or kept it until it expired; submitted twice it gives the same booking. Its person stays, unless the time went or
    their calendars cannot be read: then, without `staff`, it is the first available of the others. Raises NotOpen,
    Refused.
    """
    client = _tidy(client)
    if hold:
        if booked := _booked_from(hold):
            return booked
        _check_rate(hold, now)
        _check_recipient(client.email, now)
    refuse_far(start, now)
    able = candidates(service, staff)
    request = _Request(service, start, client, seat, now, actor, anyway, note, hold)
    try:
        return _book_with_first(able, request)
    except NotOpen as error:
        refusal = str(error)
    if hold is None:
        raise NotOpen(refusal, search.next_openings(service, able, max(start, now), now=now))
    raise NotOpen(refusal, search.nearest_openings(service, able, start, now=now, hold=hold), can_insist=False)


def _book_with_first(able: list[User], request: _Request) -> Booking:
    """Book it with whoever of those who are able is asked first and is free. Raises NotOpen."""
    refusal, asked = NotOpen("", []), set[User]()
    for people in _in_turn(able, request.hold):
        keys = [user.pk for user in people if user not in asked]
        refresh_all(keys, request.now, seconds=settings.FRESHNESS_DEADLINE_SECONDS)
        asked |= {*people}
        try:
            return _book_with(people, request, may_wait=people is able)
        except NotOpen as error:
            refusal = error
    raise refusal


def _in_turn(able: list[User], hold: Hold | None) -> Iterator[list[User]]:
    """Who is asked: first the person of the hold alone, where that is not the only one, and then everybody."""
    if hold and hold.staff in able and len(able) > 1:
        yield [hold.staff]
    yield able


def _tidy(client: ClientDetails) -> ClientDetails:
    try:
        tidy = ClientDetails(*tidy_contact(client.name, client.email, client.phone))
    except ValueError as error:
        raise Refused(str(error)) from None
    if not tidy.name:
        raise Refused(_("Say who the booking is for."))
    return tidy


def _book_with(people: list[User], request: _Request, *, may_wait: bool) -> Booking:
    """Book it with one of `people`. Raises NotOpen, also where it would wait for calendars unless it `may_wait`."""
    now, service = request.now, request.service
    team = team_of(service, [user.pk for user in people], request.start) if len(people) > 1 else None
    with overlaps_refused(), booking_lock(request.concerned(people), now):
        held = _lock_hold(request.hold)
        if held and held.booking:
            return held.booking
        who, collides = _choose(people, team, request, held) if team else _named(people[0], request, held)
        pending = freshness(who.user, now=now, asked=True).pending
        if pending and not may_wait:
            raise NotOpen(_("The calendars could not be read just now."), [])
        booking = Booking(service=service, staff=who.user, note=request.note, why_staff=dict(who.why))
        booking.calendar_unread_since = now if pending else None
        _write(booking, request, held, collides=collides)
    return booking


def _named(user: User, request: _Request, held: Hold | None) -> tuple[Chosen, bool]:
    """The person asked for, or of the hold, and whether it overlaps another booking. Raises NotOpen."""
    now, actor, shape = request.now, request.actor, request.service.shape
    collides = check_open(user, shape, request.start, now=now, anyway=request.anyway, actor=actor, hold=held)
    return Chosen(user, held.why_staff if held and held.staff == user else {}), collides


def _choose(people: list[User], team: Team, request: _Request, held: Hold | None) -> tuple[Chosen, bool]:
    """The first available, and whether it overlaps another booking, which it does only if staff insist.

    Nobody can insist on somebody who was deactivated meanwhile.
    """
    now, shape, previous = request.now, request.service.shape, _previous_person(request)
    try:
        return first_available(people, team, shape, now=now, hold=held, previous=previous), False
    except NotOpen:
        able = _active(team) if request.anyway else []
        if not able:
            raise
    who = chosen(people, team, able, now=now, previous=previous)
    return who, search.collides(who.user, shape, request.start, now=now)


def _active(team: Team) -> list[int]:
    """The keys of those who have not been deactivated."""
    return list(User.objects.filter(pk__in=team.weights, is_active=True).values_list("pk", flat=True))


def _previous_person(request: _Request) -> int | None:
    """The key of the person whom the client had last, if that counts.

    Never for a visitor: anybody may have typed the details, and would learn with whom the client was.
    """
    typed = request.client
    if request.hold or not request.service.previous_person_first:
        return None
    client = known_client(typed.name, typed.email, typed.phone)
    return previous_person(client.pk, request.service) if client else None


def _write(booking: Booking, request: _Request, held: Hold | None, *, collides: bool) -> None:
    """Write the booking with its time, its seat, its history and its event; ask staff if it needs their approval."""
    now, start = request.now, request.start
    if held:
        booking.address_due_at = confirm_by(request.client.email, start, now, always=request.seat.confirm_address)
        booking.approval_due_at = approve_by(request.service, start, now)
    waits = booking.cause != Booking.Cause.NONE
    booking.status = Booking.Status.PENDING if waits else Booking.Status.CONFIRMED
    booking.claim = _taken_over(held)
    take_time(booking, start, start + request.service.duration, overlap_allowed=collides)
    booking.save()
    _seat(booking, request)
    if held:
        _note_booked(held, booking, now)
    history.record(booking, Kind.MADE, Source.CLIENT if held else Source.STAFF, now=now, actor=request.actor)
    if booking.address_due_at is None:
        placements.place(booking)
        approvals.ask(booking, now)
    if request.anyway:
        collisions.acknowledge(booking, now, request.actor)
    nudge(booking)


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
        asked=said.asked,
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
