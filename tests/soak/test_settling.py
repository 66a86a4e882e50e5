"""What is left to do before the audit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings.models import Booking, LinkedEvent
from connections.models import Calendar
from practice.models import User
from soak.settling import unfinished_work
from tests.factories import (
    START,
    BookingFactory,
    CalendarFactory,
    LinkedEventFactory,
    OccurrenceFactory,
    ProposalFactory,
    UserFactory,
)

UNASKED = "1 bookings pending unasked"


@pytest.fixture
def anna(db: None) -> User:
    return UserFactory.create(username="anna")


@pytest.fixture
def work(anna: User) -> Calendar:
    return CalendarFactory.create(connection__user=anna, name="Work")


@pytest.fixture
def pending(anna: User) -> Booking:
    return BookingFactory.create(staff=anna, status="pending")


@pytest.mark.usefixtures("pending")
def test_a_pending_booking_about_which_nobody_is_asked_is_work() -> None:
    assert UNASKED in unfinished_work()


def test_one_about_which_staff_are_asked_is_none(pending: Booking) -> None:
    ProposalFactory.create(booking=pending, kind="collision")
    assert UNASKED not in unfinished_work()


def test_one_whose_client_is_asked_to_choose_another_time_is_none(pending: Booking) -> None:
    Booking.objects.update(new_time_asked_at=pending.start - timedelta(days=1))
    assert UNASKED not in unfinished_work()


@pytest.mark.parametrize(("state", "waits"), [("changed_on_both_sides", False), ("pushed", True)])
def test_one_at_the_time_of_anothers_event_waits_for_that_decision(
    anna: User, work: Calendar, pending: Booking, state: LinkedEvent.State, waits: bool
) -> None:
    other = BookingFactory.create(staff=anna, start=START + timedelta(days=1))
    linked = LinkedEventFactory.create(booking=other, calendar=work, pushed=True, state=state)
    OccurrenceFactory.create(calendar=work, uid=linked.uid, start=pending.start, end=pending.end)
    assert (UNASKED in unfinished_work()) is waits
