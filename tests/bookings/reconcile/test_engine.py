from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from bookings import actions
from bookings.models import Booking, BookingChange, Proposal
from bookings.tasks import reconcile_bookings
from connections.models import CalendarConfiguration
from practice.models import User
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import START


def span(booking: Booking) -> tuple[object, object, str]:
    booking.refresh_from_db()
    return (booking.start, booking.end, booking.status)


def only_proposal() -> Proposal:
    return Proposal.objects.open().get()


def test_a_booking_moved_on_the_phone_follows_and_the_client_hears_after_ten_quiet_minutes(practice: Practice) -> None:
    booking = practice.booked()
    sent = len(practice.client_mails())
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later()
    assert span(booking) == (utc(1, 13), utc(1, 14), "confirmed")
    assert (practice.push(), len(practice.client_mails())) == ([], sent)
    practice.later(timedelta(minutes=10))
    assert practice.client_mails()[sent:] == ["Your appointment has been moved to Tue 1 December, 14:00"]


def test_a_booking_lengthened_on_the_phone_follows(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.lengthen(practice.href(booking), HOUR / 2)
    practice.poll_later()
    assert span(booking) == (START, START + 1.5 * HOUR, "confirmed")


def test_what_the_phone_moved_can_be_undone_until_the_client_was_told(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later()
    change = booking.changes.first()
    assert change is not None
    actions.undo(change, now=practice.now)
    assert span(booking) == (START, START + HOUR, "confirmed")
    assert practice.push() == ["pushed"]
    assert practice.there(booking).start == START
    sent = len(practice.mails())
    practice.later(timedelta(hours=1))
    assert len(practice.mails()) == sent


def test_after_the_client_was_told_nothing_is_undone(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later()
    practice.later(timedelta(minutes=11))
    practice.mails()
    with pytest.raises(actions.Refused, match="The client has been told already"):
        actions.undo(BookingChange.objects.filter(booking=booking)[0], now=practice.now)


def test_a_move_onto_another_event_is_a_proposal_and_the_booking_stands(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 14), berlin(1, 15))
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later()
    assert practice.proposals() == [("moved", "“Dentist” in “Work” (14:00–15:00) is marked Busy, so it blocks.")]
    assert span(booking) == (START, START + HOUR, "confirmed")
    assert practice.push() == []  # pushing stops until it is decided


def test_a_move_outside_the_hours_can_be_put_back(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 22))
    practice.poll_later()
    actions.decide(only_proposal(), choice="put_back", now=practice.now)
    assert practice.push() == ["pushed"]
    assert (practice.there(booking).start, practice.proposals()) == (START, [])
    practice.poll_later(2)
    assert (practice.proposals(), span(booking)) == ([], (START, START + HOUR, "confirmed"))


def test_a_move_outside_the_hours_can_be_accepted(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 22))
    practice.poll_later()
    actions.decide(only_proposal(), choice="accept", now=practice.now)
    assert span(booking) == (utc(1, 21), utc(1, 22), "confirmed")
    practice.push()
    practice.poll_later(2)
    assert (practice.proposals(), practice.there(booking).start) == ([], utc(1, 21))


def test_a_proposal_moved_again_to_a_good_time_settles_itself(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 22))
    practice.poll_later()
    practice.phone.move(practice.href(booking), berlin(1, 15))
    practice.poll_later()
    assert (practice.proposals(), span(booking)) == ([], (utc(1, 14), utc(1, 15), "confirmed"))


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        ("make_all_day", "The event is now all-day, so the booking has no time to follow."),
        ("make_floating", "The event lost its time zone."),
        ("repeat", "The event now repeats; a booking is one piece of time."),
    ],
)
def test_a_reshaped_event_is_a_proposal_and_can_be_put_back(practice: Practice, edit: str, reason: str) -> None:
    booking = practice.booked()
    arguments = ["FREQ=DAILY;COUNT=3"] if edit == "repeat" else []
    getattr(practice.phone, edit)(practice.href(booking), *arguments)
    practice.poll_later()
    assert practice.proposals() == [("reshaped", reason)]
    actions.decide(only_proposal(), choice="put_back", now=practice.now)
    assert practice.push() == ["pushed"]
    there = practice.there(booking)
    assert (there.shape, there.start, there.end) == ("timed", START, START + HOUR)
    practice.poll_later(2)
    assert practice.proposals() == []


