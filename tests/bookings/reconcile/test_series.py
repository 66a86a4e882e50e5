"""The events of a series are edited on the iPhone one by one: each is that of its own booking."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import actions
from bookings.models import Booking, Proposal, Series
from connections.models import CalendarConfiguration
from tests.bookings.practice import CARLA, HOUR, Practice
from tests.factories import START

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
DELETED = ("deleted", "The event was deleted on the iPhone.")


@pytest.fixture
def bookings(practice: Practice) -> list[Booking]:
    """Three appointments of a series that stand in iCloud, beside another event of that calendar."""
    starts = [START + number * WEEK for number in range(3)]
    series = actions.book_series(
        service=practice.service, staff=practice.user, starts=starts, client=CARLA, now=practice.now
    )
    practice.push()
    practice.booked(START + DAY)
    return list(series.bookings.all())


def live() -> list[str]:
    return [str(booking.status) for booking in Series.objects.get().bookings.all()]


def test_two_that_are_deleted_are_asked_about_each_and_the_third_stays(
    practice: Practice, bookings: list[Booking]
) -> None:
    for booking in bookings[:2]:
        practice.phone.delete(practice.href(booking))
    practice.poll_later(2)
    assert (practice.proposals(), live()) == ([DELETED, DELETED], ["confirmed"] * 3)
    assert {proposal.booking for proposal in Proposal.objects.open()} == set(bookings[:2])


def test_where_deleting_cancels_it_cancels_only_what_was_deleted(practice: Practice, bookings: list[Booking]) -> None:
    CalendarConfiguration.objects.update(when_deleted="cancel")
    practice.phone.delete(practice.href(bookings[1]))
    practice.poll_later(2)
    assert live() == ["confirmed", "cancelled", "confirmed"]


def test_one_that_is_moved_moves_alone_and_then_moves_with_those_that_follow(
    practice: Practice, bookings: list[Booking]
) -> None:
    practice.phone.move(practice.href(bookings[1]), bookings[1].start + HOUR)
    practice.poll_later()
    starts = [booking.start for booking in Series.objects.get().bookings.all()]
    assert starts == [START, START + WEEK + HOUR, START + 2 * WEEK]
    later = [start + DAY for start in starts[1:]]
    actions.move_following(bookings[1], starts=later, now=practice.now)
    practice.push()
    practice.poll_later()
    assert [practice.there(booking).start for booking in bookings] == [START, *later]
    assert practice.proposals() == []
