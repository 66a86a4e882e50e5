"""The world of the state machine: Anna's practice with her iCloud, one clock, and what must always be true.

`World` has the ground, the work of the schedule, and the checks; `Everybody` adds what may happen.
"""

from __future__ import annotations

import sys
from collections import Counter
from datetime import datetime, timedelta
from itertools import pairwise

from django.core import mail
from hypothesis.stateful import RuleBasedStateMachine, invariant

from bookings import actions
from bookings.models import Booking, Claim, Client, Hold, LinkedEvent, Mail, Proposal, Service
from bookings.notifications import move_mail, outgoing
from bookings.notifications.mails import delivery
from bookings.push import outbox
from bookings.reconcile.audit import audit
from bookings.reconcile.engine import reconcile
from connections import accounts, ical
from connections.models import Connection
from connections.sync.run import sync_connection
from practice.models import User
from sandbox.device.device import AppleDevice
from sandbox.server.server import Sandbox
from sandbox.server.store.calendars import Calendar
from tests.bookings.practice import make_practice

HOURS_TO_APPROVE = 24
UNSETTLED = (Mail.Kind.PENDING, Mail.Kind.ADDRESS_TO_CONFIRM)
Proposed = Proposal.Kind


class World(RuleBasedStateMachine):
    """Anna offers one service, which needs her approval.

    `approved` has the keys of what she approved, `restated` the UIDs of events whose STATUS another device wrote, which
    stays in iCloud until Kalends writes the event again.
    """

    def __init__(self) -> None:
        super().__init__()
        mail.outbox.clear()
        self.icloud = Sandbox().start()
        account = self.icloud.add_account("anna@example.com")
        account.add_calendar("Home", "#1BADF8FF", "home")
        account.add_calendar("Work", "#63DA38FF", "work")
        self.account, self.phone = account, AppleDevice(account, zone="Europe/Berlin")
        self.practice = make_practice(self.icloud, account, self.phone)
        Service.objects.update(approval_hours=HOURS_TO_APPROVE)
        self.service = self.practice.service = Service.objects.get()
        self.approved: set[int] = set()
        self.restated: set[str] = set()

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None:  # what a step has found is not to be covered up
                self.settle()
        finally:
            self.icloud.stop()
            self.forget()

    def forget(self) -> None:
        """Leave the tables as they were."""
        for model in (Proposal, Mail, LinkedEvent, Hold, Booking, Claim, Client, Service):
            model.objects.all().delete()
        User.objects.all().delete()

    # --- the ground ---------------------------------------------------------------------------------------------

    @property
    def now(self) -> datetime:
        return self.practice.now

    def tick(self, by: timedelta = timedelta(seconds=1)) -> None:
        """Every step takes a second, so that what is later has a later time."""
        self.practice.later(by)

    def own(self, number: int) -> tuple[Calendar, str] | None:
        """One of the events of bookings that are in iCloud now, with its calendar."""
        uids = set(LinkedEvent.objects.values_list("uid", flat=True))
        found = [
            (calendar, href)
            for calendar in self.account.events()
            for href, resource in sorted(calendar.resources.items())
            if ical.own_event(resource.data).uid in uids
        ]
        return found[number % len(found)] if found else None

    def live(self, number: int) -> Booking | None:
        """One of the bookings that hold time."""
        found = list(Booking.objects.live().with_details().order_by("pk"))
        return found[number % len(found)] if found else None

    # --- the schedule -------------------------------------------------------------------------------------------

    def look(self) -> None:
        """What the schedule does every few minutes, with the clock of this world."""
        now = self.now
        sync_connection(self.practice.connection.pk, now=now)
        reconcile(self.practice.user, now)
        self.push()

    def push(self) -> None:
        now = self.now
        actions.release_expired(now)
        actions.expire_undecided(now)
        outbox.push_due(now)
        delivery.send_due(now)
        outgoing.mail_proposals(now)
        move_mail.mail_moves(now)

    # --- what must always be true -------------------------------------------------------------------------------

    @invariant()
    def nothing_is_confirmed_that_nobody_approved(self) -> None:
        requested = Booking.objects.filter(hold__isnull=False)
        confirmed = set(requested.filter(status=Booking.Status.CONFIRMED).values_list("pk", flat=True))
        assert confirmed - self.approved == set()

    @invariant()
    def what_waits_for_approval_is_asked_about_once(self) -> None:
        waiting = Booking.objects.live().filter(approval_due_at__isnull=False, address_due_at=None)
        asked = Proposal.objects.open().filter(kind=Proposed.APPROVAL)
        assert Counter(asked.values_list("booking", flat=True)) == Counter(waiting.values_list("pk", flat=True))

    @invariant()
    def no_time_is_taken_twice(self) -> None:
        spans = Booking.objects.live().filter(claim__overlap_allowed=False).order_by("start")
        times = list(spans.values_list("claim__start", "claim__end"))
        assert [later for earlier, later in pairwise(times) if later[0] < earlier[1]] == []

    # --- when all is well again ---------------------------------------------------------------------------------

    def settle(self) -> None:
        """All trouble ends, and staff choose what is safe. Then iCloud, the rows and the client's mails agree."""
        self.icloud.faults.clear()
        self.icloud.up()
        connection = Connection.objects.get()
        if connection.needs_attention:  # refused twice, so Kalends asks for another password
            accounts.reconnect(connection, password=self.account.new_app_password(), now=self.now)
        self.look_for_a_while()
        self.decide_what_is_open()
        self.look_for_a_while()
        self.decide_what_is_open()  # what an event that was put back overlaps
        self.look_for_a_while()
        assert list(Proposal.objects.open().values_list("kind", flat=True)) == []
        assert [difference.text for difference in audit(self.practice.user, self.now)] == []
        self.assert_each_booking_has_its_event()
        self.assert_clients_were_told()

    def look_for_a_while(self) -> None:
        """Until every lease, every pause after errors and every time to undo is over."""
        for _ in range(4):
            self.tick(timedelta(minutes=76))
            self.look()

    def decide_what_is_open(self) -> None:
        """What is asked about events comes first, because a request whose time went is not approved."""
        for kind in (*(one for one in Proposed if one != Proposed.APPROVAL), Proposed.APPROVAL):
            for proposal in Proposal.objects.open().filter(kind=kind).with_details():
                self.decide(proposal, proposal.safe_choice)

    def decide(self, proposal: Proposal, choice: str) -> None:
        """As the page does it; what was settled meanwhile is refused."""
        try:
            actions.decide(proposal, choice=choice, now=self.now, actor=self.practice.user)
        except actions.Refused:
            return
        if choice == Proposal.Choice.APPROVE:
            self.approved.add(proposal.booking_id)

    def assert_each_booking_has_its_event(self) -> None:
        """One with its time and its STATUS, and none if it is cancelled."""
        known = set(LinkedEvent.objects.filter(booking__end__gt=self.now).values_list("uid", flat=True))
        wanted = [
            (one.uid, one.booking.start, one.booking.end, self.status(one.uid, _status(one.booking)))
            for one in LinkedEvent.objects.wanted().select_related("booking")
            if one.booking.end > self.now and one.booking.live
        ]
        assert sorted(event for event in self.events_there() if event[0] in known) == sorted(wanted)

    def events_there(self) -> list[tuple[str, datetime | None, datetime | None, str]]:
        """UID, start, end and STATUS of every event in iCloud."""
        texts = [one.data for calendar in self.account.events() for one in calendar.resources.values()]
        read = [(ical.own_event(text), _written_status(text)) for text in texts]
        return [(own.uid, own.start, own.end, self.status(own.uid, status)) for own, status in read]

    def status(self, uid: str, status: str) -> str:
        """The STATUS of an event, which does not count where another device wrote it."""
        return "" if uid in self.restated else status

    def assert_clients_were_told(self) -> None:
        """The last that each client heard, or is called about, is how the booking stands and when it is."""
        for booking in Booking.objects.filter(start__gt=self.now).with_details():
            news = booking.seat.mails.news().exclude(state=Mail.State.DROPPED).order_by("pk").last()
            if news is None:  # it ended before anything was sent
                assert not booking.live
                continue
            kind = Mail.Kind(news.kind)
            assert news.state in (Mail.State.SENT, Mail.State.FAILED)
            standing = (kind not in Mail.ENDING_KINDS, kind in UNSETTLED)
            assert standing == (booking.live, booking.status == Booking.Status.PENDING)
            assert not booking.live or (news.start, news.end) == (booking.start, booking.end)


def _status(booking: Booking) -> str:
    return "TENTATIVE" if booking.approval_due_at else "CONFIRMED"


def _written_status(data: bytes) -> str:
    lines = data.decode().splitlines()
    return next((line.partition(":")[2] for line in lines if line.startswith("STATUS")), "")
