"""Both sides change a booking: the phone its event, staff its time in Kalends. The client's time stands."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from bookings import actions
from bookings.models import Booking
from bookings.push import outbox, placements
from bookings.tasks import settle_booking
from connections.models import CalendarConfiguration
from tests.bookings.practice import HOUR, Practice
from tests.factories import START


def choose(**choices: str) -> None:
    CalendarConfiguration.objects.update(**choices)


def start(booking: Booking) -> tuple[datetime, str]:
    booking.refresh_from_db()
    return booking.start, booking.status


def moved_and_asked(practice: Practice) -> Booking:
    """A booking at 10:00 whose event the phone moved to 12:00, in Berlin; staff are asked."""
    choose(when_moved="ask")
    booking = practice.booked()
    practice.phone.move(practice.href(booking), START + 2 * HOUR)
    practice.poll_later()
    assert [kind for kind, _reason in practice.proposals()] == ["moved"]
    return booking


def test_rescheduled_to_where_the_phone_has_it_nothing_is_asked_any_more(
    practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: practice.now)
    booking = moved_and_asked(practice)
    actions.reschedule(booking, start=START + 2 * HOUR, now=practice.now)
    assert practice.proposals() == []
    settle_booking(booking.pk)
    assert (practice.placement(booking).state, practice.there(booking).start) == ("pushed", START + 2 * HOUR)
    practice.poll_later(2)
    assert (practice.proposals(), practice.push(), start(booking)[0]) == ([], [], START + 2 * HOUR)


def test_rescheduled_elsewhere_while_a_move_is_asked_about_it_is_asked_what_stands(practice: Practice) -> None:
    booking = moved_and_asked(practice)
    actions.reschedule(booking, start=START + 4 * HOUR, now=practice.now)
    practice.poll_later()
    assert practice.proposals() == [("both_sides", "It was changed in Kalends too. That stands until you decide.")]
    actions.decide(booking.proposals.open().get(), choice="put_back", now=practice.now)
    assert (practice.push(), practice.there(booking).start) == (["pushed"], START + 4 * HOUR)


def test_a_deletion_cancels_nothing_at_once_that_was_just_rescheduled(practice: Practice) -> None:
    choose(when_deleted="cancel")
    booking = practice.booked()
    actions.reschedule(booking, start=START + 2 * HOUR, now=practice.now)
    practice.phone.delete(practice.href(booking))
    practice.poll_later(3)
    reason = "The event was deleted on the iPhone. It was changed in Kalends too."
    assert (practice.proposals(), start(booking)) == ([("deleted", reason)], (START + 2 * HOUR, "confirmed"))
    actions.decide(booking.proposals.open().get(), choice="put_back", now=practice.now)
    assert (practice.push(), practice.there(booking).start) == (["pushed"], START + 2 * HOUR)


def test_a_deletion_seen_once_cancels_nothing_that_is_rescheduled_then(practice: Practice) -> None:
    choose(when_deleted="cancel")
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    practice.poll_later()
    actions.reschedule(booking, start=START + 2 * HOUR, now=practice.now)
    assert practice.push() == ["changed_on_both_sides"]
    practice.poll_later(3)
    assert ([kind for kind, _reason in practice.proposals()], start(booking)[1]) == (["deleted"], "confirmed")


def test_an_event_cancelled_on_the_phone_cancels_nothing_at_once_that_was_just_rescheduled(practice: Practice) -> None:
    choose(when_deleted="cancel")
    booking = practice.booked()
    actions.reschedule(booking, start=START + 2 * HOUR, now=practice.now)
    practice.phone.cancel(practice.href(booking))
    practice.poll_later()
    reason = "The event was cancelled on the iPhone. It was changed in Kalends too."
    assert (practice.proposals(), start(booking)) == ([("deleted", reason)], (START + 2 * HOUR, "confirmed"))


def test_other_words_while_a_move_is_asked_about_change_nothing_of_the_question(practice: Practice) -> None:
    booking = moved_and_asked(practice)
    asked = booking.proposals.open().get()
    choose(detail="busy")
    placements.reword_upcoming(practice.user, practice.now)
    CalendarConfiguration.objects.all().want_reconciling()
    practice.poll_later(2)
    assert booking.proposals.open().get() == asked
    actions.decide(asked, choice="accept", now=practice.now)
    assert (practice.push(), start(booking)[0]) == (["pushed"], START + 2 * HOUR)
    assert "SUMMARY:Busy" in practice.text(booking)


def test_a_move_that_is_asked_about_settles_at_a_good_time_and_the_other_words_follow(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), START + 12 * HOUR)
    practice.poll_later()
    assert [kind for kind, _reason in practice.proposals()] == ["moved"]
    choose(detail="busy")
    placements.reword_upcoming(practice.user, practice.now)
    practice.phone.move(practice.href(booking), START + 2 * HOUR)
    practice.poll_later()
    assert (practice.proposals(), start(booking)[0], practice.push()) == ([], START + 2 * HOUR, ["pushed"])
    assert (practice.there(booking).start, "SUMMARY:Busy" in practice.text(booking)) == (START + 2 * HOUR, True)


def test_a_move_that_only_the_phone_made_waits_for_a_decision(practice: Practice) -> None:
    booking = moved_and_asked(practice)
    assert (outbox.push_state(booking), practice.push()) == ("waiting_for_decision", [])


def test_rewording_does_not_count_as_a_change_on_both_sides(practice: Practice) -> None:
    booking = moved_and_asked(practice)
    placements.reword_upcoming(practice.user, practice.now)
    practice.poll_later()
    assert outbox.push_state(booking) == "waiting_for_decision"


def test_a_booking_rescheduled_while_its_move_is_asked_about_is_changed_on_both_sides(practice: Practice) -> None:
    booking = moved_and_asked(practice)
    actions.reschedule(booking, start=START + 4 * HOUR, now=practice.now)
    assert outbox.push_state(booking) == "changed_on_both_sides"
    practice.poll_later()
    assert [kind for kind, _reason in practice.proposals()] == ["both_sides"]
    assert outbox.push_state(booking) == "changed_on_both_sides"


def test_a_deletion_on_the_phone_waits_for_a_decision(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    practice.poll_later(3)
    assert outbox.push_state(booking) == "waiting_for_decision"
