"""Visitors, who keep a time before they book it, with the functions that the public pages call."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connections
from django.utils import timezone

from bookings import actions
from bookings.actions import Visitor
from bookings.models import Booking, Hold, Service
from soak.actors.actor import Action
from soak.actors.clients import Client
from soak.ledger import HeldTime, Try

LANGUAGES, ZONES = ("en", "de", ""), ("Europe/Berlin", "America/New_York", "")
A_MOMENT = timedelta(milliseconds=50)


class PublicVisitor(Client):
    """A person who keeps one time at once, and is somebody else when they choose the next."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.visits = 0
        self.who = self._somebody_new()
        self.held = 0  # the key of their hold, if any

    def actions(self) -> Sequence[tuple[int, Action]]:
        later: list[tuple[int, Action]] = [(1, self.reschedule), (1, self.cancel)]
        if not self.held:
            return [(6, self.choose_time), *later]
        return [
            (3, self.extend),
            (3, self.change_time),
            (1, self.release),
            (2, self.let_expire),
            (1, self.leave),
            (4, self.book_held),
            (3, self.book_twice),
            *later,
        ]

    # --- the time that is kept --------------------------------------------------------------------------------

    def choose_time(self) -> None:
        """Keep an opening of a random service."""
        self.who = self._somebody_new()
        self._keep(self.choose.choice(list(Service.objects.all())), None)

    def _somebody_new(self) -> Visitor:
        self.visits += 1
        language, zone = self.choose.choice(LANGUAGES), self.choose.choice(ZONES)
        name = f"{self.seed} {self.visits}"
        return Visitor(name, address=f"the network of {name}", language=language, time_zone=zone)

    def _keep(self, service: Service, former: Hold | None) -> None:
        staff = self.somebody(service)
        if staff and self.is_full(staff):
            return
        start = self.opening(service, staff, former)
        if start is None:
            return
        try:
            hold = actions.hold(service=service, staff=staff, start=start, visitor=self.who, now=timezone.now())
        except actions.Refused:
            self.ledger.count("holds refused")
        else:
            self._note(hold)
            self.ledger.count("holds made")

    def _note(self, hold: Hold) -> None:
        """Record until when the visitor was told that the time is kept, if it still is."""
        self.held = hold.pk
        if hold.claim and hold.expires_at:
            span = hold.service.shape.widened(hold.start)
            self.ledger.holds[self.who.id] = HeldTime(hold.staff_id, span, hold.expires_at)
        else:
            self.ledger.holds.pop(self.who.id, None)

    def _read(self) -> Hold:
        """The hold as the page reads it for each request."""
        return Hold.objects.select_related("service", "staff", "claim", "booking").get(pk=self.held)

    def extend(self) -> None:
        self._note(actions.extend(self._read(), timezone.now()))
        self.ledger.count("holds extended")

    def change_time(self) -> None:
        """Choose another time; the former one is then free for others."""
        service = self._read().service
        self._keep(service, actions.hold_of(self.who.id, service, timezone.now()))

    def release(self) -> None:
        """Give the time back, and sometimes submit the form nevertheless."""
        actions.release(self._read(), timezone.now())
        self.ledger.holds.pop(self.who.id, None)
        self.ledger.count("holds released")
        if self.choose.random() < 0.7:
            self.held = 0

    def let_expire(self) -> None:
        """Wait until the time is not kept any more; the form can still be submitted."""
        hold = self._read()
        left = (hold.expires_at - timezone.now() + A_MOMENT).total_seconds() if hold.expires_at else 0
        if self.ended.wait(left):
            return
        self.ledger.count("holds expired")
        if actions.hold_of(self.who.id, hold.service, timezone.now()):
            self.ledger.complain(f"{hold} of {self.who.id} is kept longer than until {hold.expires_at}")

    def leave(self) -> None:
        """Close the window; the time stays taken until it expires."""
        self.held = 0

    # --- the booking ------------------------------------------------------------------------------------------

    def book_held(self) -> None:
        """Submit the form."""
        with self.ledger.trying("Visitor") as attempt:
            self._note_outcome(attempt, [self._submit(attempt)])

    def book_twice(self) -> None:
        """Submit the form twice, at the same time or one after the other."""
        with self.ledger.trying("Visitor") as attempt:
            if self.choose.random() < 0.5:
                booked = [self._submit(attempt), self._submit(attempt)]
            else:
                with ThreadPoolExecutor(2) as pool:
                    booked = list(pool.map(self._submit_in_thread, [attempt, attempt]))
            self._note_outcome(attempt, booked)
        self.ledger.count("forms submitted twice")

    def _submit_in_thread(self, attempt: Try) -> Booking | None:
        try:
            return self._submit(attempt)
        finally:
            connections.close_all()

    def _submit(self, attempt: Try) -> Booking | None:
        """Book from the hold; None if it was refused."""
        hold, attempt.said = self._read(), (self.who.language, self.who.time_zone, f"from {attempt.name}")
        try:
            return actions.book(
                service=hold.service,
                staff=hold.staff,
                start=hold.start,
                client=actions.ClientDetails(attempt.name, attempt.email),
                seat=actions.SeatDetails(note=attempt.said[2]),
                hold=hold,
                now=timezone.now(),
            )
        except actions.Refused:
            return None

    def _note_outcome(self, attempt: Try, submitted: list[Booking | None]) -> None:
        booked = [booking for booking in submitted if booking]
        if not booked:
            attempt.outcome = "refused"
            return
        attempt.outcome, attempt.booking = "booked", booked[0].pk
        attempt.pending = any(booking.status == Booking.Status.PENDING for booking in booked)
        if len({booking.pk for booking in booked}) > 1:
            self.ledger.complain(f"{attempt.name} submitted one form twice and has {booked}")
        self.ledger.count("booked from a hold")
        self.ledger.holds.pop(self.who.id, None)
        self.held = 0
