"""What the long test has found."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking, Proposal
from tests.bookings.practice import HOUR, Practice, berlin
from tests.factories import START

DEADLINE = 0.4


@pytest.fixture
def short_deadline(settings: Any) -> None:
    settings.FRESHNESS_DEADLINE_SECONDS = DEADLINE


@pytest.mark.usefixtures("short_deadline")
def test_no_client_waits_while_it_is_asked_whether_an_event_was_really_deleted(practice: Practice) -> None:
    practice.phone.delete(practice.href(practice.booked()))
    practice.poll_later()
    practice.later()
    practice.icloud.faults.slow(3, times=None)
    began = time.monotonic()
    practice.book(START + HOUR)
    assert time.monotonic() - began < DEADLINE + 1


def test_what_was_not_asked_in_the_hurry_is_asked_by_the_next_sync(practice: Practice) -> None:
    practice.phone.delete(practice.href(practice.booked()))
    practice.poll_later()
    practice.later()
    practice.book(START + HOUR)
    assert practice.proposals() == []
    practice.poll_later()
    assert practice.proposals() == [("deleted", "The event was deleted on the phone.")]


def test_no_client_waits_for_a_mail_to_staff(practice: Practice) -> None:
    practice.phone.move(practice.href(practice.booked()), berlin(1, 3))
    practice.later()
    practice.book(START + HOUR)
    assert (Proposal.objects.open().count(), mail.outbox) == (1, [])


@pytest.mark.usefixtures("short_deadline")
def test_many_pending_bookings_do_not_hold_up_the_next_one(practice: Practice) -> None:
    practice.icloud.faults.slow(3, times=None)
    practice.later(timedelta(hours=2))
    queries = []
    for number in range(3):
        with CaptureQueriesContext(
            database,
        ) as asked:
            practice.book(berlin(1, 9 + number))
        queries.append(len(asked))
    assert Booking.objects.filter(status="pending").count() == 3
    assert queries[2] <= queries[1]
