"""The question at the last moment, and what follows where it stays without an answer."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from bookings import actions
from bookings.models import Booking
from connections.freshness import freshness
from connections.models import CalendarConfiguration, Connection
from connections.sync import poll
from tests.bookings.practice import DEADLINE, Practice, berlin
from tests.factories import START, BookingFactory, UserFactory, office_hours

ELSEWHEN = berlin(1, 14)  # an opening that nothing else wants


def booked_within(practice: Practice) -> tuple[str, bool]:
    """The status of a booking, and whether it was answered within the deadline and a second."""
    began = time.monotonic()
    booking = practice.book()
    return booking.status, time.monotonic() - began < DEADLINE + 1


@pytest.mark.usefixtures("short_deadline")
@pytest.mark.parametrize("trouble", ["hangs", "drips", "refuses"])
def test_booking_answers_within_its_deadline_whatever_icloud_does(practice: Practice, trouble: str) -> None:
    practice.later()
    if trouble == "hangs":
        practice.icloud.faults.slow(5, times=None)
    elif trouble == "drips":
        practice.icloud.faults.drip(1.0, 1, times=None)
    else:
        practice.icloud.down(how="close")
    assert booked_within(practice) == ("confirmed", True)  # the copy is minutes old and still trusted


def test_an_event_that_is_listed_but_not_yet_readable_is_never_sold_as_fresh(practice: Practice) -> None:
    practice.icloud.switches.lag_seconds = 600
    practice.later(timedelta(seconds=1))
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 10), berlin(1, 11))
    practice.sync()
    practice.later(timedelta(minutes=61))  # the last complete copy is too old to be trusted
    practice.icloud.switches.lag_seconds = 7200
    assert practice.book().status == "pending"


def test_many_events_put_in_a_second_before_prevent_each_booking(practice: Practice) -> None:
    work = practice.account.calendar("Work")
    refused = 0
    for number in range(25):
        practice.later(timedelta(seconds=1))
        start = berlin(1 + number // 8 % 3, 9 + number % 8)
        practice.phone.add(work, f"Event {number}", start, start + timedelta(hours=1))
        practice.later(timedelta(seconds=1))
        with pytest.raises(actions.NotOpen):
            practice.book(start)
        refused += 1
    assert (refused, Booking.objects.count()) == (25, 0)


def test_a_connection_that_needs_a_person_is_not_asked(practice: Practice) -> None:
    practice.account.revoke_all()
    practice.later()
    practice.sync()
    practice.icloud.log.clear()
    assert practice.book(START).status == "confirmed"
    assert practice.icloud.log == []


def test_whose_calendar_cannot_be_read_is_not_chosen_when_another_can(practice: Practice) -> None:
    other = UserFactory(username="bert", configuration__saved_at=None)
    office_hours(other)
    practice.service.staff.add(other)
    BookingFactory(staff=other, service=practice.service, start=START + timedelta(hours=4))
    practice.later()
    assert practice.book(staff=None).staff == practice.user
    practice.icloud.down()
    practice.later()
    assert practice.book(START + timedelta(hours=2), staff=None).staff == other


# --- what cannot be read counts as long as it is trusted -----------------------------------------------------


@pytest.mark.usefixtures("short_deadline")
@pytest.mark.parametrize("trouble", ["hangs", "refuses", "throttles", "is_held"])
@pytest.mark.parametrize(("minutes", "status"), [(0, "pending"), (4, "pending"), (6, "confirmed")])
def test_from_the_first_poll_on_that_fails_a_copy_counts_as_long_as_it_is_trusted(
    practice: Practice, settings: Any, trouble: str, minutes: int, status: str
) -> None:
    settings.TRUST_MINUTES = minutes
    practice.later()
    if trouble == "hangs":
        practice.icloud.faults.slow(5, times=None)
    elif trouble == "refuses":
        practice.icloud.down(how="close")
    elif trouble == "throttles":
        practice.icloud.faults.status(503, retry_after="600", times=None)
    else:
        Connection.objects.update(lease_until=practice.now + timedelta(minutes=1))
    assert practice.book().status == status


def test_who_offers_no_times_while_unreadable_refuses_from_then_on(practice: Practice, settings: Any) -> None:
    settings.TRUST_MINUTES = 0
    CalendarConfiguration.objects.update(stale_policy="no_openings")
    booking = practice.booked()
    practice.later()
    practice.icloud.down()
    unread = "The calendars could not be read completely since 09:00, so no times can be booked."
    for attempt in (
        lambda: practice.book(START + timedelta(hours=2)),
        lambda: actions.reschedule(booking, start=START + timedelta(hours=2), now=practice.now),
    ):
        with pytest.raises(actions.NotOpen) as caught:
            attempt()
        assert str(caught.value) == unread


def test_what_is_booked_with_the_last_word_of_icloud_is_confirmed_however_little_is_trusted(
    practice: Practice, settings: Any
) -> None:
    settings.TRUST_MINUTES = 0
    practice.later()
    assert practice.book().status == "confirmed"


# --- what is known to be unread never makes a confirmed booking, however fresh the last copy is -------------


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
