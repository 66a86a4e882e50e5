"""Book a service."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from bookings.actions.checks.candidates import Chosen, candidates, chosen, first_available
from bookings.actions.checks.preconditions import (
    NotOpen,
    check_open,
    overlaps_refused,
    refuse_far,
    refuse_while_restored,
)
from bookings.actions.making.details import NOTHING_SAID, ClientDetails, SeatDetails, tidy_details
from bookings.actions.making.rates import check_rates
from bookings.actions.making.writing import BookingRequest, client_of_request, write_booking
from bookings.clients import known_client
from bookings.models import Booking, Hold, Service, booking_lock
from bookings.openings import search
from bookings.openings.shares import Team, previous_person, team_of
from connections.freshness import freshness
from connections.sync.poll import refresh_all
from practice.models import User


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
    seat: SeatDetails = NOTHING_SAID,
    hold: Hold | None = None,
) -> Booking:
    """Book `service` at `start` (aware) with `staff`, or with whoever of its staff is first available then.

    `anyway`: staff insist on a time that is not open, even over another booking. `hold`: the visitor keeps this time,
    or kept it until it expired; submitted twice it gives the same booking. Its person stays, unless the time went or
    their calendars cannot be read: then, without `staff`, it is the first available of the others. Raises NotOpen,
    Refused.
    """
    client = tidy_details(client)
    if hold:
        if booked := _booked_from(hold):
            return booked
        refuse_while_restored()
        check_rates(hold, client.email, now)
    refuse_far(start, now)
    able = candidates(service, staff)
    request = BookingRequest(service, start, client, seat, now, actor, anyway, note, hold)
    try:
        return _book_with_first(able, request)
    except NotOpen as error:
        refusal = str(error)
    if hold is None:
        raise NotOpen(refusal, search.next_openings(service, able, max(start, now), now=now))
    raise NotOpen(refusal, search.nearest_openings(service, able, start, now=now, hold=hold), can_insist=False)


def _book_with_first(able: list[User], request: BookingRequest) -> Booking:
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


def _book_with(people: list[User], request: BookingRequest, *, may_wait: bool) -> Booking:
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
        write_booking(booking, request, client_of_request(request), held, collides=collides)
    return booking


def _named(user: User, request: BookingRequest, held: Hold | None) -> tuple[Chosen, bool]:
    """The person asked for, or of the hold, and whether it overlaps another booking. Raises NotOpen."""
    now, actor, shape = request.now, request.actor, request.service.shape
    collides = check_open(user, shape, request.start, now=now, anyway=request.anyway, actor=actor, hold=held)
    return Chosen(user, held.why_staff if held and held.staff == user else {}), collides


def _choose(people: list[User], team: Team, request: BookingRequest, held: Hold | None) -> tuple[Chosen, bool]:
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


def _previous_person(request: BookingRequest) -> int | None:
    """The key of the person whom the client had last, if that counts.

    Never for a visitor: anybody may have typed the details, and would learn with whom the client was.
    """
    typed = request.client
    if request.hold or not request.service.previous_person_first:
        return None
    client = known_client(typed.name, typed.email, typed.phone)
    return previous_person(client.pk, request.service) if client else None


# --- from a hold --------------------------------------------------------------------------------------------


def _booked_from(hold: Hold) -> Booking | None:
    """What was booked from this hold already: a form that is submitted twice makes one booking."""
    return Booking.objects.with_details().filter(hold=hold.pk).first()


def _lock_hold(hold: Hold | None) -> Hold | None:
    """The hold as it stands now; None if it is not there any more."""
    if hold is None:
        return None
    return Hold.objects.select_for_update(of=("self",)).select_related("claim", "booking").filter(pk=hold.pk).first()
