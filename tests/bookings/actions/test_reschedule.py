"""Moving a booking, by staff or because it follows its event."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import actions
from bookings.models import Booking, Claim
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import START, UserFactory, office_hours


def test_rescheduling_may_overlap_its_own_old_time(practice: Practice) -> None:
    booking = practice.booked()
    practice.mails()
    moved = actions.reschedule(booking, start=START + HOUR / 2, now=practice.now)
    assert (moved.start, moved.end, moved.revision) == (START + HOUR / 2, START + HOUR * 1.5, 2)
    assert practice.mails()[-1][0] == "Your appointment has been moved to Tue 1 December, 10:30"
    assert practice.push() == ["pushed"]
    assert practice.there(moved).start == moved.start


def test_rescheduling_onto_an_event_is_refused_and_changes_nothing(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 14), berlin(1, 15))
    practice.later()
    with pytest.raises(actions.NotOpen):
        actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    booking.refresh_from_db()
    assert (booking.start, booking.revision) == (START, 1)


def test_a_cancelled_booking_cannot_be_moved(practice: Practice) -> None:
    booking = practice.booked()
    actions.cancel(booking, now=practice.now)
    with pytest.raises(actions.Refused, match="This booking is cancelled"):
        actions.reschedule(booking, start=utc(1, 13), now=practice.now)


# --- a booking that follows its event --------------------------------------------------------------------------------


MINUTE = timedelta(minutes=1)


def test_a_booking_that_was_booked_anyway_and_moved_to_a_free_time_overlaps_nothing_any_more(
    practice: Practice,
) -> None:
    practice.booked()
    second = practice.book(START, anyway=True)
    practice.push()
    practice.sync()
    assert second.overlap_allowed is True
    practice.phone.move(practice.href(second), START + 3 * HOUR)
    practice.poll_later()
    second.refresh_from_db()
    assert (second.start, second.overlap_allowed) == (START + 3 * HOUR, False)
    practice.phone.add(practice.account.calendar("Work"), "Dentist", START + 3 * HOUR)
    practice.poll_later()
    assert practice.proposals() == [("collision", "“Dentist” in “Work” (Tue 1 Dec 2026, 13:00–14:00) now overlaps it.")]


def test_a_move_that_is_undone_leaves_no_leave_to_overlap(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), START + 3 * HOUR)
    practice.poll_later()
    other = practice.book(START + 3 * HOUR, anyway=True)
    change = booking.changes.first()
    assert change is not None
    booking = actions.undo(change, now=practice.now)
    assert (booking.overlap_allowed, other.overlap_allowed) == (False, True)
    other = actions.reschedule(other, start=START + 5 * HOUR, now=practice.now)
    assert other.overlap_allowed is False


def running(practice: Practice) -> Booking:
    """A booking of which 50 of 60 minutes are over."""
    booking = practice.booked()
    practice.later(START - practice.now + 50 * MINUTE)
    practice.sync()
    return booking


def test_an_appointment_lengthened_while_it_runs_follows(practice: Practice) -> None:
    booking = running(practice)
    practice.phone.lengthen(practice.href(booking), 15 * MINUTE)
    practice.poll_later()
    booking.refresh_from_db()
    assert (practice.proposals(), booking.start, booking.end) == ([], START, START + 75 * MINUTE)


def test_an_appointment_lengthened_while_it_runs_into_the_next_one_is_asked_about(practice: Practice) -> None:
    booking = practice.booked()
    practice.book(START + HOUR)
    practice.push()
    practice.later(START - practice.now + 50 * MINUTE)
    practice.sync()
    practice.phone.lengthen(practice.href(booking), 15 * MINUTE)
    practice.poll_later()
    reason = "The booking “Carla Client · Talk” is at this time (11:00–12:00)."
    assert [why for kind, why in practice.proposals() if kind == "moved"] == [reason]
    booking.refresh_from_db()
    assert booking.end == START + HOUR


def test_an_appointment_that_runs_is_not_moved_into_the_past(practice: Practice) -> None:
    booking = running(practice)
    practice.phone.move(practice.href(booking), START - HOUR)
    practice.poll_later()
    assert practice.proposals() == [("moved", "This time is over.")]


def test_a_booking_that_goes_to_somebody_else_leaves_the_first_calendar(practice: Practice) -> None:
    booking = practice.booked()
    ben = UserFactory.create(username="ben")
    office_hours(ben)
    practice.service.staff.add(ben)
    moved = actions.choose_time(booking, start=berlin(2, 15), people=[ben], now=practice.now)
    assert (moved.staff, moved.claim and moved.claim.staff) == (ben, ben)
    practice.push()
    assert practice.events() == []
    assert Claim.objects.filter(staff=practice.user).count() == 0
