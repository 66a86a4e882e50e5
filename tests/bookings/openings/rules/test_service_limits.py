"""Notice, horizon and limits as reasons."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from bookings.openings.explain import why_not, why_not_there
from bookings.openings.reasons import ReasonKind
from bookings.openings.search import can_start
from connections.models import CalendarConfiguration
from practice.models import User
from tests.bookings.openings.told import MINUTES, told, tuesday
from tests.factories import (
    NOW,
    BookingFactory,
    HoldFactory,
    ServiceFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


def test_notice_and_horizon_of_the_service_are_told_with_their_times(anna: User) -> None:
    service = ServiceFactory(staff=[anna], notice_minutes=26 * 60, horizon_days=10)
    notice = "The service needs 1560 minutes’ notice, so it can start from Tue 1 Dec 2026, 11:00 on."
    horizon = "The service can be booked 10 days ahead, that is before Thu 10 Dec 2026, 09:00."
    both = (ReasonKind.NOTICE, ReasonKind.HORIZON)
    assert told(anna, tuesday(10), *both, service=service) == [("notice", True, notice), ("horizon", False, horizon)]
    later = tuesday(10) + timedelta(days=10)
    assert told(anna, later, *both, service=service) == [("notice", False, notice), ("horizon", True, horizon)]


def test_what_is_over_is_not_open(anna: User) -> None:
    assert told(anna, NOW - MINUTES, ReasonKind.NOTICE) == [("notice", True, "This time is over.")]


def test_a_reached_limit_says_whose_it_is(anna: User) -> None:
    massage = ServiceFactory(staff=[anna], name="Massage", max_per_day=2, max_per_week=3)
    CalendarConfiguration.objects.update(max_per_day=3, max_per_week=1)
    for hour in (9, 10):
        BookingFactory(staff=anna, service=massage, start=tuesday(hour))
    at = tuesday(12)
    assert told(anna, at, ReasonKind.LIMIT, service=massage) == [
        ("limit", False, "Massage can be booked 3 times a week with Anna, and this week has 2 so far."),
        ("limit", True, "Anna can be booked 1 time a week, and this week has 2 already."),
        ("limit", True, "Massage can be booked 2 times a day with Anna, and this day has 2 already."),
        ("limit", False, "Anna can be booked 3 times a day, and this day has 2 so far."),
    ]
    assert told(anna, at, ReasonKind.LIMIT) == [
        ("limit", True, "Anna can be booked 1 time a week, and this week has 2 already."),
        ("limit", False, "Anna can be booked 3 times a day, and this day has 2 so far."),
    ]


def test_a_limit_of_a_service_counts_its_own_bookings_with_this_person_only(anna: User) -> None:
    massage = ServiceFactory(staff=[anna], name="Massage", max_per_day=1)
    BookingFactory(staff=anna, start=tuesday(9))
    BookingFactory(service=massage, start=tuesday(10))
    assert why_not(anna, massage.shape, tuesday(12), now=NOW) == ""
    BookingFactory(staff=anna, service=massage, start=tuesday(14))
    full = "Massage can be booked 1 time a day with Anna, and this day has 1 already."
    assert why_not(anna, massage.shape, tuesday(12), now=NOW) == full
    assert why_not(anna, ServiceFactory(staff=[anna]).shape, tuesday(12), now=NOW) == ""


def test_a_booking_that_is_moved_and_ones_own_hold_do_not_count_towards_a_limit(anna: User) -> None:
    massage = ServiceFactory(staff=[anna], max_per_day=1)
    booking = BookingFactory(staff=anna, service=massage, start=tuesday(10))
    hold = HoldFactory(staff=anna, service=massage, start=tuesday(10) + timedelta(days=1))
    shape = massage.shape
    assert why_not(anna, shape, tuesday(12), now=NOW, moving=booking) == ""
    assert can_start(anna, shape, tuesday(12), now=NOW, moving=booking) is True
    assert why_not(anna, shape, hold.start, now=NOW, hold=hold) == ""
    assert why_not(anna, shape, tuesday(12) + timedelta(days=1), now=NOW, moving=booking) != ""


def test_a_hold_that_has_expired_and_a_cancelled_booking_do_not_count_towards_a_limit(anna: User) -> None:
    massage = ServiceFactory(staff=[anna], max_per_day=1)
    HoldFactory(staff=anna, service=massage, start=tuesday(10), expires_at=NOW)
    BookingFactory(staff=anna, service=massage, start=tuesday(11), status="cancelled")
    assert why_not(anna, massage.shape, tuesday(12), now=NOW) == ""
    assert can_start(anna, massage.shape, tuesday(12), now=NOW) is True


def test_a_booking_that_runs_may_end_later_on_a_full_day(anna: User) -> None:
    service = ServiceFactory(staff=[anna], max_per_day=1)
    booking = BookingFactory(staff=anna, service=service, start=tuesday(10))
    BookingFactory(staff=anna, service=service, start=tuesday(14))
    span = (tuesday(10), tuesday(11, 15))
    assert why_not_there(booking, span, now=tuesday(10, 30)) == ""


def test_notice_horizon_and_limits_are_told_in_german(anna: User) -> None:
    massage = ServiceFactory(staff=[anna], name="Massage", notice_minutes=60, horizon_days=1, max_per_day=2)
    CalendarConfiguration.objects.update(max_per_week=1)
    BookingFactory(staff=anna, service=massage, start=tuesday(9))
    with translation.override("de"):
        answers = told(anna, tuesday(12), ReasonKind.NOTICE, ReasonKind.HORIZON, ReasonKind.LIMIT, service=massage)
    assert [text for _kind, _blocks, text in answers] == [
        "Anna nimmt höchstens 1 Buchung pro Woche an; für diese Woche gebucht: schon 1.",
        "Massage ist bei Anna höchstens 2-mal pro Tag buchbar; für diesen Tag gebucht: bisher 1.",
        "Das Angebot braucht 60 Minuten Vorlauf, es kann also ab Mo., 30. Nov. 2026, 10:00 Uhr beginnen.",
        "Das Angebot ist 1 Tag im Voraus buchbar, also vor Di., 1. Dez. 2026, 09:00 Uhr.",
    ]
