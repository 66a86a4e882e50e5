"""Bookings go to colleagues who are free, fairly; the others stay and are decided about."""

from __future__ import annotations

import pytest

from bookings import actions
from bookings.models import Booking, Proposal
from bookings.proposals import covered_days
from practice.models import User
from tests.bookings.actions.covered.conftest import client_of
from tests.bookings.practice import HOUR, Practice, berlin
from tests.factories import BookingFactory, UserFactory, office_hours

pytestmark = pytest.mark.django_db


def hand_over(practice: Practice, asked: list[Proposal]) -> tuple[int, int, list[str]]:
    result = actions.decide_day(asked, choice="hand_over_all", now=practice.now, actor=practice.user)
    return result.decided, result.left, result.refused


def staff_of(bookings: list[Booking]) -> list[str]:
    return [Booking.objects.get(pk=booking.pk).staff.username for booking in bookings]


def test_a_colleague_gets_those_for_which_they_are_free_and_the_others_stay_open(
    practice: Practice, bookings: list[Booking], ill: list[Proposal], ben: User
) -> None:
    BookingFactory.create(staff=ben, service=practice.service, start=berlin(1, 11))
    assert hand_over(practice, ill) == (2, 1, [])
    assert staff_of(bookings) == ["ben", "anna", "ben"]
    [left] = Proposal.objects.open()
    assert (left.booking_id, [str(choice) for choice in left.choices]) == (
        bookings[1].pk,
        ["keep", "ask", "cancel"],
    )
    given = Proposal.objects.filter(choice="hand_over").values_list("booking", "decided_by")
    assert sorted(given) == [(bookings[0].pk, practice.user.pk), (bookings[2].pk, practice.user.pk)]


def test_the_client_is_told_as_on_a_hand_over(
    practice: Practice, bookings: list[Booking], ill: list[Proposal], ben: User
) -> None:
    hand_over(practice, ill[:1])
    assert practice.mails()[-1] == (
        "Your appointment on Tue 1 December, 09:00 is now with Ben Berg",
        ["client1@example.org"],
    )


def test_of_several_who_are_free_the_fair_choice_gets_it(
    practice: Practice, bookings: list[Booking], ill: list[Proposal], ben: User
) -> None:
    cleo = UserFactory.create(username="cleo", first_name="Cleo")
    office_hours(cleo)
    practice.service.staff.add(cleo)
    practice.book(berlin(3, 9), staff=ben, client=client_of(7))
    hand_over(practice, ill[:1])
    booking = Booking.objects.get(pk=bookings[0].pk)
    assert (booking.staff, bool(booking.why_staff)) == (cleo, True)


def test_where_nobody_is_free_nothing_changes(practice: Practice, bookings: list[Booking], ill: list[Proposal]) -> None:
    assert hand_over(practice, ill) == (0, 3, [])
    assert (staff_of(bookings), len(covered_days.group_of(ill[0]))) == (["anna", "anna", "anna"], 3)


def test_one_that_was_moved_since_the_page_was_shown_stays(
    practice: Practice, bookings: list[Booking], ill: list[Proposal], ben: User
) -> None:
    actions.reschedule(bookings[0], start=berlin(3, 9) + HOUR, now=practice.now)
    assert hand_over(practice, ill) == (
        2,
        0,
        ["Client 1 · Talk: Somebody else has just changed this booking. Look again."],
    )
    assert staff_of(bookings) == ["anna", "ben", "ben"]
