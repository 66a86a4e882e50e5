from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import actions
from bookings.models import Booking, Proposal
from bookings.reconcile.moves import why_asked
from connections.models import CalendarConfiguration
from tests.bookings.practice import Practice, berlin, utc
from tests.factories import NOW, START

ANOTHER_DAY = "It was moved to another day on the iPhone, and you chose to be asked about that."
SHORT_NOTICE = "It was moved on the iPhone less than 24 hours ahead, and you chose to be asked about that."


@pytest.fixture(autouse=True)
def _chosen(practice: Practice) -> None:
    CalendarConfiguration.objects.update(when_moved=CalendarConfiguration.WhenMoved.SAME_DAY)


def moved(practice: Practice, booking: Booking, day: int, hour: int) -> list[tuple[str, str]]:
    """Move the booking's event on the iPhone to that hour of a day in December; what is asked then."""
    practice.phone.move(practice.href(booking), berlin(day, hour))
    practice.poll_later()
    booking.refresh_from_db()
    return practice.proposals()


def test_a_move_on_the_same_day_is_followed(practice: Practice) -> None:
    booking = practice.booked(berlin(2, 10))
    assert moved(practice, booking, 2, 16) == []
    assert booking.start == utc(2, 15)


def test_a_move_to_another_day_is_asked_about(practice: Practice) -> None:
    booking = practice.booked(berlin(2, 10))
    assert moved(practice, booking, 3, 10) == [("moved", ANOTHER_DAY)]
    assert booking.start == utc(2, 9)
    actions.decide(Proposal.objects.open().get(), choice="accept", now=practice.now)
    booking.refresh_from_db()
    assert booking.start == utc(3, 9)


@pytest.mark.parametrize(("zone", "asked"), [("Europe/Berlin", ""), ("Pacific/Auckland", ANOTHER_DAY)])
def test_the_day_is_that_of_the_staff_member(zone: str, asked: str) -> None:
    chosen = CalendarConfiguration(time_zone=zone, when_moved=CalendarConfiguration.WhenMoved.SAME_DAY)
    assert why_asked(chosen, berlin(4, 10), berlin(4, 13), NOW) == asked  # midnight in Auckland is noon in Berlin


@pytest.mark.parametrize(("hour_before", "hour_after"), [(9, 11), (11, 9)])
def test_a_move_from_or_to_a_time_in_the_next_24_hours_is_asked_about(
    practice: Practice, hour_before: int, hour_after: int
) -> None:
    practice.later(timedelta(hours=1, minutes=30))  # 10:30 in Berlin
    booking = practice.booked(berlin(1, hour_before))
    assert moved(practice, booking, 1, hour_after) == [("moved", SHORT_NOTICE)]
    assert booking.start == berlin(1, hour_before)


def test_a_move_back_to_the_same_day_settles_the_question(practice: Practice) -> None:
    booking = practice.booked(berlin(2, 10))
    assert moved(practice, booking, 3, 10) == [("moved", ANOTHER_DAY)]
    assert moved(practice, booking, 2, 14) == []
    assert booking.start == utc(2, 13)


def test_a_booking_lengthened_on_its_day_follows(practice: Practice) -> None:
    booking = practice.booked(berlin(2, 10))
    practice.phone.lengthen(practice.href(booking), timedelta(minutes=30))
    practice.poll_later()
    booking.refresh_from_db()
    assert (practice.proposals(), booking.end) == ([], utc(2, 10) + timedelta(minutes=30))


def test_staff_made_by_the_command_are_followed_whatever_the_day(practice: Practice) -> None:
    CalendarConfiguration.objects.update(when_moved=CalendarConfiguration.WhenMoved.FOLLOW)
    booking = practice.booked(START)
    assert moved(practice, booking, 3, 10) == []
    assert booking.start == utc(3, 9)
