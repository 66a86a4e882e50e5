"""A booking that is certain keeps its time while the calendars cannot be read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import actions
from bookings.models import BookingChange
from practice.models import User
from tests.bookings.practice import HOUR, Practice
from tests.factories import START, UserFactory, office_hours

UNREAD = "The calendars cannot be read at the moment, so the booking keeps its time."


def silent(practice: Practice) -> None:
    """iCloud has not answered for longer than its last copy is trusted."""
    practice.icloud.down()
    practice.later(timedelta(minutes=65))


def colleague(practice: Practice) -> User:
    """Ben offers the same, and has no calendars that would have to be read."""
    ben = UserFactory.create(username="ben")
    office_hours(ben)
    practice.service.staff.add(ben)
    return ben


def test_a_confirmed_booking_does_not_move_to_a_time_that_nobody_could_read(practice: Practice) -> None:
    booking = practice.booked()
    silent(practice)
    with pytest.raises(actions.CalendarsUnread, match=UNREAD):
        actions.reschedule(booking, start=START + HOUR, now=practice.now)
    booking.refresh_from_db()
    assert (booking.start, booking.status) == (START, "confirmed")


def test_its_client_does_not_move_it_either(practice: Practice) -> None:
    booking = practice.booked()
    silent(practice)
    with pytest.raises(actions.CalendarsUnread, match=UNREAD):
        actions.choose_time(booking, start=START + HOUR, people=[practice.user], now=practice.now)
    booking.refresh_from_db()
    assert (booking.start, booking.status) == (START, "confirmed")


def test_a_colleague_whose_calendars_are_read_takes_it_if_the_client_asked_for_anybody(practice: Practice) -> None:
    booking, ben = practice.booked(), colleague(practice)
    silent(practice)
    moved = actions.choose_time(booking, start=START + HOUR, people=[practice.user, ben], now=practice.now)
    assert (moved.staff, moved.start, moved.status) == (ben, START + HOUR, "confirmed")


def test_staff_may_insist(practice: Practice) -> None:
    booking = practice.booked()
    silent(practice)
    moved = actions.reschedule(booking, start=START + HOUR, now=practice.now, actor=practice.user, anyway=True)
    assert (moved.start, moved.status) == (START + HOUR, "confirmed")


def test_a_booking_that_waits_for_the_calendars_may_move_and_still_waits(practice: Practice) -> None:
    silent(practice)
    booking = practice.book()
    moved = actions.reschedule(booking, start=START + HOUR, now=practice.now, source=BookingChange.Source.CLIENT)
    assert (moved.start, moved.status, moved.cause) == (START + HOUR, "pending", "calendar_unreadable")


def test_it_is_not_given_to_a_colleague_whose_calendars_cannot_be_read(practice: Practice) -> None:
    ben = colleague(practice)
    booking = practice.book(staff=ben)
    silent(practice)
    with pytest.raises(actions.CalendarsUnread, match=UNREAD):
        actions.hand_over(booking, to=practice.user, now=practice.now)
    booking.refresh_from_db()
    assert (booking.staff, booking.status) == (ben, "confirmed")
