"""What is known to be unread never makes a confirmed booking, however fresh the last copy is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bookings import actions
from connections.freshness import freshness
from connections.models import CalendarConfiguration
from connections.sync import poll
from tests.bookings.practice import Practice, berlin

ELSEWHEN = berlin(1, 14)  # an opening that nothing else wants


def add_dentist(practice: Practice) -> None:
    """An event over the time to be booked, a second before the booking."""
    practice.later()
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 10), berlin(1, 11))
    practice.later(timedelta(seconds=1))


def test_a_listed_event_that_cannot_be_read_yet_makes_the_booking_pending(practice: Practice) -> None:
    practice.icloud.switches.lag_seconds = 30
    add_dentist(practice)
    assert practice.book().status == "pending"


def test_a_pending_booking_confirms_itself_as_soon_as_the_event_can_be_read(practice: Practice) -> None:
    practice.icloud.switches.lag_seconds = 30
    add_dentist(practice)
    elsewhen = practice.book(ELSEWHEN)
    practice.later(timedelta(seconds=60))
    practice.sync()
    elsewhen.refresh_from_db()
    assert elsewhen.status == "confirmed"


def test_a_pending_booking_whose_time_turns_out_to_be_taken_is_asked_about(practice: Practice) -> None:
    practice.icloud.switches.lag_seconds = 30
    add_dentist(practice)
    booking = practice.book()
    practice.later(timedelta(seconds=60))
    practice.sync()
    booking.refresh_from_db()
    asked = [("collision", "“Dentist” in “Work” (Tue 1 Dec 2026, 10:00–11:00) now overlaps it.")]
    assert (booking.status, practice.proposals()) == ("pending", asked)


@pytest.mark.parametrize(("policy", "outcome"), [("no_openings", "refused"), ("trust", "confirmed")])
def test_whoever_chose_otherwise_gets_that(practice: Practice, policy: str, outcome: str) -> None:
    CalendarConfiguration.objects.update(stale_policy=policy)
    practice.icloud.switches.lag_seconds = 30
    add_dentist(practice)
    try:
        status = str(practice.book().status)
    except actions.NotOpen:
        status = "refused"
    assert status == outcome


def test_a_change_that_was_found_and_could_not_be_read_in_time_makes_the_booking_pending(
    practice: Practice, settings: Any
) -> None:
    settings.FRESHNESS_DEADLINE_SECONDS = 0.5
    practice.icloud.faults.slow(3, method="REPORT", times=None)
    add_dentist(practice)
    assert practice.book().status == "pending"


def test_who_merely_looks_does_not_notice_a_change_that_is_about_to_be_read(practice: Practice) -> None:
    add_dentist(practice)
    [report] = poll.poll_due(practice.now)
    fresh = freshness(practice.user, now=practice.now + timedelta(seconds=1))
    assert (report.unfinished, fresh.state, fresh.pending) == (True, "fresh", False)
