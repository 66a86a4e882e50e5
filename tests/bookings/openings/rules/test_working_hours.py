"""Working hours, date overrides and closures as reasons, and the starts that are counted from them."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.utils import translation

from availability.models import Closure
from availability.slots import Shape
from bookings.models import write_service_hours
from bookings.openings.explain import is_open, reasons_for, why_not
from bookings.openings.reasons import Reason, ReasonKind
from bookings.openings.search import can_start, openings_of
from practice.models import User
from tests.bookings.openings.told import BERLIN, MIDNIGHT, MINUTES, told, tuesday
from tests.factories import (
    NOW,
    DateOverrideFactory,
    ServiceFactory,
    UserFactory,
    WorkingHoursFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


def test_an_hour_within_the_working_hours_is_open_and_says_so(anna: User) -> None:
    reasons = reasons_for(anna, tuesday(10), now=NOW)
    assert is_open(reasons)
    assert reasons == [
        Reason(ReasonKind.HOURS, False, "The time is within the working hours (09:00–17:00).", tuesday(9), tuesday(17)),
        Reason(ReasonKind.FRESHNESS, False, "No calendar is read, so only working hours and blocked slots count."),
    ]


def test_an_hour_that_reaches_past_the_working_hours_is_not_open(anna: User) -> None:
    assert told(anna, tuesday(16, 30), ReasonKind.HOURS) == [
        ("hours", True, "The time is outside the working hours of Tuesday (09:00–17:00).")
    ]


def test_a_day_without_hours_says_which(anna: User) -> None:
    sunday = tuesday(10) - timedelta(days=2)
    assert told(anna, sunday + timedelta(days=7), ReasonKind.HOURS) == [
        ("hours", True, "There are no working hours on Sunday.")
    ]


def test_hours_that_touch_are_one_stretch_of_open_time() -> None:
    ben = UserFactory()
    WorkingHoursFactory(user=ben, weekday=1, start=time(9), end=time(12))
    WorkingHoursFactory(user=ben, weekday=1, start=time(12), end=time(14))
    assert told(ben, tuesday(11, 30), ReasonKind.HOURS) == [
        ("hours", False, "The time is within the working hours (09:00–12:00)."),
        ("hours", False, "The time is within the working hours (12:00–14:00)."),
    ]


def test_an_hour_across_midnight_is_covered_by_both_days() -> None:
    ben = UserFactory()
    WorkingHoursFactory(user=ben, weekday=1, start=time(22), end=time(0))
    WorkingHoursFactory(user=ben, weekday=2, start=time(0), end=time(2))
    assert [blocks for _kind, blocks, _text in told(ben, tuesday(23, 30), ReasonKind.HOURS)] == [False, False]


def test_a_closed_date_blocks_and_is_named(anna: User) -> None:
    DateOverrideFactory(user=anna, date=date(2026, 12, 1))
    reason = reasons_for(anna, tuesday(10), now=NOW)[0]
    assert (reason.kind, reason.blocks, reason.text) == ("override", True, "A date override closes Tue 1 Dec 2026.")
    assert (reason.start, reason.end) == (tuesday(1) - timedelta(hours=1), tuesday(24))


def test_closed_dates_say_why_and_for_whom(anna: User) -> None:
    first = last = date(2026, 12, 1)
    closure = Closure.objects.create(first=first, last=last, name="Staff outing")
    words = "The practice is closed on Tue 1 Dec 2026: Staff outing."
    assert told(anna, tuesday(10)) == [("override", True, words)]
    closure.user = anna
    closure.save()
    assert told(anna, tuesday(10)) == [("override", True, "Time off on Tue 1 Dec 2026: Staff outing.")]
    assert why_not(anna, Shape(60 * MINUTES, 60 * MINUTES), tuesday(10), now=NOW) == "Time off on Tue 1 Dec 2026."


def test_other_hours_of_a_date_replace_those_of_the_week(anna: User) -> None:
    DateOverrideFactory(user=anna, date=date(2026, 12, 1), start=time(12), end=time(20))
    assert told(anna, tuesday(10)) == [
        ("override", True, "The time is outside the hours that a date override sets for Tue 1 Dec 2026 (12:00–20:00).")
    ]
    assert told(anna, tuesday(18)) == [
        ("override", False, "The time is within the hours that a date override sets (12:00–20:00).")
    ]


def test_somebody_without_a_configuration_has_no_hours() -> None:
    ben = UserFactory(username="ben", configuration=None)
    assert reasons_for(ben, tuesday(10), now=NOW) == [Reason(ReasonKind.HOURS, True, "ben has no working hours yet.")]


def test_a_start_between_the_offered_ones_is_told_from_where_they_are_counted(anna: User) -> None:
    service = ServiceFactory(staff=[anna], slot_minutes=30)
    assert told(anna, tuesday(10, 10), ReasonKind.HOURS, service=service)[1] == (
        "hours",
        True,
        "Counted from 09:00, the service can start every 30 minutes, but not at 10:10.",
    )


def test_hours_are_told_in_german(anna: User) -> None:
    DateOverrideFactory(user=anna, date=date(2026, 12, 3))
    Closure.objects.create(first=date(2026, 12, 4), last=date(2026, 12, 4), name="Betriebsausflug")
    sunday, thursday, friday = (tuesday(10) + timedelta(days=days) for days in (5, 2, 3))
    with translation.override("de"):
        answers = [
            told(anna, at, ReasonKind.HOURS, ReasonKind.OVERRIDE)[0][2] for at in (tuesday(10), tuesday(17), sunday)
        ]
        closed = [told(anna, at, ReasonKind.OVERRIDE)[0][2] for at in (thursday, friday)]
    assert answers == [
        "Die Zeit liegt in den Arbeitszeiten (09:00–17:00).",
        "Die Zeit liegt außerhalb der Arbeitszeiten am Dienstag (09:00–17:00).",
        "Am Sonntag sind keine Arbeitszeiten eingetragen.",
    ]
    assert closed == [
        "Am Do., 3. Dez. 2026 ist ausnahmsweise geschlossen.",
        "Die Praxis ist am Fr., 4. Dez. 2026 geschlossen: Betriebsausflug.",
    ]


# --- own hours for a service ----------------------------------------------------------------------------------

AFTERNOON = (time(14), time(18))


def test_own_hours_for_a_service_are_told_whether_they_block_or_not(anna: User) -> None:
    massage = ServiceFactory(staff=[anna], name="Massage")
    write_service_hours(massage, anna, [(1, AFTERNOON), (3, AFTERNOON)])
    sentence = "Anna gives Massage on Tuesdays and Thursdays 14:00–18:00 only."
    day = (MIDNIGHT, MIDNIGHT + timedelta(days=1))
    found = {at: reasons_for(anna, at, now=NOW, service=massage) for at in (tuesday(10), tuesday(14))}
    kind = ReasonKind.SERVICE_HOURS
    assert {at: [one for one in reasons if one.kind is kind] for at, reasons in found.items()} == {
        tuesday(10): [Reason(kind, True, sentence, *day)],
        tuesday(14): [Reason(kind, False, sentence, *day)],
    }
    assert (why_not(anna, massage.shape, tuesday(10), now=NOW), is_open(found[tuesday(14)])) == (sentence, True)
    assert told(anna, tuesday(10), kind) == []
    assert told(anna, tuesday(10), kind, service=ServiceFactory(staff=[anna])) == []


def test_weekdays_with_the_same_own_hours_are_named_together(anna: User) -> None:
    massage = ServiceFactory(staff=[anna], name="Massage")
    morning = (time(9), time(12))
    write_service_hours(massage, anna, [(0, morning), (1, morning), (1, AFTERNOON), (4, morning)])
    words = "on Mondays and Fridays 09:00–12:00, on Tuesdays 09:00–12:00 and 14:00–18:00"
    assert told(anna, tuesday(10), ReasonKind.SERVICE_HOURS, service=massage) == [
        ("service_hours", False, f"Anna gives Massage {words} only.")
    ]


def test_own_hours_open_nothing_while_one_does_not_work(anna: User) -> None:
    massage = ServiceFactory(staff=[anna], name="Massage")
    write_service_hours(massage, anna, [(1, (time(16), time(20)))])
    assert can_start(anna, massage.shape, tuesday(16), now=NOW) is True
    outside = "The time is outside the working hours of Tuesday (09:00–17:00)."
    assert why_not(anna, massage.shape, tuesday(17), now=NOW) == outside
    assert can_start(anna, massage.shape, tuesday(17), now=NOW) is False


def test_an_override_opens_a_date_only_within_own_hours_for_the_service(anna: User) -> None:
    massage = ServiceFactory(staff=[anna], minutes=60, slot_minutes=60)
    write_service_hours(massage, anna, [(1, AFTERNOON), (5, AFTERNOON)])
    saturday = MIDNIGHT + timedelta(days=4)
    DateOverrideFactory(user=anna, date=date(2026, 12, 5), start=time(12), end=time(16))
    DateOverrideFactory(user=anna, date=date(2026, 12, 1))
    found = openings_of(anna, massage.shape, MIDNIGHT, saturday + timedelta(days=1), now=NOW)
    assert [start for start, _end in found.spans] == [saturday + timedelta(hours=hour) for hour in (14, 15)]


def test_no_reason_blocks_exactly_where_own_hours_leave_an_opening(anna: User) -> None:
    """Starts are counted from where both the working hours and the own hours have begun."""
    service = ServiceFactory(staff=[anna], minutes=40, slot_minutes=25)
    write_service_hours(service, anna, [(1, (time(8), time(10, 10))), (1, (time(10, 10), time(12))), (1, AFTERNOON)])
    starts = [tuesday(8) + number * 5 * MINUTES for number in range(124)]
    answers = {at: is_open(reasons_for(anna, at, now=NOW, service=service)) for at in starts}
    assert answers == {at: can_start(anna, service.shape, at, now=NOW) for at in starts}
    assert [at.astimezone(BERLIN).strftime("%H:%M") for at, is_free in answers.items() if is_free] == [
        *("09:00", "09:25", "09:50", "10:10", "10:35", "11:00"),
        *("14:00", "14:25", "14:50", "15:15", "15:40", "16:05"),
    ]
