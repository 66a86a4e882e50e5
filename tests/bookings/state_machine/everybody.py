"""What clients, staff and an iPhone do to bookings, and what goes wrong meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from hypothesis import strategies as st
from hypothesis.stateful import rule

from bookings import actions
from bookings.models import Booking, BookingChange, Proposal
from connections import ical
from sandbox.device.device import AppleDevice
from sandbox.server.faults import Faults
from tests.bookings.practice import HOUR, berlin
from tests.bookings.state_machine.world import World
from tests.kills import Interrupted, Killed, dies_at

numbers = st.integers(0, 30)
times = st.builds(berlin, st.integers(2, 5), st.integers(9, 16))  # Wednesday to Saturday, when nobody works
steps = st.sampled_from([-24, -2, -1, 1, 3, 24]).map(lambda hours: hours * HOUR)

EDITS: dict[str, Callable[[AppleDevice, str], Any]] = {
    "renames": lambda phone, href: phone.rename(href, "Something else"),
    "lengthens": lambda phone, href: phone.lengthen(href, timedelta(minutes=30)),
    "makes all-day": lambda phone, href: phone.make_all_day(href),
    "makes floating": lambda phone, href: phone.make_floating(href),
    "repeats": lambda phone, href: phone.repeat(href, "FREQ=WEEKLY;COUNT=3"),
    "marks as free": lambda phone, href: phone.free(href),
    "deletes": lambda phone, href: phone.delete(href),
    "cancels": lambda phone, href: phone.cancel(href),
    "duplicates": lambda phone, href: phone.duplicate(href),
}
FAULTS: dict[str, Callable[..., Any]] = {
    "lost": Faults.lost,
    "refused": Faults.refuse,
    "reset": Faults.reset,
    "truncated": Faults.truncate,
    **{
        str(status): lambda faults, status=status, **where: faults.status(status, **where)
        for status in (401, 403, 404, 409, 412, 429, 500, 503, 507)
    },
}


class Everybody(World):
    """Clients ask, staff decide, the iPhone edits, iCloud fails, processes are killed, and time passes."""

    # --- clients ------------------------------------------------------------------------------------------------

    @rule(start=times)
    def a_client_asks(self, start: datetime) -> None:
        self.tick()
        visitor = actions.Visitor(id=uuid4().hex)
        with suppress(actions.Refused):
            hold = actions.hold(
                service=self.service, staff=self.practice.user, start=start, visitor=visitor, now=self.now
            )
            self.practice.book(start, hold=hold)

    @rule(number=numbers, start=times)
    def a_client_moves(self, number: int, start: datetime) -> None:
        self.tick()
        if booking := self.live(number):
            with suppress(actions.Refused):
                actions.choose_time(booking, start=start, people=[self.practice.user], now=self.now)

    @rule(number=numbers)
    def a_client_cancels(self, number: int) -> None:
        self.tick()
        if booking := self.live(number):
            actions.cancel(booking, now=self.now, source=BookingChange.Source.CLIENT)

    # --- staff --------------------------------------------------------------------------------------------------

    @rule(start=times, anyway=st.booleans())
    def staff_book(self, start: datetime, anyway: bool) -> None:
        self.tick()
        with suppress(actions.Refused):
            self.practice.book(start, actor=self.practice.user, anyway=anyway)

    @rule(number=numbers)
    def staff_approve(self, number: int) -> None:
        self.tick()
        if booking := self.live(number):
            with suppress(actions.Refused):
                actions.approve(booking, now=self.now, actor=self.practice.user)
                self.approved.add(booking.pk)

    @rule(number=numbers)
    def staff_refuse(self, number: int) -> None:
        self.tick()
        if booking := self.live(number):
            with suppress(actions.Refused):
                actions.refuse(booking, now=self.now, actor=self.practice.user)

    @rule(number=numbers, choice=numbers)
    def staff_decide(self, number: int, choice: int) -> None:
        self.tick()
        asked = list(Proposal.objects.open().with_details())
        if asked:
            proposal = asked[number % len(asked)]
            self.decide(proposal, proposal.choices[choice % len(proposal.choices)])

    # --- the iPhone ---------------------------------------------------------------------------------------------

    @rule(number=numbers, edit=st.sampled_from(sorted(EDITS)))
    def the_iphone_edits(self, number: int, edit: str) -> None:
        self.tick()
        if own := self.own(number):
            EDITS[edit](self.phone, own[1])

    @rule(number=numbers, by=steps)
    def the_iphone_moves(self, number: int, by: timedelta) -> None:
        self.tick()
        if own := self.own(number):
            begins = self.phone.begins(own[1])
            self.phone.move(own[1], begins + by)

    @rule(number=numbers, status=st.sampled_from([b"CONFIRMED", b"TENTATIVE"]))
    def another_device_writes_a_status(self, number: int, status: bytes) -> None:
        """It says nothing about whether staff approve the request."""
        self.tick()
        if own := self.own(number):
            calendar, href = own
            data = calendar.resources[href].data
            for before in (b"CONFIRMED", b"TENTATIVE"):
                data = data.replace(b"STATUS:" + before, b"STATUS:" + status)
            calendar.put(calendar.name_of(href), data)
            self.restated.add(ical.own_event(data).uid)

    @rule(number=numbers)
    def the_iphone_moves_it_to_another_calendar(self, number: int) -> None:
        self.tick()
        if own := self.own(number):
            others = [calendar for calendar in self.account.events() if calendar is not own[0]]
            self.phone.move_to(own[1], others[0])

    @rule(start=times)
    def something_comes_up(self, start: datetime) -> None:
        """An event of the staff member's own, perhaps at the time of a request."""
        self.tick()
        self.phone.add(self.account.calendar("Work"), "Dentist", start, start + HOUR)

    # --- the schedule, and what goes wrong ----------------------------------------------------------------------

    @rule()
    def kalends_looks(self) -> None:
        self.tick(timedelta(seconds=61))
        self.look()

    @rule(hours=st.sampled_from([0.1, 0.3, 2, 11, 25]))
    def time_passes(self, hours: float) -> None:
        self.tick(hours * HOUR)
        self.push()

    @rule(
        what=st.sampled_from(sorted(FAULTS)), method=st.sampled_from(["PUT", "DELETE", "GET", "REPORT", "PROPFIND", ""])
    )
    def something_is_in_the_way(self, what: str, method: str) -> None:
        self.tick()
        FAULTS[what](self.icloud.faults, method=method)

    @rule(down=st.booleans())
    def icloud_is_down_or_up(self, down: bool) -> None:
        self.tick()
        if down:
            self.icloud.down(503)
        else:
            self.icloud.up()

    @rule(statement=st.integers(1, 60), how=st.sampled_from([Killed, Interrupted]))
    def kalends_is_killed(self, statement: int, how: type[BaseException]) -> None:
        self.tick(timedelta(seconds=301))
        with dies_at(statement, how):
            self.look()

    @rule(statement=st.integers(1, 60), number=numbers)
    def kalends_is_killed_over_a_decision(self, statement: int, number: int) -> None:
        """The decision is there with all that follows from it, or not at all."""
        self.tick()
        booking = self.live(number)
        if booking is None or booking.approval_due_at is None:
            return
        with suppress(actions.Refused), dies_at(statement, Killed):
            actions.approve(booking, now=self.now, actor=self.practice.user)
        if Booking.objects.filter(pk=booking.pk, approval_due_at=None).exists():
            self.approved.add(booking.pk)
