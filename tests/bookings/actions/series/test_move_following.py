"""Move an appointment of a series with all that follow: all or none, and one may take the time of another."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bookings import actions
from bookings.models import Booking, Claim, Mail, Series
from tests.bookings.practice import CARLA, HOUR, Practice
from tests.factories import START, UserFactory, office_hours

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
THREE = [START, START + WEEK, START + 2 * WEEK]


@pytest.fixture
def series(practice: Practice) -> Series:
    return actions.book_series(
        service=practice.service, staff=practice.user, starts=THREE, client=CARLA, now=practice.now
    )


def times(series: Series) -> list[datetime]:
    return [booking.start for booking in series.bookings.all()]


def nth(series: Series, number: int) -> Booking:
    return series.bookings.all()[number]


def move(practice: Practice, booking: Booking, starts: list[datetime], **more: object) -> list[Booking]:
    return actions.move_following(booking, starts=starts, now=practice.now, **more)  # type: ignore[arg-type]


def test_those_that_follow_move_and_those_before_stay(practice: Practice, series: Series) -> None:
    moved = move(practice, nth(series, 1), [THREE[1] + DAY, THREE[2] + DAY])
    assert [one.start for one in moved] == [THREE[1] + DAY, THREE[2] + DAY]
    assert times(series) == [START, THREE[1] + DAY, THREE[2] + DAY]
    assert sorted(Claim.objects.values_list("start", "expires_at", "overlap_allowed")) == [
        (start, None, False) for start in times(series)
    ]


def test_a_later_one_takes_the_time_that_an_earlier_one_leaves(practice: Practice, series: Series) -> None:
    later = [START + WEEK, START + 2 * WEEK, START + 3 * WEEK]
    move(practice, nth(series, 0), later)
    assert times(series) == later


def test_an_earlier_one_takes_the_time_that_a_later_one_leaves(practice: Practice, series: Series) -> None:
    earlier = [START + HOUR, START + WEEK - DAY, START + WEEK]
    move(practice, nth(series, 0), earlier)
    assert times(series) == earlier


def test_times_that_overlap_their_own_old_ones_are_open(practice: Practice, series: Series) -> None:
    later = [start + HOUR / 2 for start in THREE]
    move(practice, nth(series, 0), later)
    assert times(series) == later


def test_where_one_time_is_taken_none_moves(practice: Practice, series: Series) -> None:
    practice.book(THREE[2] + DAY)
    before = list(Claim.objects.values())
    with pytest.raises(actions.NotOpen) as refused:
        move(practice, nth(series, 1), [THREE[1] + DAY, THREE[2] + DAY])
    assert (refused.value.gone, times(series)) == ([THREE[2] + DAY], THREE)
    assert list(Claim.objects.values()) == before


def test_two_of_them_cannot_overlap_at_their_new_times(practice: Practice, series: Series) -> None:
    with pytest.raises(actions.NotOpen) as refused:
        move(practice, nth(series, 1), [THREE[1] + DAY, THREE[1] + DAY + HOUR / 2])
    assert (refused.value.gone, times(series)) == ([THREE[1] + DAY + HOUR / 2], THREE)


def test_one_that_stays_keeps_its_time_and_its_history(practice: Practice, series: Series) -> None:
    move(practice, nth(series, 1), [THREE[1], THREE[2] + DAY])
    assert times(series) == [*THREE[:2], THREE[2] + DAY]
    assert [one.changes.count() for one in series.bookings.all()] == [1, 1, 2]
    with pytest.raises(actions.NotOpen):
        move(practice, nth(series, 1), [THREE[1], THREE[1] + HOUR / 2])


def test_cancelled_ones_and_those_booked_otherwise_do_not_follow(practice: Practice, series: Series) -> None:
    actions.cancel(nth(series, 1), now=practice.now)
    practice.book(THREE[2] + DAY)
    assert actions.following(nth(series, 0)) == [nth(series, 0), nth(series, 2)]


def test_nothing_follows_a_booking_without_a_series(practice: Practice) -> None:
    booking = practice.book()
    assert actions.following(booking) == [booking]


def test_their_mails_are_one_batch(practice: Practice, series: Series) -> None:
    Mail.objects.update(state="sent")
    move(practice, nth(series, 0), [start + DAY for start in THREE])
    told = Mail.objects.filter(state="due")
    assert [mail.kind for mail in told] == ["change"] * 3
    assert len({mail.batch for mail in told} - set(Mail.objects.exclude(state="due").values_list("batch"))) == 1


def test_all_go_to_a_colleague(practice: Practice, series: Series) -> None:
    ben = UserFactory(username="ben")
    office_hours(ben)
    practice.service.staff.add(ben)
    move(practice, nth(series, 1), THREE[1:], staff=ben)
    assert [one.staff.username for one in series.bookings.all()] == ["anna", "ben", "ben"]
    assert sorted(Claim.objects.values_list("start", "staff__username")) == [
        (START, "anna"),
        (THREE[1], "ben"),
        (THREE[2], "ben"),
    ]


def test_each_event_moves(practice: Practice, series: Series) -> None:
    practice.push()
    move(practice, nth(series, 0), [THREE[1], THREE[2], START + 3 * WEEK])
    practice.push()
    practice.sync()
    assert [practice.there(one).start for one in series.bookings.all()] == [THREE[1], THREE[2], START + 3 * WEEK]
    assert practice.proposals() == []


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "Choose a time for each of these appointments."),
        (3, "Somebody else has just changed these appointments. Look again."),
    ],
)
def test_each_needs_one_time(practice: Practice, series: Series, count: int, words: str) -> None:
    with pytest.raises(actions.Refused) as refused:
        move(practice, nth(series, 1), [START + number * DAY for number in range(count)])
    assert str(refused.value) == words


def test_one_that_has_begun_does_not_move(practice: Practice, series: Series) -> None:
    practice.later(timedelta(days=1, hours=2))
    with pytest.raises(actions.Refused) as refused:
        move(practice, nth(series, 0), [start + DAY for start in THREE])
    assert str(refused.value) == "One of these appointments has begun already."


def test_one_that_is_cancelled_does_not_move(practice: Practice, series: Series) -> None:
    booking = nth(series, 0)
    actions.cancel(booking, now=practice.now)
    with pytest.raises(actions.Refused) as refused:
        move(practice, booking, [start + DAY for start in THREE])
    assert str(refused.value) == "This booking is cancelled."
