"""A series is booked as a whole or not at all."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bookings import actions
from bookings.models import Booking, Claim, Hold, Mail, Series
from bookings.openings import search
from bookings.openings.series.pattern import Wish
from practice.models import Practice as Settings
from tests.bookings.practice import CARLA, HOUR, Practice
from tests.factories import START, ServiceFactory

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
THREE = [START, START + WEEK, START + 2 * WEEK]
VERA = actions.Visitor("vera", "192.0.2.1", "de")
OTTO = actions.Visitor("otto", "192.0.2.2")


@pytest.fixture
def practice(practice: Practice) -> Practice:
    practice.service.series_allowed = True
    practice.service.save()
    return practice


def book(practice: Practice, starts: list[datetime] = THREE, **more: Any) -> Series:
    given = {"service": practice.service, "staff": practice.user, "client": CARLA, "now": practice.now} | more
    return actions.book_series(starts=starts, **given)


def hold(practice: Practice, starts: list[datetime] = THREE, visitor: actions.Visitor = VERA) -> Hold:
    return actions.hold_series(
        service=practice.service, staff=practice.user, starts=starts, visitor=visitor, now=practice.now
    )


def times(series: Series) -> list[datetime]:
    return [booking.start for booking in series.bookings.all()]


def made() -> tuple[int, int, int]:
    return Series.objects.count(), Booking.objects.count(), Claim.objects.count()


def test_each_appointment_is_a_booking_of_its_own(practice: Practice) -> None:
    series = book(practice, list(reversed(THREE)))
    bookings = list(series.bookings.all())
    assert [(one.start, one.status, one.staff) for one in bookings] == [
        (at, "confirmed", practice.user) for at in THREE
    ]
    assert [one.client.name for one in bookings] == ["Carla Client"] * 3
    assert [one.changes.count() for one in bookings] == [1] * 3


def test_their_mails_are_one_batch(practice: Practice) -> None:
    book(practice)
    assert [mail.kind for mail in Mail.objects.all()] == ["confirmation"] * 3
    assert len({mail.batch for mail in Mail.objects.all()}) == 1


def test_where_one_time_is_taken_nothing_is_booked(practice: Practice) -> None:
    practice.book(THREE[1])
    before = made()
    with pytest.raises(actions.NotOpen) as refused:
        book(practice)
    assert (refused.value.gone, made()) == ([THREE[1]], before)


def test_the_wish_is_kept(practice: Practice) -> None:
    berlin = ZoneInfo("Europe/Berlin")
    wish = Wish(count=3, first=START.date(), zone=berlin, weekdays=frozenset({1, 3}), earliest=time(9), latest=time(12))
    series = book(practice, wish=wish)
    kept = (series.frequency, series.weekdays, series.earliest, series.latest, series.zone, series.count)
    assert kept == ("weekly", [1, 3], time(9), time(12), "Europe/Berlin", 3)


# --- all or nothing ---------------------------------------------------------------------------------------------------


def test_every_time_that_is_not_open_is_named(practice: Practice) -> None:
    for start in THREE[1:]:
        practice.book(start)
    with pytest.raises(actions.NotOpen) as refused:
        book(practice)
    said = "These times are not open: Tue 8 December, 09:00 and Tue 15 December, 09:00."
    assert (refused.value.gone, str(refused.value), refused.value.can_insist) == (THREE[1:], said, True)


def test_staff_insist_on_a_time_that_is_taken(practice: Practice) -> None:
    practice.book(THREE[1])
    series = book(practice, anyway=True)
    assert [one.overlap_allowed for one in series.bookings.all()] == [False, True, False]


@pytest.mark.parametrize(
    ("starts", "sentence"),
    [
        (THREE[:1], "A series has at least two appointments."),
        ([START, START], "Two of the appointments are at the same time. Choose another time for one of them."),
        ([START, START + 1000 * WEEK], "This time is years away. Choose one nearer to today."),
    ],
)
def test_what_is_no_series_is_refused(practice: Practice, starts: list[datetime], sentence: str) -> None:
    with pytest.raises(actions.Refused) as refused:
        book(practice, starts)
    assert (str(refused.value), made()) == (sentence, (0, 0, 0))


def test_a_series_has_no_more_appointments_than_the_service_allows(practice: Practice) -> None:
    practice.service.max_in_series = 2
    with pytest.raises(actions.Refused) as refused:
        book(practice)
    assert str(refused.value) == "A series of “Talk” has at most 2 appointments."


def test_appointments_of_one_series_that_overlap_are_refused(practice: Practice) -> None:
    with pytest.raises(actions.NotOpen) as refused:
        book(practice, [START, START + HOUR / 2])
    assert (refused.value.gone, made()) == ([START + HOUR / 2], (0, 0, 0))


def test_the_limits_of_the_service_count_the_appointments_of_the_series(practice: Practice) -> None:
    practice.service.max_per_week = 1
    practice.service.save()
    with pytest.raises(actions.NotOpen) as refused:
        book(practice, [START, START + 2 * DAY, START + WEEK])
    assert (refused.value.gone, made()) == ([START + 2 * DAY], (0, 0, 0))


def test_the_limit_of_the_client_counts_the_whole_series(practice: Practice) -> None:
    Settings.objects.update_or_create(defaults={"max_upcoming": 2})
    with pytest.raises(actions.ClientLimitReached):
        book(practice)
    assert made() == (0, 0, 0)
    assert len(times(book(practice, THREE[:2]))) == 2


def test_staff_who_submit_twice_make_one_series(practice: Practice) -> None:
    series = book(practice)
    assert (book(practice), made()) == (series, (1, 3, 3))


def test_each_appointment_is_pushed_as_an_event_of_its_own(practice: Practice) -> None:
    series = book(practice)
    assert practice.push() == ["pushed"] * 3
    assert [practice.there(one).start for one in series.bookings.all()] == THREE


# --- from a hold ------------------------------------------------------------------------------------------------------


def test_all_times_are_held_and_booked(practice: Practice) -> None:
    held = hold(practice)
    assert (held.start, list(held.further.values_list("start", flat=True))) == (START, THREE[1:])
    series = book(practice, hold=held)
    assert (times(series), made()) == (THREE, (1, 3, 3))
    assert set(Claim.objects.values_list("kind", flat=True)) == {"booking"}
    assert {change.source for one in series.bookings.all() for change in one.changes.all()} == {"client"}


def test_a_form_that_is_submitted_twice_makes_one_series(practice: Practice) -> None:
    held = hold(practice)
    series = book(practice, hold=held)
    assert (book(practice, hold=held), made()) == (series, (1, 3, 3))


def test_where_one_time_is_taken_nothing_is_held(practice: Practice) -> None:
    practice.book(THREE[2])
    with pytest.raises(actions.NotOpen) as refused:
        hold(practice)
    assert (refused.value.gone, Hold.objects.count()) == ([THREE[2]], 0)


def test_the_limits_of_the_service_count_what_is_held(practice: Practice) -> None:
    practice.service.max_per_week = 1
    practice.service.save()
    with pytest.raises(actions.NotOpen) as refused:
        hold(practice, [START, START + 2 * DAY])
    assert (refused.value.gone, Hold.objects.count(), Claim.objects.count()) == ([START + 2 * DAY], 0, 0)


def test_the_same_times_again_are_kept_longer(practice: Practice) -> None:
    held = hold(practice)
    practice.later(timedelta(minutes=6))
    assert (hold(practice), Hold.objects.count()) == (held, 3)
    assert set(Claim.objects.values_list("expires_at", flat=True)) == {practice.now + timedelta(minutes=10)}


def test_other_times_replace_the_whole_series(practice: Practice) -> None:
    hold(practice)
    others = [START + DAY, START + DAY + WEEK]
    hold(practice, others)
    assert sorted(Claim.objects.values_list("start", flat=True)) == others


def test_a_time_that_is_held_alone_replaces_the_series(practice: Practice) -> None:
    hold(practice)
    actions.hold(service=practice.service, staff=practice.user, start=THREE[1], visitor=VERA, now=practice.now)
    assert list(Claim.objects.values_list("start", flat=True)) == [THREE[1]]


def test_a_visitor_sees_all_times_of_their_series_as_free(practice: Practice) -> None:
    held = hold(practice)
    for who, free in ((held, True), (None, False)):
        found = search.find(practice.service, [practice.user], THREE[2], THREE[2] + HOUR, now=practice.now, hold=who)
        assert (THREE[2] in [one.start for one in found.openings]) is free


def test_a_series_is_released_and_taken_again_as_a_whole(practice: Practice) -> None:
    held = hold(practice)
    actions.release(held, practice.now)
    assert Claim.objects.count() == 0
    held = actions.take_again(held, practice.now)
    assert (held.claim is None, Claim.objects.count()) == (False, 3)


def test_nothing_is_taken_again_where_one_time_went(practice: Practice) -> None:
    held = hold(practice)
    actions.release(held, practice.now)
    practice.book(THREE[1])
    assert (actions.take_again(held, practice.now).claim, Claim.objects.count()) == (None, 1)


def test_a_series_that_is_extended_is_kept_as_a_whole(practice: Practice) -> None:
    held = hold(practice)
    practice.later(timedelta(minutes=6))
    actions.extend(held, practice.now)
    assert set(Claim.objects.values_list("expires_at", flat=True)) == {practice.now + timedelta(minutes=10)}


def test_a_series_counts_once_for_the_limits_of_a_visitor(practice: Practice, settings: Any) -> None:
    settings.HOLDS_PER_VISITOR = 1
    other = ServiceFactory(slug="other", staff=[practice.user])
    hold(practice)
    settings.HOLDS_PER_VISITOR = 2
    kept = actions.hold(service=other, staff=None, start=START + 2 * HOUR, visitor=VERA, now=practice.now)
    assert kept.claim is not None


def test_a_series_counts_once_for_the_rate_of_bookings(practice: Practice, settings: Any) -> None:
    settings.BOOKING_RATE = 2
    for number in range(2):
        starts = [start + number * DAY for start in THREE]
        book(practice, starts, hold=hold(practice, starts))
    starts = [start + 2 * DAY for start in THREE]
    with pytest.raises(actions.Refused) as refused:
        book(practice, starts, hold=hold(practice, starts))
    assert str(refused.value) == "Too many bookings come from your connection. Please try again in an hour."


def test_clients_book_no_series_of_a_service_that_does_not_allow_it(practice: Practice) -> None:
    practice.service.series_allowed = False
    with pytest.raises(actions.Refused) as refused:
        hold(practice)
    assert str(refused.value) == "“Talk” cannot be booked as a series."


def test_one_time_is_changed_when_it_is_booked(practice: Practice) -> None:
    held, changed = hold(practice), [START + DAY, *THREE[1:]]
    series = book(practice, changed, hold=held)
    assert (times(series), sorted(Claim.objects.values_list("start", flat=True))) == (changed, changed)
    assert book(practice, changed, hold=held) == series


def test_what_expired_and_was_taken_is_named_and_the_rest_can_still_be_booked(practice: Practice) -> None:
    held = hold(practice)
    practice.later(timedelta(minutes=11))
    practice.book(THREE[0])
    with pytest.raises(actions.NotOpen) as refused:
        book(practice, hold=held)
    assert refused.value.gone == [THREE[0]]
    assert times(book(practice, THREE[1:], hold=held)) == THREE[1:]


# --- what waits -------------------------------------------------------------------------------------------------------


def test_each_appointment_of_a_series_waits_for_approval(practice: Practice) -> None:
    practice.service.approval_hours = 24
    practice.service.save()
    first, *others = book(practice, hold=hold(practice)).bookings.all()
    assert [one.cause for one in (first, *others)] == ["approval"] * 3
    assert actions.approve(first, now=practice.now) is True
    assert sorted(Booking.objects.values_list("status", flat=True)) == ["confirmed", "pending", "pending"]


def test_an_address_that_is_confirmed_once_confirms_all(practice: Practice) -> None:
    Settings.objects.update_or_create(defaults={"confirm_addresses": True})
    bookings = list(book(practice, hold=hold(practice)).bookings.all())
    assert [one.cause for one in bookings] == ["unconfirmed_address"] * 3
    assert actions.confirm_address(bookings[1], now=practice.now) is True
    assert set(Booking.objects.values_list("status", flat=True)) == {"confirmed"}
    told = Mail.objects.filter(kind="confirmed_after_pending") | Mail.objects.filter(kind="confirmation")
    assert (told.count(), len(set(told.values_list("batch", flat=True)))) == (3, 1)
    assert practice.push() == ["pushed"] * 3


def test_a_series_whose_address_is_not_confirmed_ends_as_a_whole(practice: Practice) -> None:
    Settings.objects.update_or_create(defaults={"confirm_addresses": True})
    book(practice, hold=hold(practice))
    practice.later(timedelta(minutes=31))
    actions.release_expired(practice.now)
    assert (set(Booking.objects.values_list("status", flat=True)), Claim.objects.count()) == ({"cancelled"}, 0)


def test_cancelling_one_leaves_the_others(practice: Practice) -> None:
    series = book(practice)
    actions.cancel(series.bookings.all()[1], now=practice.now)
    assert [one.status for one in series.bookings.all()] == ["confirmed", "cancelled", "confirmed"]
