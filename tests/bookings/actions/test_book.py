"""Booking: what is written, what is refused and why."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import translation

from availability.models import BlockedSlot
from bookings import actions
from bookings.models import Booking, Client, Service
from connections.models import CalendarConfiguration
from practice.models import Practice as PracticeRow
from tests.bookings.practice import CARLA, HOUR, Practice, berlin, utc
from tests.factories import START


def refusal(practice: Practice, start: object, **more: object) -> str:
    with pytest.raises(actions.Refused) as caught:
        practice.book(start, **more)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_booking_is_confirmed_placed_and_told(practice: Practice) -> None:
    booking = practice.book()
    assert (booking.status, booking.start, booking.end) == ("confirmed", START, START + HOUR)
    assert [placement.state for placement in booking.linked_events.all()] == ["queued"]
    assert practice.mails() == [("Your appointment on Tue 1 December, 10:00", ["carla@example.org"])]
    assert practice.mails() == practice.mails()  # told once


def test_the_same_person_booking_again_is_the_same_client(practice: Practice) -> None:
    practice.book()
    practice.book(START + 2 * HOUR)
    assert Client.objects.count() == 1


def test_a_taken_time_is_refused_with_the_next_openings(practice: Practice) -> None:
    practice.book()
    with pytest.raises(actions.NotOpen) as caught:
        practice.book()
    assert str(caught.value) == "Another booking is at this time (10:00–11:00)."
    assert [one.start for one in caught.value.alternatives] == [utc(1, 10), utc(1, 10, 15), utc(1, 10, 30)]


def test_each_reason_has_its_sentence(practice: Practice) -> None:
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(2, 10), berlin(2, 11))
    BlockedSlot.objects.create(user=practice.user, start=utc(3, 9), end=utc(3, 10))
    practice.later()
    assert refusal(practice, utc(2, 9)) == "An event in “Work” (10:00–11:00) is marked Busy, so it blocks."
    assert refusal(practice, utc(3, 9)) == "Blocked in Kalends (10:00–11:00)."
    assert refusal(practice, utc(1, 20)) == "The time is outside the working hours of Tuesday (09:00–17:00)."
    assert refusal(practice, practice.now - HOUR) == "This time is over."
    assert refusal(practice, practice.now + HOUR / 2) == (
        "The service needs 60 minutes’ notice, so it can start from Mon 30 Nov 2026, 10:05 on."
    )
    assert refusal(practice, practice.now + timedelta(days=61)) == (
        "The service can be booked 60 days ahead, that is before Fri 29 Jan 2027, 09:05."
    )
    assert refusal(practice, utc(1, 9, 7)) == (
        "Counted from 09:00, the service can start every 15 minutes, but not at 10:07."
    )
    assert Booking.objects.count() == 0


def test_an_event_put_into_icloud_just_before_prevents_the_booking(practice: Practice) -> None:
    practice.later(timedelta(seconds=1))
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 10), berlin(1, 11))
    assert refusal(practice, START) == "An event in “Work” (10:00–11:00) is marked Busy, so it blocks."


def test_a_booking_lists_the_home_once_and_asks_beside_it_what_changed_in_each_conflict_calendar(
    practice: Practice,
) -> None:
    practice.icloud.log.clear()
    practice.later()
    practice.book()
    assert sorted(request.method for request in practice.icloud.log) == ["PROPFIND", "REPORT", "REPORT"]


def test_staff_may_book_anyway_outside_hours_and_over_another_booking(practice: Practice) -> None:
    evening = practice.book(utc(1, 20), anyway=True)
    assert (evening.status, evening.overlap_allowed) == ("confirmed", False)
    practice.book()
    second = practice.book(anyway=True)
    assert second.overlap_allowed is True


def test_buffers_of_neighbours_do_not_overlap(practice: Practice) -> None:
    practice.service.buffer_after_minutes = 15
    practice.service.save()
    practice.book()
    assert refusal(practice, START + HOUR) == (
        "The buffer around another booking (10:00–11:15) or around the service is in the way."
    )
    practice.book(START + HOUR + timedelta(minutes=15))


def test_nobody_is_booked_before_calendars_are_chosen(practice: Practice) -> None:
    CalendarConfiguration.objects.update(saved_at=None)
    assert refusal(practice, START) == "No calendars are chosen yet, so no times can be booked."


def test_while_icloud_is_down_the_last_good_copy_is_trusted_for_a_quarter_of_an_hour(practice: Practice) -> None:
    practice.icloud.down()
    practice.later(timedelta(minutes=10))
    assert practice.book().status == "confirmed"


def test_who_offers_no_times_while_unreadable_offers_none(practice: Practice) -> None:
    CalendarConfiguration.objects.update(stale_policy="no_openings")
    practice.icloud.down()
    practice.later(timedelta(minutes=65))
    assert (
        refusal(practice, START) == "The calendars could not be read completely since 09:00, so no times can be booked."
    )


def test_a_nameless_client_and_a_strange_staff_member_are_refused(practice: Practice) -> None:
    assert refusal(practice, START, client=actions.ClientDetails("  ")) == "Say who the booking is for."
    practice.service.staff.clear()
    assert refusal(practice, START) == "anna does not offer “Talk”."
    assert refusal(practice, START, staff=None) == "Nobody offers “Talk” yet."
    assert CARLA.name == "Carla Client"


@pytest.mark.parametrize("start", [START.replace(year=year) for year in (1, 1971, 2024, 2032, 9999)])
def test_nobody_insists_on_a_slip_of_the_year(practice: Practice, start: datetime) -> None:
    years_away = "This time is years away. Choose one nearer to today."
    assert refusal(practice, start, anyway=True) == years_away
    booking = practice.book()
    with pytest.raises(actions.Refused) as caught:
        actions.reschedule(booking, start=start, now=practice.now, anyway=True)
    assert (str(caught.value), isinstance(caught.value, actions.NotOpen)) == (years_away, False)
    assert [one.start for one in Booking.objects.all()] == [START]


def test_staff_may_write_down_what_was_and_what_is_far_off(practice: Practice) -> None:
    yesterday, in_years = practice.now - 24 * HOUR, START.replace(year=2030)
    starts = [practice.book(start, anyway=True).start for start in (yesterday, in_years)]
    assert starts == [yesterday, in_years]


def test_what_a_client_gives_is_kept_in_one_line(practice: Practice) -> None:
    given = actions.ClientDetails(" Carla\r\nBcc: evil@example.org ", "carla@example.com", "+49 30\x00\t123456")
    client = practice.book(client=given).client
    assert (client.name, client.phone) == ("Carla Bcc: evil@example.org", "+4930123456")


def test_what_is_offered_is_not_years_away(practice: Practice, settings: Any) -> None:
    settings.BOOKING_HORIZON_DAYS = 3000
    Service.objects.update(horizon_days=3000)
    practice.service.refresh_from_db()
    assert practice.book(START.replace(year=2032, day=6)).start.year == 2032


# --- limits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("period", ["day", "week"])
def test_a_reached_limit_is_refused_with_openings_of_later_days_and_staff_may_insist(
    practice: Practice, period: str
) -> None:
    CalendarConfiguration.objects.update(**{f"max_per_{period}": 1})
    practice.book()
    with pytest.raises(actions.NotOpen) as caught:
        practice.book(START + 2 * HOUR)
    assert str(caught.value) == f"Anna can be booked 1 time a {period}, and this {period} has 1 already."
    assert caught.value.alternatives[0].start == (utc(2, 8) if period == "day" else utc(7, 8))
    assert practice.book(START + 2 * HOUR, anyway=True).status == "confirmed"


def test_a_booking_moves_within_a_full_day_but_not_to_another_one(practice: Practice) -> None:
    practice.service.max_per_day = 1
    practice.service.save()
    booking = practice.book()
    practice.book(utc(2, 9))
    moved = actions.reschedule(booking, start=START + 2 * HOUR, now=practice.now)
    assert moved.start == START + 2 * HOUR
    with pytest.raises(actions.NotOpen):
        actions.reschedule(moved, start=utc(2, 12), now=practice.now)


def test_staff_are_told_that_a_client_has_as_many_upcoming_bookings_as_allowed_and_may_insist(
    practice: Practice,
) -> None:
    PracticeRow.objects.update_or_create(defaults={"max_upcoming": 2})
    practice.book()
    practice.book(START + 2 * HOUR)
    with pytest.raises(actions.ClientLimitReached) as caught:
        practice.book(START + 4 * HOUR)
    assert (str(caught.value), caught.value.can_insist, Booking.objects.count()) == (
        "The practice allows each client 2 upcoming bookings, and Carla Client has 2 already.",
        True,
        2,
    )
    practice.book(START + 4 * HOUR, client=actions.ClientDetails("Otto", "otto@example.org"))
    assert practice.book(START + 6 * HOUR, anyway=True).status == "confirmed"


def test_bookings_that_are_over_or_cancelled_are_not_upcoming(practice: Practice) -> None:
    PracticeRow.objects.update_or_create(defaults={"max_upcoming": 1})
    booking = practice.book()
    actions.cancel(booking, now=practice.now)
    practice.book()
    practice.later(START + HOUR - practice.now)
    assert practice.book(utc(2, 9)).status == "confirmed"


def test_a_refusal_is_in_the_language_of_whoever_asks(practice: Practice) -> None:
    practice.book()
    with translation.override("de"), pytest.raises(actions.NotOpen) as caught:
        practice.book()
    assert str(caught.value) == "Zu dieser Zeit ist eine andere Buchung (10:00–11:00)."
    with translation.override("de"), pytest.raises(actions.Refused) as far:
        practice.book(START.replace(year=2060))
    assert str(far.value) == "Diese Zeit liegt Jahre entfernt. Wählen Sie eine, die näher liegt."
