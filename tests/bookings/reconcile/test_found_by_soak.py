"""What the long test has found."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from availability.models import BlockedSlot
from bookings import actions
from bookings.models import Booking, Proposal, Service
from bookings.push import mirrored_slots
from connections.models import CalendarConfiguration
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
    assert practice.proposals() == [("deleted", "The event was deleted on the iPhone.")]


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
        with CaptureQueriesContext(database) as asked:
            practice.book(berlin(1, 9 + number))
        queries.append(len(asked))
    assert Booking.objects.filter(status="pending").count() == 3
    assert queries[2] <= queries[1]


# --- collisions ---------------------------------------------------------------------------------------------------


def notices() -> list[tuple[object, object]]:
    """The spans of the events that staff are asked about."""
    return list(Proposal.objects.open().filter(kind="collision").values_list("new_start", "new_end"))


def keep(practice: Practice) -> None:
    actions.decide(Proposal.objects.open().get(), choice="keep", now=practice.now)


def add(practice: Practice, start: datetime, end: datetime) -> str:
    return practice.phone.add(practice.account.calendar("Work"), "Dentist", start, end)


def pending(practice: Practice, start: datetime = START, **how: object) -> Booking:
    """A booking made while iCloud was down."""
    practice.icloud.down()
    practice.later(timedelta(hours=2))
    booking = practice.book(start, **how)
    practice.icloud.up()
    assert booking.status == "pending"
    return booking


def status(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).status


def test_a_booking_kept_under_one_event_is_asked_about_for_the_next(practice: Practice) -> None:
    practice.booked()
    add(practice, berlin(1, 10), berlin(1, 11))
    practice.poll_later()
    keep(practice)
    add(practice, berlin(1, 10, 15), berlin(1, 10, 45))
    practice.poll_later()
    assert notices() == [(berlin(1, 10, 15), berlin(1, 10, 45))]


def test_of_two_events_over_a_booking_both_are_asked_about_at_once(practice: Practice) -> None:
    practice.booked()
    add(practice, berlin(1, 10), berlin(1, 11))
    add(practice, berlin(1, 10, 15), berlin(1, 10, 45))
    practice.poll_later()
    keep(practice)
    assert notices() == [(berlin(1, 10, 15), berlin(1, 10, 45))]


def test_an_event_in_the_time_kept_free_around_a_pending_booking_is_asked_about(practice: Practice) -> None:
    Service.objects.update(buffer_after_minutes=30)
    practice.service.refresh_from_db()
    booking = pending(practice)
    add(practice, berlin(1, 11, 15), berlin(1, 12))
    practice.poll_later()
    assert (status(booking), notices()) == ("pending", [(berlin(1, 11, 15), berlin(1, 12))])


def test_the_time_around_a_confirmed_booking_is_not_asked_about(practice: Practice) -> None:
    Service.objects.update(buffer_after_minutes=30)
    practice.service.refresh_from_db()
    practice.booked()
    add(practice, berlin(1, 11, 15), berlin(1, 12))
    practice.poll_later()
    assert notices() == []


def test_a_pending_booking_that_staff_keep_is_confirmed(practice: Practice) -> None:
    booking = pending(practice)
    add(practice, berlin(1, 10), berlin(1, 11))
    practice.poll_later()
    keep(practice)
    assert (status(booking), notices()) == ("confirmed", [])


def test_a_pending_booking_on_which_staff_insisted_outside_the_hours_confirms_itself(practice: Practice) -> None:
    booking = pending(practice, berlin(1, 6), anyway=True)
    practice.poll_later()
    assert (status(booking), notices()) == ("confirmed", [])


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


def test_an_event_asked_about_and_then_found_in_such_a_calendar_asks_nothing_any_more(practice: Practice) -> None:
    booking = practice.booked()
    text = practice.text(booking)
    practice.phone.delete(practice.href(booking))
    practice.poll_later(2)
    assert [kind for kind, _reason in practice.proposals()] == ["deleted"]
    private = practice.account.add_calendar("Private")
    private.put(f"{practice.placement(booking).uid}.ics", text.encode())
    add(practice, berlin(2, 12), berlin(2, 13))
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


def test_a_slot_in_a_calendar_that_is_not_read_follows_its_event(practice: Practice) -> None:
    CalendarConfiguration.objects.update(mirror_blocked_slots=True)
    slot = BlockedSlot.objects.create(user=practice.user, start=berlin(1, 10), end=berlin(1, 11))
    mirrored_slots.follow_slots(practice.now)
    practice.push()
    practice.sync()
    private = practice.account.add_calendar("Private")
    practice.phone.move(practice.phone.move_to(practice.events()[0], private), berlin(1, 15))
    practice.poll_later(3)
    slot.refresh_from_db()
    assert (slot.start, slot.end) == (berlin(1, 15), berlin(1, 16))


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


def test_a_slot_moved_away_and_back_again_before_it_is_removed_goes_all_the_same(practice: Practice) -> None:
    CalendarConfiguration.objects.update(mirror_blocked_slots=True)
    slot = BlockedSlot.objects.create(user=practice.user, start=berlin(1, 10), end=berlin(1, 11))
    mirrored_slots.follow_slots(practice.now)
    practice.push()
    practice.sync()
    away = practice.phone.move_to(practice.events()[0], practice.account.calendar("Work"))
    practice.phone.move_to(away, practice.account.calendar("Home"))
    slot.delete()
    mirrored_slots.follow_slots(practice.now)
    assert practice.push() == ["pushed"]
    practice.poll_later(2)
    assert (practice.push(), practice.events()) == (["pushed"], [])
