"""A booking and an event, for the tests of the audit."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Event

import pytest
from django.core import mail

from bookings.notifications.mails import delivery
from soak import calendar_text
from soak.actors.disruption import Disruption
from soak.audit import Audit
from soak.findings import Findings
from soak.ledger import Ledger, Try, Version
from soak.mails.arrival import Arrival
from soak.mails.server import MailServer
from soak.people import People
from tests.bookings.practice import Practice, berlin


class Stage:
    """One booking and one event of the phone, without work left, and the record of both."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.people, self.ledger = People(practice.icloud, MailServer(0)), Ledger()
        self.disruption = Disruption(self.people, self.ledger, "", Event())
        self.booking = practice.booked()
        self.uid = practice.placement(self.booking).uid
        self.ledger.tries["Carla Client"] = Try("Carla Client", practice.now, "booked", self.booking.pk, pending=False)
        self.lunch = self.add(berlin(1, 12), berlin(1, 13))
        practice.sync()

    @property
    def href(self) -> str:
        return self.practice.href(self.booking)

    @property
    def home(self) -> str:
        return self.practice.account.calendar("Home").path

    def add(self, start: datetime, end: datetime) -> str:
        """Add an event on the phone, in Work, and record it."""
        work = self.practice.account.calendar("Work")
        href = self.practice.phone.add(work, "Lunch", start, end)
        data = work.resources[href].data
        self.ledger.made_on_phone.add(calendar_text.uid_of(data))
        now = self.practice.now
        spans = calendar_text.blocking(data, now, now + timedelta(days=60))
        self.ledger.add_version(Version("anna@example.com", work.path, href, spans, now))
        return href

    def arrived(self) -> list[Arrival]:
        """All mails, after those that are due were sent."""
        delivery.send_due(self.practice.now)
        return [Arrival.of(sent.to[0], sent.message().as_bytes()) for sent in mail.outbox]

    def rest(self) -> None:
        self.practice.later()
        self.practice.sync()

    def audit(self) -> Findings:
        self.people.mail_server.arrived[:] = self.arrived()
        return Audit(self.people, self.ledger, self.disruption, self.practice.now).run()


@pytest.fixture
def stage(practice: Practice) -> Stage:
    return Stage(practice)