def test_a_deleted_event_is_a_proposal_after_two_polls_and_the_booking_stands(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    practice.poll_later()
    assert practice.proposals() == []
    practice.poll_later()
    assert practice.proposals() == [("deleted", "The event was deleted on the iPhone.")]
    assert span(booking) == (START, START + HOUR, "confirmed")


def test_a_deletion_can_cancel_the_booking_and_tells_the_client(practice: Practice) -> None:
    booking = practice.booked()
    assert len(practice.client_mails()) == 1
    practice.phone.delete(practice.href(booking))
    practice.poll_later(2)
    actions.decide(only_proposal(), choice="cancel", now=practice.now)
    assert span(booking)[2] == "cancelled"
    assert practice.push() == ["pushed"]
    assert practice.mails()[-1][0] == "Cancelled: your appointment on Tue 1 December, 10:00"


def test_a_deletion_can_be_put_back_under_a_new_uid(practice: Practice) -> None:
    booking = practice.booked()
    old = practice.href(booking)
    practice.phone.delete(old)
    practice.poll_later(2)
    actions.decide(only_proposal(), choice="put_back", now=practice.now)
    assert practice.push() == ["pushed"]
    assert (practice.events(), practice.href(booking) != old) == ([practice.href(booking)], True)
    practice.poll_later(2)
    assert practice.proposals() == []


def test_an_event_cancelled_on_the_phone_is_asked_about(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.cancel(practice.href(booking))
    practice.poll_later()
    assert practice.proposals() == [("deleted", "The event was cancelled on the iPhone.")]
    actions.decide(only_proposal(), choice="put_back", now=practice.now)
    practice.push()
    assert practice.there(booking).cancelled is False


def test_an_event_moved_to_another_calendar_is_followed_with_its_uid(practice: Practice) -> None:
    booking = practice.booked()
    uid = practice.placement(booking).uid
    new = practice.phone.move_to(practice.href(booking), practice.account.calendar("Work"))
    practice.poll_later()
    placement = practice.placement(booking)
    assert (placement.uid, placement.href, practice.proposals()) == (uid, new, [])
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    assert practice.push() == ["pushed"]
    assert practice.events() == [new]


def test_an_event_moved_to_a_calendar_that_is_not_selected_is_not_deleted(practice: Practice) -> None:
    booking = practice.booked()
    private = practice.account.add_calendar("Private")
    practice.phone.move_to(practice.href(booking), private)
    practice.poll_later(3)
    assert (practice.proposals(), span(booking)[2]) == ([], "confirmed")


def test_an_event_in_a_calendar_that_is_not_selected_is_followed_there(practice: Practice) -> None:
    booking = practice.booked()
    new = practice.phone.move_to(practice.href(booking), practice.account.add_calendar("Private"))
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    assert practice.push() == ["changed_on_both_sides"]
    practice.poll_later(3)
    assert (practice.push(), practice.proposals(), practice.phone.begins(new)) == (["pushed"], [], berlin(1, 14))
    actions.cancel(booking, now=practice.now)
    assert practice.push() == ["pushed"]
    assert practice.account.calendar("Private").resources == {}


def test_an_event_moved_just_before_its_booking_is_cancelled_goes_all_the_same(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move_to(practice.href(booking), practice.account.calendar("Work"))
    actions.cancel(booking, now=practice.now)
    assert practice.push() == ["pushed"]
    practice.poll_later(2)
    assert (practice.push(), practice.events()) == (["pushed"], [])


def test_a_deleted_calendar_cancels_nothing(practice: Practice) -> None:
    booking = practice.booked()
    practice.account.detach(practice.account.calendar("Home"))
    practice.poll_later(3)
    assert (practice.proposals(), span(booking)[2]) == ([], "confirmed")


def test_notes_and_titles_of_the_phone_stay_and_ask_nothing(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.rename(practice.href(booking), "Carla (new hip)")
    practice.poll_later()
    assert (practice.proposals(), practice.push()) == ([], [])
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    practice.push()
    assert "SUMMARY:Carla (new hip)" in practice.text(booking)


def test_an_event_duplicated_on_the_phone_is_an_ordinary_event(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.duplicate(practice.href(booking))
    practice.poll_later()
    reason = "“Carla Client” in “Home” (Tue 1 Dec 2026, 10:00–11:00) now overlaps it."
    assert practice.proposals() == [("collision", reason)]
    assert span(booking) == (START, START + HOUR, "confirmed")


def test_a_collision_is_noticed_once_and_withdrawn_when_it_goes(practice: Practice) -> None:
    practice.booked()
    href = practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 10, 30), berlin(1, 11))
    practice.poll_later(2)
    assert practice.proposals() == [("collision", "“Dentist” in “Work” (Tue 1 Dec 2026, 10:30–11:00) now overlaps it.")]
    practice.phone.delete(href)
    practice.poll_later()
    assert practice.proposals() == []


def test_a_collision_that_staff_keep_is_not_asked_again(practice: Practice) -> None:
    practice.booked()
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 10, 30), berlin(1, 11))
    practice.poll_later()
    actions.decide(only_proposal(), choice="keep", now=practice.now)
    practice.phone.add(practice.account.calendar("Work"), "Lunch", berlin(2, 12), berlin(2, 13))
    practice.poll_later(2)
    assert practice.proposals() == []


def test_nothing_is_reconciled_while_a_calendar_cannot_be_read(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    practice.icloud.faults.status(500, path="work", method="REPORT", times=None)
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(3, 10), berlin(3, 11))
    practice.poll_later(3)
    assert practice.proposals() == []


def test_a_kill_between_apply_and_reconciling_loses_nothing(practice: Practice, settings: object) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 14))
    settings.AFTER_SYNC = "tests.bookings.reconcile.test_engine.killed"  # type: ignore[attr-defined]
    practice.later()
    with pytest.raises(KeyboardInterrupt):
        practice.sync()
    assert (span(booking)[0], CalendarConfiguration.objects.get().reconcile_due) == (START, True)
    with time_machine.travel(practice.now, tick=False):
        reconcile_bookings()
    assert span(booking) == (utc(1, 13), utc(1, 14), "confirmed")


