"""Everything that bears on an hour: which rule, whether it blocks, and the sentence."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from availability.models import WorkingHours
from bookings.openings.explain import is_open, reasons_for, why_not, why_not_there
from bookings.openings.search import can_start
from connections.busy import Busy
from connections.models import Calendar, CalendarConfiguration
from practice.models import User
from tests.bookings.openings.told import BERLIN, MINUTES, event, told, tuesday
from tests.factories import (
    NOW,
    BlockedSlotFactory,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    DateOverrideFactory,
    HoldFactory,
    LinkedEventFactory,
    ServiceFactory,
    WorkingHoursFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


def test_reasons_name_the_event_or_booking_they_are_about(anna: User, work: Calendar) -> None:
    booking = BookingFactory(staff=anna, start=tuesday(10), blocked_until=tuesday(11, 30))
    event(work, tuesday(10), summary="Dentist")
    hours, dentist, taken, fresh = reasons_for(anna, tuesday(10), now=NOW)
    assert isinstance(dentist.about, Busy)
    assert (hours.about, dentist.about.summary, taken.about, fresh.about) == (None, "Dentist", booking, None)
    assert reasons_for(anna, tuesday(11), now=NOW)[1].about == booking


def test_reasons_come_by_kind_of_rule_and_then_by_start(anna: User, work: Calendar) -> None:
    BookingFactory(staff=anna, start=tuesday(10))
    event(work, tuesday(10, 30))
    event(work, tuesday(9, 30))
    BlockedSlotFactory(user=anna, start=tuesday(10))
    service = ServiceFactory(staff=[anna], buffer_after_minutes=15)
    event(work, tuesday(11, 5))
    reasons = reasons_for(anna, tuesday(10), now=NOW, service=service)
    assert [(reason.kind, reason.start) for reason in reasons if reason.kind not in ("notice", "horizon")] == [
        ("hours", tuesday(9)),
        ("blocked_slot", tuesday(10)),
        ("occurrence", tuesday(9, 30)),
        ("occurrence", tuesday(10, 30)),
        ("booking", tuesday(10)),
        ("buffer", tuesday(11, 5)),
        ("freshness", None),
    ]


def test_another_staff_members_time_bears_on_nothing(anna: User) -> None:
    BookingFactory(start=tuesday(10))
    BlockedSlotFactory(start=tuesday(10))
    event(CalendarFactory(), tuesday(10))
    assert told(anna, tuesday(10)) == []


@pytest.mark.parametrize("slot_minutes", [15, 25])
def test_no_reason_blocks_exactly_where_there_is_an_opening(anna: User, work: Calendar, slot_minutes: int) -> None:
    """Held against the search for openings at every five minutes of a day, and around the next midnight."""
    service = ServiceFactory(
        staff=[anna], minutes=40, slot_minutes=slot_minutes, buffer_before_minutes=10, buffer_after_minutes=5
    )
    DateOverrideFactory(user=anna, date=date(2026, 12, 2), start=time(12), end=time(0))
    DateOverrideFactory(user=anna, date=date(2026, 12, 3), start=time(0), end=time(1))
    event(work, tuesday(11, 10), 25)
    event(work, tuesday(15), 60, blocks=False)
    BlockedSlotFactory(user=anna, start=tuesday(9, 0), end=tuesday(9, 35))
    BookingFactory(staff=anna, start=tuesday(13), blocked_from=tuesday(12, 50), blocked_until=tuesday(14, 20))
    starts = [tuesday(8) + number * 5 * MINUTES for number in range(124)]
    starts += [tuesday(22) + timedelta(days=1) + number * 15 * MINUTES for number in range(14)]
    answers = {at: is_open(reasons_for(anna, at, now=NOW, service=service)) for at in starts}
    wanted = {at: can_start(anna, service.shape, at, now=NOW) for at in starts}
    refused = {at: why_not(anna, service.shape, at, now=NOW) for at in starts}
    assert sum(wanted.values()) > 5
    assert answers == wanted
    assert {at: not refusal for at, refusal in refused.items()} == wanted


@pytest.mark.parametrize("whose", ["service", "person"])
@pytest.mark.parametrize("period", ["day", "week"])
def test_no_reason_blocks_exactly_where_limits_leave_an_opening(anna: User, whose: str, period: str) -> None:
    """Held against the search around the midnights of Berlin, where a day and a week end."""
    limit = {f"max_per_{period}": 2}
    service = ServiceFactory(staff=[anna], **(limit if whose == "service" else {}))
    if whose == "person":
        CalendarConfiguration.objects.update(**limit)
    for weekday in (5, 6, 0, 1):
        WorkingHours.objects.filter(user=anna, weekday=weekday).delete()
        WorkingHoursFactory(user=anna, weekday=weekday, start=time(0), end=time(0))
    sunday_evening, sunday_night = tuesday(20) + timedelta(days=5), tuesday(22, 30) + timedelta(days=5)
    for start in (sunday_evening, sunday_night):
        BookingFactory(staff=anna, service=service, start=start)
    BookingFactory(staff=anna, start=tuesday(2) + timedelta(days=6))
    HoldFactory(staff=anna, service=service, start=tuesday(4) + timedelta(days=6))
    starts = [sunday_evening - timedelta(days=1) + number * 60 * MINUTES for number in range(60)]
    answers = {at: is_open(reasons_for(anna, at, now=NOW, service=service)) for at in starts}
    assert answers == {at: can_start(anna, service.shape, at, now=NOW) for at in starts}
    assert {at.astimezone(BERLIN).date() for at, is_free in answers.items() if is_free} == {
        ("service", "day"): {date(2026, 12, 5), date(2026, 12, 7), date(2026, 12, 8)},
        ("service", "week"): {date(2026, 12, 7), date(2026, 12, 8)},
        ("person", "day"): {date(2026, 12, 5), date(2026, 12, 8)},
        ("person", "week"): set(),
    }[whose, period]


def test_a_refusal_tells_no_titles_no_notes_and_no_clients(anna: User, work: Calendar) -> None:
    shape = ServiceFactory(staff=[anna], buffer_after_minutes=15).shape
    event(work, tuesday(9), summary="Dentist")
    BlockedSlotFactory(user=anna, start=tuesday(11), end=tuesday(12), note="Plumber")
    BookingFactory(staff=anna, start=tuesday(13), client=ClientFactory(name="Carla"))
    assert {hour: why_not(anna, shape, tuesday(hour), now=NOW) for hour in (9, 10, 11, 12, 13, 14)} == {
        9: "An event in “Work” (09:00–10:00) is marked Busy, so it blocks.",
        10: "A blocked slot (11:00–12:00) is too close: the buffer around the service reaches into it.",
        11: "Blocked in Kalends (11:00–12:00).",
        12: "The buffer around another booking (13:00–14:00) or around the service is in the way.",
        13: "Another booking is at this time (13:00–14:00).",
        14: "",
    }


def test_of_several_reasons_what_staff_can_change_least_is_the_refusal(anna: User, work: Calendar) -> None:
    shape = ServiceFactory(staff=[anna], slot_minutes=30).shape
    event(work, tuesday(10, 10))
    Calendar.objects.update(read_at=None, fresh_at=None)
    unread = "The calendars are being read for the first time. No times can be booked until that is done."
    assert why_not(anna, shape, tuesday(10, 10), now=NOW) == unread
    Calendar.objects.update(read_at=NOW, fresh_at=NOW)
    assert why_not(anna, shape, tuesday(10, 10) - timedelta(days=7), now=NOW) == "This time is over."
    blocked = "An event in “Work” (10:10–11:10) is marked Busy, so it blocks."
    assert why_not(anna, shape, tuesday(10, 10), now=NOW) == blocked


def test_a_booking_that_moves_is_not_in_its_own_way(anna: User, work: Calendar) -> None:
    booking = BookingFactory(staff=anna, start=tuesday(10))
    placement = LinkedEventFactory(booking=booking, calendar=work, pushed=True)
    event(work, tuesday(10), summary="Carla", uid=placement.uid)
    shape = booking.service.shape
    assert why_not(anna, shape, tuesday(10, 30), now=NOW) == "Another booking is at this time (10:00–11:00)."
    assert why_not(anna, shape, tuesday(10, 30), now=NOW, moving=booking) == ""


def test_staff_may_choose_any_minute_for_a_booking_whatever_its_notice_and_horizon(anna: User) -> None:
    service = ServiceFactory(staff=[anna], notice_minutes=7 * 24 * 60, horizon_days=8)
    booking = BookingFactory(staff=anna, service=service, start=tuesday(10))
    for start in (tuesday(11, 7), tuesday(11, 7) + timedelta(days=14)):
        assert why_not(anna, service.shape, start, now=NOW, moving=booking) != ""
        assert why_not_there(booking, (start, start + 20 * MINUTES), now=NOW) == ""
    closed = "The time is outside the working hours of Tuesday (09:00–17:00)."
    assert why_not_there(booking, (tuesday(16, 30), tuesday(17, 30)), now=NOW) == closed


def test_a_booking_that_runs_may_end_later_but_none_begins_in_the_past(anna: User) -> None:
    booking = BookingFactory(staff=anna, start=tuesday(10))
    half_over = tuesday(10, 30)
    assert why_not_there(booking, (tuesday(10), tuesday(11, 15)), now=half_over) == ""
    assert why_not_there(booking, (tuesday(10, 15), tuesday(11, 15)), now=half_over) == "This time is over."
