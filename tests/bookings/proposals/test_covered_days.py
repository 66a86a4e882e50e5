"""One event over several bookings of a day is asked about once, and the question follows the event."""

from __future__ import annotations

from datetime import date, timedelta

from bookings import actions
from bookings.models import Booking, CoveredDay, Proposal
from bookings.proposals import collisions, covered_days
from tests.bookings.practice import HOUR, Practice, berlin
from tests.factories import START, BlockedSlotFactory

DAY = timedelta(days=1)


def groups() -> dict[tuple[str, date], list[int]]:
    """By title and date: the hours in Berlin of the bookings that are decided together."""
    found: dict[tuple[str, date], list[int]] = {}
    for proposal in Proposal.objects.open().order_by("booking__start"):
        day = proposal.covered_day
        if day and len(covered_days.group_of(proposal)) > 1:
            found.setdefault((day.title, day.date), []).append(proposal.booking.start.hour + 1)
    return found


def booked(practice: Practice, *hours: int, day: int = 1) -> list[Booking]:
    """Bookings of a day of December that begin at these hours in Berlin; they stand in iCloud."""
    bookings = [practice.book(berlin(day, hour)) for hour in hours]
    practice.push()
    practice.sync()
    return bookings


def ill(practice: Practice, first: int = 1, last: int = 1) -> str:
    """All-day and Busy from one day of December to another."""
    work = practice.account.calendar("Work")
    return practice.phone.add(work, "Ill", date(2026, 12, first), date(2026, 12, last + 1), free=False)


def test_an_event_over_several_bookings_of_a_day_is_one_question_a_day(practice: Practice) -> None:
    booked(practice, 9, 11, 14)
    booked(practice, 10, 12, day=2)
    booked(practice, 10, day=3)
    ill(practice, 1, 3)
    practice.poll_later()
    assert groups() == {("Ill", date(2026, 12, 1)): [9, 11, 14], ("Ill", date(2026, 12, 2)): [10, 12]}
    assert Proposal.objects.open().count() == 6


def test_an_all_day_event_that_is_marked_free_asks_nothing(practice: Practice) -> None:
    booked(practice, 9, 11)
    practice.phone.add(practice.account.calendar("Work"), "Ill", date(2026, 12, 1))
    practice.poll_later()
    assert Proposal.objects.open().count() == 0


def test_an_event_over_one_booking_is_an_ordinary_collision(practice: Practice) -> None:
    booked(practice, 9, 11)
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 9), berlin(1, 10))
    practice.poll_later()
    [asked] = Proposal.objects.open()
    assert (asked.covered_day, [str(one) for one in asked.choices]) == (None, ["keep", "cancel"])


def test_of_two_events_over_a_booking_the_one_that_covers_more_of_them_counts(practice: Practice) -> None:
    booked(practice, 9, 11)
    work = practice.account.calendar("Work")
    practice.phone.add(work, "Early call", berlin(1, 8), berlin(1, 9, 30))
    practice.phone.add(work, "Ill", berlin(1, 8, 30), berlin(1, 18))
    practice.poll_later()
    assert groups() == {("Ill", date(2026, 12, 1)): [9, 11]}


def test_a_group_follows_an_event_that_shrinks_and_dissolves_when_one_is_left(practice: Practice) -> None:
    booked(practice, 9, 11, 14)
    href = practice.phone.add(practice.account.calendar("Work"), "Ill", berlin(1, 8), berlin(1, 18))
    practice.poll_later()
    practice.phone.lengthen(href, -5 * HOUR)
    practice.poll_later()
    assert groups() == {("Ill", date(2026, 12, 1)): [9, 11]}
    practice.phone.lengthen(href, -3 * HOUR)
    practice.poll_later()
    [left] = Proposal.objects.open()
    assert (groups(), left.booking.start, left.covered_day) == ({}, berlin(1, 9), None)


def test_a_group_follows_an_event_that_moves_to_another_day(practice: Practice) -> None:
    booked(practice, 9, 11)
    booked(practice, 10, 12, day=2)
    href = ill(practice)
    practice.poll_later()
    practice.phone.move(href, date(2026, 12, 2))
    practice.poll_later()
    assert groups() == {("Ill", date(2026, 12, 2)): [10, 12]}


def test_a_group_goes_with_its_event(practice: Practice) -> None:
    booked(practice, 9, 11)
    href = ill(practice)
    practice.poll_later()
    practice.phone.delete(href)
    practice.poll_later(2)
    assert (groups(), Proposal.objects.open().count()) == ({}, 0)


def test_a_booking_that_is_cancelled_or_moved_drops_out(practice: Practice) -> None:
    first, second, *_others = booked(practice, 9, 10, 11, 14)
    ill(practice)
    practice.poll_later()
    actions.cancel(first, now=practice.now)
    actions.reschedule(second, start=START + DAY, now=practice.now)
    assert groups() == {("Ill", date(2026, 12, 1)): [11, 14]}


def test_the_title_follows_the_event(practice: Practice) -> None:
    booked(practice, 9, 11)
    href = ill(practice)
    practice.poll_later()
    practice.phone.rename(href, "In bed")
    practice.poll_later()
    assert groups() == {("In bed", date(2026, 12, 1)): [9, 11]}


def test_only_the_owner_of_the_calendar_reads_the_title(practice: Practice) -> None:
    booked(practice, 9, 11)
    ill(practice)
    practice.poll_later()
    day = CoveredDay.objects.get()
    colleague = type(practice.user)(pk=practice.user.pk + 1)
    assert (day.title_for(practice.user), day.title_for(colleague)) == ("Ill", "")


def test_being_away_asks_without_any_event_and_another_blocked_slot_does_not(practice: Practice) -> None:
    booked(practice, 9, 11)
    booked(practice, 9, 11, day=2)
    BlockedSlotFactory(user=practice.user, start=berlin(1, 0), end=berlin(2, 0), is_away=True)
    BlockedSlotFactory(user=practice.user, start=berlin(2, 0), end=berlin(3, 0))
    collisions.update_notices(practice.user, practice.now)
    day = CoveredDay.objects.get()
    assert (day.is_away, day.date, groups()) == (True, date(2026, 12, 1), {("", date(2026, 12, 1)): [9, 11]})
    assert {proposal.reason for proposal in Proposal.objects.all()} == {"You are away then."}


def test_a_day_is_forgotten_a_month_after_it_and_what_was_decided_stays(practice: Practice) -> None:
    booked(practice, 9, 11)
    ill(practice)
    practice.poll_later()
    actions.decide_day(list(Proposal.objects.open()), choice="keep_all", now=practice.now)
    over = CoveredDay.objects.get().end
    assert [covered_days.forget_old_days(over + covered_days.KEPT_FOR - DAY), CoveredDay.objects.count()] == [0, 1]
    assert [covered_days.forget_old_days(over + covered_days.KEPT_FOR), CoveredDay.objects.count()] == [1, 0]
    assert list(Proposal.objects.values_list("choice", "covered_day")) == [("keep", None), ("keep", None)]
