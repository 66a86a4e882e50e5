"""Write a booking with its time, its seat, its history and its event. Inside the lock, after its time was checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bookings.actions import history
from bookings.actions.addresses import confirm_by
from bookings.actions.checks.client_limit import check_upcoming
from bookings.actions.checks.preconditions import nudge, take_time
from bookings.actions.making.details import ClientDetails, SeatDetails
from bookings.clients import client_of, differing
from bookings.deadlines import approve_by
from bookings.models import Booking, BookingChange, Client, Hold, Seat, Service
from bookings.proposals import approvals, collisions
from bookings.push import placements
from practice.models import User

Kind = BookingChange.Kind
Source = BookingChange.Source


@dataclass(frozen=True, slots=True)
class BookingRequest:
    """What is to be booked, for whom, and by whom. A client books from a `hold`, staff without one.

    `batch`: with whose mails those of this booking go out.
    """

    service: Service
    start: datetime
    client: ClientDetails
    seat: SeatDetails
    now: datetime
    actor: User | None
    anyway: bool
    note: str
    hold: Hold | None
    batch: str = ""

    def concerned(self, people: Sequence[User]) -> set[User]:
        """Whose time may change if it is booked with one of `people`."""
        return {*people, self.hold.staff} if self.hold else {*people}

    @property
    def is_from_public(self) -> bool:
        return self.hold is not None


def write_booking(
    booking: Booking, request: BookingRequest, client: Client, held: Hold | None, *, collides: bool
) -> None:
    """Write the booking of a client; ask staff if it needs their approval. The time of `held` becomes its time."""
    now, start = request.now, request.start
    if request.is_from_public:
        booking.address_due_at = confirm_by(request.client.email, start, now)
        booking.approval_due_at = approve_by(request.service, start, now)
    waits = booking.cause != Booking.Cause.NONE
    booking.status = Booking.Status.PENDING if waits else Booking.Status.CONFIRMED
    booking.claim = held.claim if held else None  # None too if it has expired
    take_time(booking, start, start + request.service.duration, overlap_allowed=collides)
    booking.save()
    _write_seat(booking, request, client)
    if held:
        _note_booked(held, booking, now)
    source = Source.CLIENT if request.is_from_public else Source.STAFF
    history.record(booking, Kind.MADE, source, now=now, actor=request.actor, batch=request.batch)
    if booking.address_due_at is None:
        placements.place(booking)
        approvals.ask(booking, now)
    if request.anyway:
        collisions.acknowledge(booking, now, request.actor)
    nudge(booking)


def client_of_request(request: BookingRequest) -> Client:
    """Who books. What a visitor types may be anybody's, so it is kept with the seat and not with a known client."""
    typed, is_from_public = request.client, request.is_from_public
    return client_of(
        typed.name, typed.email, typed.phone, now=request.now, actor=request.actor, is_from_public=is_from_public
    )


def _write_seat(booking: Booking, request: BookingRequest, client: Client) -> None:
    said, hold = request.seat, request.hold
    if not request.anyway:
        check_upcoming(client, request.client.email, now=request.now, is_from_public=request.is_from_public)
    typed = differing(client, request.client.email, request.client.phone) if hold else {}
    Seat.objects.create(
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


def _note_booked(held: Hold, booking: Booking, now: datetime) -> None:
    """The hold has become a booking. When that was says only the first hold of a series."""
    held.claim, held.booking, held.typed = None, booking, {}
    held.booked_at = now if held.part_of_id is None else None
    held.save(update_fields=["claim", "booking", "booked_at", "typed"])
