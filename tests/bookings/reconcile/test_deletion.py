"""Whether an event was deleted: not asked while a client waits, and looked for where Kalends does not read."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from bookings import actions
from bookings.models import Booking, LinkedEvent
from connections.models import CalendarConfiguration
from tests.bookings.practice import DEADLINE, HOUR, Practice, berlin
from tests.factories import START


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
    assert practice.proposals() == [("deleted", "The event was deleted on the iPhone.")]


# --- events in calendars that Kalends does not read ---------------------------------------------------------------


def test_an_event_that_was_followed_to_a_calendar_that_is_not_read_is_not_looked_for_at_every_poll(
    practice: Practice,
) -> None:
    booking = practice.booked()
    new = practice.phone.move_to(practice.href(booking), practice.account.add_calendar("Private"))
    practice.poll_later(3)
    placement = practice.placement(booking)
    assert (placement.href, placement.state, placement.missing_since) == (new, "pushed", None)
    assert not CalendarConfiguration.objects.get().reconcile_due


def test_two_events_that_were_followed_there_one_after_the_other_do_not_keep_reconciling_due(
    practice: Practice,
) -> None:
    private = practice.account.add_calendar("Private")
    for start in (START, START + 3 * HOUR):
        practice.phone.move_to(practice.href(practice.booked(start)), private)
        practice.poll_later()
    practice.poll_later()
    assert not CalendarConfiguration.objects.get().reconcile_due
    assert [one.missing_since for one in LinkedEvent.objects.all()] == [None, None]


def test_an_event_deleted_in_such_a_calendar_is_missing_at_two_looks_before_it_counts_as_deleted(
    practice: Practice,
) -> None:
    away = practice.phone.move_to(practice.href(practice.booked()), practice.account.add_calendar("Private"))
    practice.poll_later(2)
    practice.phone.delete(away)
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(2, 12), berlin(2, 13))
    practice.poll_later()
    assert practice.proposals() == []
    practice.poll_later()
    assert practice.proposals() == [("deleted", "The event was deleted on the iPhone.")]


def test_an_event_asked_about_and_then_found_in_such_a_calendar_asks_nothing_any_more(practice: Practice) -> None:
    booking = practice.booked()
    text = practice.text(booking)
    practice.phone.delete(practice.href(booking))
    practice.poll_later(2)
    assert [kind for kind, _reason in practice.proposals()] == ["deleted"]
    private = practice.account.add_calendar("Private")
    private.put(f"{practice.placement(booking).uid}.ics", text.encode())
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(2, 12), berlin(2, 13))
    practice.poll_later(2)
    assert (practice.proposals(), practice.placement(booking).state) == ([], "pushed")


def test_an_event_moved_away_and_back_again_before_its_booking_is_cancelled_goes_all_the_same(
    practice: Practice,
) -> None:
    booking = practice.booked()
    away = practice.phone.move_to(practice.href(booking), practice.account.calendar("Work"))
    practice.phone.move_to(away, practice.account.calendar("Home"))
    actions.cancel(booking, now=practice.now)
    assert practice.push() == ["pushed"]
    practice.poll_later(2)
    assert (practice.push(), practice.events()) == (["pushed"], [])


def elsewhere(practice: Practice, booking: Booking) -> str:
    """Its event was moved to a calendar that Kalends does not read, and was followed there."""
    href = practice.phone.move_to(practice.href(booking), practice.account.add_calendar("Private"))
    practice.poll_later(3)
    assert practice.href(booking) == href
    return href


def test_a_move_in_a_calendar_that_is_not_read_moves_the_booking(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(elsewhere(practice, booking), berlin(1, 14))
    practice.poll_later(2)
    booking.refresh_from_db()
    assert (booking.start, practice.proposals()) == (berlin(1, 14), [])


def test_a_move_on_the_way_to_such_a_calendar_moves_the_booking(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 14))
    elsewhere(practice, booking)
    booking.refresh_from_db()
    assert (booking.start, practice.proposals()) == (berlin(1, 14), [])


def test_a_deletion_in_a_calendar_that_is_not_read_is_asked_about(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.delete(elsewhere(practice, booking))
    practice.poll_later(2)
    assert practice.proposals() == [("deleted", "The event was deleted on the iPhone.")]


def test_after_a_push_to_a_calendar_that_is_not_read_a_deletion_is_asked_about_all_the_same(practice: Practice) -> None:
    booking = practice.booked()
    href = elsewhere(practice, booking)
    actions.reschedule(booking, start=berlin(1, 14), now=practice.now)
    assert practice.push() == ["pushed"]
    practice.phone.delete(href)
    practice.poll_later(2)
    assert practice.proposals() == [("deleted", "The event was deleted on the iPhone.")]


def test_an_event_moved_to_a_calendar_that_is_not_read_goes_with_its_booking_all_the_same(practice: Practice) -> None:
    booking = practice.booked()
    private = practice.account.add_calendar("Private")
    practice.phone.move_to(practice.href(booking), private)
    actions.cancel(booking, now=practice.now)
    assert (practice.push(), private.resources, practice.events()) == (["pushed"], {}, [])


def test_an_event_that_cannot_be_looked_for_is_given_up_in_the_end(practice: Practice) -> None:
    booking = practice.booked()
    private = practice.account.add_calendar("Private")
    private.spoil(practice.phone.add(private, "Broken", berlin(1, 14)))
    practice.phone.delete(practice.href(booking))
    actions.cancel(booking, now=practice.now)
    states = []
    for _ in range(9):
        practice.later(timedelta(days=1))
        states += practice.push()
    assert states == ["retrying"] * 8 + ["pushed"]
