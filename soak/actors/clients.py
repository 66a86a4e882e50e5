"""Clients, who book, reschedule and cancel in this process with the functions that the pages call."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from bookings import actions
from bookings.models import Booking, BookingChange, Hold, Service
from bookings.openings import search
from practice.models import User
from soak.actors.actor import Action, Actor

CLIENT = BookingChange.Source.CLIENT


class Client(Actor):
    """A person who is new with each booking."""

    def actions(self) -> Sequence[tuple[int, Action]]:
        return [(5, self.book), (2, self.reschedule), (2, self.cancel)]

    def book(self) -> None:
        """Look at the openings of a day, wait a little, and book one of them."""
        service = self.choose.choice(list(Service.objects.all()))
        staff = self.somebody(service)
        if staff and self.is_full(staff):
            return self.cancel()
        start = self.opening(service, staff)
        if start is None:
            return None
        time.sleep(self.choose.choice((0, 0, 0, 1, 2)))
        with self.ledger.trying("Client") as attempt:
            details = actions.ClientDetails(attempt.name, attempt.email)
            try:
                booking = actions.book(service=service, staff=staff, start=start, client=details, now=timezone.now())
            except actions.Refused:
                attempt.outcome = "refused"
            else:
                attempt.outcome, attempt.booking = "booked", booking.pk
                attempt.pending = booking.status == Booking.Status.PENDING
                self.ledger.count(f"made {booking.status}")
        return None

    def somebody(self, service: Service) -> User | None:
        """One of those who offer the service; None for anybody."""
        return None if self.choose.random() < 0.25 else self.choose.choice(list(service.staff.all()))

    def opening(self, service: Service, staff: User | None, hold: Hold | None = None) -> datetime | None:
        """The start of a random opening on a random day."""
        day, among = self.day(), [staff] if staff else list(service.staff.all())
        found = search.find(service, among, day, day + timedelta(days=1), now=timezone.now(), hold=hold).openings
        if not found:
            self.ledger.count("days without openings")
            return None
        return self.choose.choice(found).start

    def reschedule(self) -> None:
        """Move a booking to another opening, on a random day."""
        booking, day = self.booking(), self.day()
        if booking is None:
            return
        now, shape = timezone.now(), booking.service.shape
        found = search.openings_of(booking.staff, shape, day, day + timedelta(days=1), now=now, moving=booking)
        if not found.spans:
            return
        start = self.choose.choice(found.spans)[0]
        try:
            actions.reschedule(booking, start=start, now=timezone.now(), source=CLIENT)
        except actions.Refused:
            self.ledger.count("reschedules refused")
        else:
            self.ledger.count("rescheduled")

    def cancel(self) -> None:
        booking = self.booking()
        if booking is not None:
            self.ledger.cancelled[booking.pk] = "unknown"
            actions.cancel(booking, now=timezone.now(), source=CLIENT)
            self.ledger.cancelled[booking.pk] = "told"
            self.ledger.count("cancelled")
