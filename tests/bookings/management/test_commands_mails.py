"""The commands that list and send mails."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command

from bookings.models import Booking
from bookings.notifications.mails import asked_links
from practice.commands import Refused
from tests.factories import NOW, BookingFactory, MailFactory

pytestmark = [pytest.mark.django_db, pytest.mark.time_machine(NOW, tick=False)]


def printed(name: str, **options: Any) -> Any:
    out = StringIO()
    call_command(name, as_json=True, stdout=out, **options)
    return json.loads(out.getvalue())


def test_mails_lists_what_was_and_will_be_sent() -> None:
    booking = BookingFactory(start=NOW + timedelta(days=1))
    made = MailFactory(seat=booking.seat)
    MailFactory()
    shared = {"booking": booking.pk, "recipient": booking.client.email, "uid": booking.seat.uid, "sequence": 0}
    sent = {"id": made.pk, "kind": "confirmation", "state": "due", "due": "2026-11-30T08:00:00Z", "sent": None}
    found = printed("mails", booking=booking.pk)
    assert found == [shared | sent | {"message_id": made.message_id}]
    assert len(printed("mails")) == 2


def test_mails_lists_reminders_that_are_computed_and_not_written_yet() -> None:
    booking = BookingFactory(start=NOW + timedelta(days=10))
    Booking.objects.update(created_at=NOW - timedelta(days=1))
    (found,) = printed("mails", booking=booking.pk)
    assert (found["id"], found["kind"], found["due"]) == (None, "reminder", "2026-12-08T08:00:00Z")


def test_mails_refuses_a_booking_that_does_not_exist() -> None:
    with pytest.raises(Refused, match="There is no booking 7"):
        printed("mails", booking=7)


def test_send_mails_also_sends_the_links_that_somebody_asked_for() -> None:
    booking = BookingFactory(start=NOW + timedelta(days=1))
    for email in (booking.client.email, "nobody@example.org"):
        asked_links.ask(email, address_key="", now=NOW)
    assert [printed("send_mails")["sent"] for _again in range(2)] == [1, 0]
    assert [(one.to, booking.seat.link in one.body) for one in mail.outbox] == [([booking.client.email], True)]


def test_send_mails_sends_what_is_due_and_says_what_became_of_it() -> None:
    MailFactory()
    assert [printed("send_mails") for _again in range(2)] == [
        {"sent": 1, "retried": 0, "failed": 0},
        {"sent": 0, "retried": 0, "failed": 0},
    ]