def killed(*arguments: object, **more: object) -> None:
    raise KeyboardInterrupt


def test_staff_are_mailed_each_proposal_once(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 22))
    practice.poll_later(3)
    subjects = [subject for subject, to in practice.mails() if to == [practice.user.email]]
    assert subjects == ["Please decide: Carla Client, Tue 1 Dec 2026, 10:00 (Berlin time)"]


def test_a_decided_proposal_is_not_decided_again(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 22))
    practice.poll_later()
    proposal = only_proposal()
    actions.decide(proposal, choice="put_back", now=practice.now)
    with pytest.raises(actions.Refused, match="This was decided already"):
        actions.decide(proposal, choice="accept", now=practice.now)


def choose(**choices: str) -> None:
    CalendarConfiguration.objects.update(**choices)


def test_who_wants_to_be_asked_about_moves_is_asked(practice: Practice) -> None:
    choose(when_moved="ask")
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later()
    assert practice.proposals() == [("moved", "It was moved on the iPhone, and you chose to be asked.")]
    actions.decide(only_proposal(), choice="accept", now=practice.now)
    assert span(booking) == (utc(1, 13), utc(1, 14), "confirmed")


def test_moves_can_be_put_back_at_once(practice: Practice) -> None:
    choose(when_moved="put_back")
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later()
    assert (practice.proposals(), practice.push()) == ([], ["pushed"])
    assert (practice.there(booking).start, span(booking)[0]) == (START, START)


def test_deletions_can_cancel_at_once(practice: Practice) -> None:
    choose(when_deleted="cancel")
    booking = practice.booked()
    assert len(practice.client_mails()) == 1
    practice.phone.delete(practice.href(booking))
    practice.poll_later()
    assert span(booking)[2] == "confirmed"
    practice.poll_later()
    assert (practice.proposals(), span(booking)[2]) == ([], "cancelled")
    assert practice.mails()[-1][0] == "Cancelled: your appointment on Tue 1 December, 10:00"


def test_deletions_can_be_put_back_at_once(practice: Practice) -> None:
    choose(when_deleted="put_back")
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    practice.poll_later(2)
    assert (practice.proposals(), practice.push()) == ([], ["pushed"])
    assert practice.there(booking).start == START


def test_an_event_moved_there_and_back_again_asks_nothing_any_more(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.move(practice.href(booking), berlin(1, 22))
    practice.poll_later()
    practice.phone.move(practice.href(booking), berlin(1, 10))
    practice.poll_later()
    assert (practice.proposals(), span(booking)) == ([], (START, START + HOUR, "confirmed"))
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    assert practice.push() == ["pushed"]


def test_what_is_asked_is_worded_for_whose_time_it_is(practice: Practice) -> None:
    User.objects.update(language="de")
    moved, deleted = practice.booked(), practice.booked(START + 2 * HOUR)
    practice.phone.add(practice.account.calendar("Work"), "Zahnarzt", berlin(1, 14), berlin(1, 15))
    practice.phone.move(practice.href(moved), berlin(1, 14))
    practice.phone.delete(practice.href(deleted))
    practice.poll_later(2)
    assert sorted(practice.proposals()) == [
        ("deleted", "Das Ereignis wurde auf dem iPhone gelöscht."),
        ("moved", "„Zahnarzt“ in „Work“ (14:00–15:00) ist als „Beschäftigt“ markiert und blockiert deshalb."),
    ]
