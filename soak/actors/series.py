"""Staff and clients who book series, cancel one appointment of a series, and move one with all that follow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from django.utils import timezone

from bookings import actions
from bookings.actions import Visitor
from bookings.models import Booking, BookingChange, Hold, Series, Service
from bookings.openings.series.pattern import Wish
from bookings.openings.series.proposal import SeriesProposal, propose_series
from practice.models import User
from soak.actors.actor import Action
from soak.actors.clients import Client
from soak.ledger import HeldTime, Try
from soak.people import BERLIN

Source = BookingChange.Source
COUNTS, DAYS_A_WEEK = (2, 3, 4), (1, 1, 2)


class SeriesClient(Client):
    """A person who books several appointments at once, and is new with each series."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.visits = 0

    def actions(self) -> Sequence[tuple[int, Action]]:
        return [
            (3, self.book_by_staff),
            (3, self.book_held),
            (1, self.hold_only),
            (2, self.cancel_one),
            (3, self.move_following),
        ]

    # --- books ------------------------------------------------------------------------------------------------

    def book_by_staff(self) -> None:
        """Staff book a series, sometimes by a form that is submitted twice."""
        found = self._proposed()
        if found and found.staff:
            with self.ledger.trying("Series", count=len(found.starts)) as attempt:
                self._book(attempt, self.service, found.staff, found, None)

    def book_held(self) -> None:
        """Keep the times of a series, and submit the form once or twice."""
        found = self._proposed()
        held = self._held(found) if found else None
        if found and held:
            with self.ledger.trying("Series", count=len(found.starts)) as attempt:
                self._book(attempt, self.service, held.staff, found, held)
            actions.release(held, timezone.now())  # what is left of it, where nothing was booked
            self._forget(held.visitor)

    def hold_only(self) -> None:
        """Keep the times of a series and leave; sometimes they are given back before."""
        found = self._proposed()
        held = self._held(found) if found else None
        if held and self.choose.random() < 0.5:
            actions.release(held, timezone.now())
            self._forget(held.visitor)
            self.ledger.count("series released")

    def _proposed(self) -> SeriesProposal | None:
        """A series of a random service, as it is proposed; None if there are too few openings."""
        self.service: Service = self.choose.choice(list(Service.objects.all()))
        people = [user for user in self.service.staff.all() if not self.is_full(user)]
        found = propose_series(self.service, people, self._wish(self.choose.choice(COUNTS)), now=timezone.now())
        self.ledger.count("series proposed")
        return found if len(found.starts) > 1 else None

    def _wish(self, count: int) -> Wish:
        first, earliest = self.day().date(), time(self.choose.randrange(8, 16))
        days = self.choose.choice(DAYS_A_WEEK)
        return Wish(count=count, first=first, zone=BERLIN, days=days, earliest=earliest)

    def _held(self, found: SeriesProposal) -> Hold | None:
        self.visits += 1
        visitor = Visitor(f"series {self.seed} {self.visits}", address=f"the network of {self.seed} {self.visits}")
        if found.staff is None:
            return None
        try:
            hold = actions.hold_series(
                service=self.service, staff=found.staff, starts=found.starts, visitor=visitor, now=timezone.now()
            )
        except actions.Refused:
            self.ledger.count("series not held")
            return None
        for one in Hold.objects.group_of(hold).select_related("claim"):
            if one.claim and one.expires_at:
                span = (one.claim.start, one.claim.end)
                self.ledger.holds[f"{visitor.id} {one.start}"] = HeldTime(one.staff_id, span, one.expires_at)
        self.ledger.count("series held")
        return hold

    def _forget(self, visitor: str) -> None:
        for key in [key for key in self.ledger.holds if key.startswith(f"{visitor} ")]:
            del self.ledger.holds[key]

    def _book(self, attempt: Try, service: Service, staff: User, found: SeriesProposal, hold: Hold | None) -> None:
        made = [self._submit(attempt, service, staff, found, hold) for _ in range(self.choose.choice((1, 1, 2)))]
        booked = [series for series in made if series]
        if not booked:
            attempt.outcome = "refused"
            return
        if len({series.pk for series in booked}) > 1:
            self.ledger.complain(f"{attempt.name} submitted one form twice and has {booked}")
        bookings = list(booked[0].bookings.order_by("pk"))
        attempt.outcome, attempt.booking = "booked", bookings[0].pk
        attempt.pending = any(one.status == Booking.Status.PENDING for one in bookings)
        self.ledger.count("series booked")

    def _submit(
        self, attempt: Try, service: Service, staff: User, found: SeriesProposal, hold: Hold | None
    ) -> Series | None:
        try:
            return actions.book_series(
                service=service,
                staff=staff,
                starts=found.starts,
                client=actions.ClientDetails(attempt.name, attempt.email),
                wish=found.wish,
                hold=hold,
                now=timezone.now(),
            )
        except actions.Refused:
            self.ledger.count("series refused")
            return None

    # --- changes ----------------------------------------------------------------------------------------------

    def cancel_one(self) -> None:
        """Cancel one appointment; the others of its series stay."""
        booking = self._of_a_series()
        if booking is not None:
            self.ledger.cancelled.setdefault(booking.pk, "unknown")
            actions.cancel(booking, now=timezone.now(), source=Source.CLIENT)
            self.ledger.cancelled[booking.pk] = "told"
            self.ledger.count("cancelled of a series")

    def move_following(self) -> None:
        """Propose other times for an appointment and all that follow, and move them there."""
        booking = self._of_a_series()
        if booking is None:
            return
        moving = actions.following(booking)
        wish = self._wish(len(moving))
        found = propose_series(booking.service, [booking.staff], wish, now=timezone.now(), moving=moving)
        if found.missing:
            self.ledger.count("series without other times")
            return
        try:
            actions.move_following(booking, starts=found.starts, now=timezone.now(), source=Source.CLIENT)
        except actions.Refused:
            self.ledger.count("moves of series refused")
        else:
            self.ledger.count("series moved")

    def _of_a_series(self) -> Booking | None:
        """A random live appointment of a series."""
        keys = list(Booking.objects.live().filter(series__isnull=False).values_list("pk", flat=True))
        return Booking.objects.with_details().get(pk=self.choose.choice(keys)) if keys else None
