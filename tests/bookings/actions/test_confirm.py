"""Confirming what is pending."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from bookings.models import Booking
from tests.bookings.practice import Practice, berlin


@pytest.mark.usefixtures("short_deadline")
def test_many_pending_bookings_do_not_hold_up_the_next_one(practice: Practice) -> None:
    practice.icloud.faults.slow(3, times=None)
    practice.later(timedelta(hours=2))
    queries = []
    for number in range(3):
        with CaptureQueriesContext(database) as asked:
            practice.book(berlin(1, 9 + number))
        queries.append(len(asked))
    assert Booking.objects.filter(status="pending").count() == 3
    assert queries[2] <= queries[1]


def test_later_a_booking_is_pending_and_confirms_itself_at_the_next_good_read(practice: Practice) -> None:
    practice.icloud.down()
    practice.later(timedelta(minutes=65))
    booking = practice.book()
    assert (booking.status, booking.cause) == ("pending", "calendar_unreadable")
    assert practice.mails()[-1][0] == "Not confirmed yet: your appointment on Tue 1 December, 10:00"
    practice.icloud.up()
    practice.poll_later()
    booking.refresh_from_db()
    assert (booking.status, booking.cause) == ("confirmed", "")
    assert practice.mails()[-1][0] == "Confirmed: your appointment on Tue 1 December, 10:00"


def test_a_pending_booking_over_an_event_is_not_confirmed(practice: Practice) -> None:
    practice.icloud.down()
    practice.later(timedelta(minutes=65))
    booking = practice.book()
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 10), berlin(1, 11))
    practice.icloud.up()
    practice.poll_later()
    booking.refresh_from_db()
    assert booking.status == "pending"
    assert practice.proposals() == [("collision", "“Dentist” in “Work” (Tue 1 Dec 2026, 10:00–11:00) now overlaps it.")]
