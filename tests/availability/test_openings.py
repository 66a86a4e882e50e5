from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from availability.intervals import Span
from availability.models import Closure, write_week
from availability.openings import Openings, blocked_slots, closed_days, free_time, openings, working_hours
from availability.slots import Shape
from practice.models import User
from tests.factories import (
    NOW,
    BlockedSlotFactory,
    CalendarFactory,
    ConnectionFactory,
    DateOverrideFactory,
    OccurrenceFactory,
    UserFactory,
    office_hours,
)

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
AN_HOUR = Shape(HOUR, HOUR)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=UTC)


TUESDAY = utc("12-01T00:00"), utc("12-02T00:00")  # nine to five in Berlin is eight to four in UTC


def found(user: User, shape: Shape = AN_HOUR, window: Span = TUESDAY, now: datetime = NOW, **others: object) -> str:
    """The starts that are offered, as hours in UTC."""
    result = openings(user, shape, *window, now=now, **others)  # type: ignore[arg-type]
    return " ".join(f"{start:%-H}" for start, _ in result.spans)


def staff(zone: str = "Europe/Berlin") -> User:
    user = UserFactory(configuration__time_zone=zone)
    office_hours(user)
    return user


def test_without_any_connection_the_hours_decide() -> None:
    result = openings(staff(), Shape(HOUR, 4 * HOUR), *TUESDAY, now=NOW)
    assert result == Openings(
        as_of=None,
        spans=[(utc("12-01T08:00"), utc("12-01T09:00")), (utc("12-01T12:00"), utc("12-01T13:00"))],
        pending=False,
    )


def test_hours_are_those_of_the_staff_members_zone() -> None:
    assert found(staff("Asia/Kathmandu"), Shape(HOUR, 7 * HOUR)) == "3 10"


def test_nobody_without_calendar_configuration_has_openings_or_hours() -> None:
    user = User.objects.create(username="cora")
    office_hours(user)
    assert openings(user, AN_HOUR, *TUESDAY, now=NOW) == Openings()
    assert working_hours(user, *TUESDAY) == []


def test_notice_and_horizon_limit_the_starts() -> None:
    user = staff()
    assert found(user, Shape(HOUR, HOUR, notice=timedelta(hours=27))) == "11 12 13 14 15"
    assert found(user, Shape(HOUR, HOUR, horizon=timedelta(hours=27))) == "8 9 10"
    assert found(user, now=TUESDAY[1]) == ""


def test_openings_start_within_the_span_asked_for() -> None:
    assert found(staff(), window=(utc("12-01T09:30"), utc("12-01T12:00"))) == "10 11"


def test_blocked_slots_of_this_person_alone_block() -> None:
    user = staff()
    BlockedSlotFactory(user=user, start=utc("12-01T09:30"), end=utc("12-01T11:00"))
    BlockedSlotFactory(start=utc("12-01T08:00"), end=utc("12-01T16:00"))
    assert found(user) == "8 11 12 13 14 15"


def test_date_overrides_replace_the_weekly_hours() -> None:
    user = staff()
    DateOverrideFactory(user=user, date=TUESDAY[0].date(), start=time(20), end=time(0))
    assert found(user) == "19 20 21 22"
    DateOverrideFactory(user=user, date=TUESDAY[0].date())
    assert found(user) == ""


def test_taken_spans_block_with_the_buffers_of_what_is_to_be_booked() -> None:
    taken = [(utc("12-01T10:00"), utc("12-01T11:00"))]
    assert found(staff(), booked_spans=taken) == "8 9 11 12 13 14 15"
    assert (
        found(staff(), Shape(HOUR, HOUR, buffer_after=timedelta(minutes=1)), booked_spans=taken) == "8 11 12 13 14 15"
    )


def connected(**calendar: object) -> tuple[User, object]:
    user = staff()
    return user, CalendarFactory(connection=ConnectionFactory(user=user), **calendar)


def test_events_that_block_leave_no_openings_and_free_ones_do() -> None:
    user, calendar = connected()
    for start, blocks in (("10:00", True), ("12:00", False)):
        moment = utc(f"12-01T{start}")
        OccurrenceFactory(calendar=calendar, start=moment, blocks=blocks)
    result = openings(user, AN_HOUR, *TUESDAY, now=NOW)
    assert [start.hour for start, _ in result.spans] == [8, 9, 11, 12, 13, 14, 15]
    assert (result.as_of, result.pending) == (NOW - timedelta(minutes=1), False)


def test_an_event_does_not_block_what_its_booking_holds() -> None:
    user, calendar = connected()
    OccurrenceFactory(calendar=calendar, uid="OWN", start=utc("12-01T10:00"), end=utc("12-01T12:00"))
    assert found(user) == "8 9 12 13 14 15"
    assert found(user, own_spans={"OWN": [(utc("12-01T10:00"), utc("12-01T11:00"))]}) == "8 9 10 12 13 14 15"


def test_an_event_outside_the_hours_blocks_through_a_buffer() -> None:
    user, calendar = connected()
    OccurrenceFactory(calendar=calendar, start=utc("12-01T16:00"))
    assert found(user, Shape(HOUR, HOUR, buffer_after=HOUR)) == "8 9 10 11 12 13 14"


@pytest.mark.parametrize(
    ("age", "policy", "starts", "pending"),
    [
        (timedelta(minutes=14), "no_openings", "8 12", False),
        (timedelta(minutes=16), "no_openings", "", False),
        (timedelta(minutes=16), "pending", "8 12", True),
        (timedelta(minutes=16), "trust", "8 12", False),
    ],
)
def test_calendars_that_cannot_be_read_are_handled_as_the_staff_member_chose(
    age: timedelta, policy: str, starts: str, pending: bool
) -> None:
    user, _calendar = connected(fresh_at=NOW - age)
    user.calendar_configuration.stale_policy = policy
    user.calendar_configuration.save()
    result = openings(user, Shape(HOUR, 4 * HOUR), *TUESDAY, now=NOW)
    assert " ".join(f"{start:%-H}" for start, _ in result.spans) == starts
    assert (result.as_of, result.pending) == (NOW - age, pending)


def test_until_calendars_are_chosen_and_read_there_are_no_openings() -> None:
    user, _calendar = connected(read_at=None, fresh_at=None)
    assert found(user) == ""


def test_working_hours_are_given_whole_and_blocked_slots_unclipped() -> None:
    user = UserFactory()
    write_week(user, [(1, (time(9), time(12))), (1, (time(12), time(17))), (2, (time(9), time(17)))])
    slot = BlockedSlotFactory(user=user, start=utc("12-01T11:00"), end=utc("12-03T00:00"))
    BlockedSlotFactory(user=user, start=utc("12-01T12:30"), end=utc("12-01T13:00"))
    window = utc("12-01T10:00"), utc("12-01T12:00")
    assert working_hours(user, *window) == [
        (utc("12-01T08:00"), utc("12-01T11:00")),
        (utc("12-01T11:00"), utc("12-01T16:00")),
    ]
    assert blocked_slots(user, *window) == [slot]


def test_a_year_costs_as_many_queries_as_a_day(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user, calendar = connected()
    for day in range(30):
        moment = utc("12-01T10:00") + timedelta(days=day)
        OccurrenceFactory(calendar=calendar, start=moment)
        BlockedSlotFactory(user=user, start=moment + HOUR, end=moment + 2 * HOUR)
        DateOverrideFactory(user=user, date=moment.date(), start=time(9), end=time(15))
    year = Shape(HOUR, HOUR, horizon=timedelta(days=400))
    for days in (1, 365):
        with django_assert_num_queries(6):
            openings(user, year, TUESDAY[0], TUESDAY[0] + timedelta(days=days), now=NOW)


def test_free_time_is_what_events_blocked_slots_and_bookings_leave_of_the_hours() -> None:
    user = staff()
    calendar = CalendarFactory(connection__user=user)
    OccurrenceFactory(calendar=calendar, start=utc("12-01T07:00"), end=utc("12-01T09:00"))
    OccurrenceFactory(calendar=calendar, start=utc("12-01T10:00"), end=utc("12-01T11:00"), blocks=False)
    BlockedSlotFactory(user=user, start=utc("12-01T12:00"), end=utc("12-01T13:00"))
    booked = [(utc("12-01T13:00"), utc("12-01T14:30"))]
    assert free_time(user, *TUESDAY, booked_spans=booked) == [
        (utc("12-01T09:00"), utc("12-01T12:00")),
        (utc("12-01T14:30"), utc("12-01T16:00")),
    ]


def test_free_time_ends_where_the_question_ends() -> None:
    assert free_time(staff(), utc("12-01T10:00"), utc("12-01T11:00")) == [(utc("12-01T10:00"), utc("12-01T11:00"))]


TUESDAYS_DATE = date(2026, 12, 1)


def test_a_closure_of_the_practice_closes_everybodys_day_whatever_their_own_hours() -> None:
    anna = staff()
    DateOverrideFactory(user=anna, date=TUESDAYS_DATE, start=time(9), end=time(12))
    Closure.objects.create(first=TUESDAYS_DATE, last=TUESDAYS_DATE)
    assert (found(anna), found(staff())) == ("", "")


def test_a_closure_of_one_person_closes_only_their_day() -> None:
    anna = staff()
    Closure.objects.create(user=anna, first=date(2026, 11, 20), last=TUESDAYS_DATE)
    assert (found(anna), found(staff())) == ("", "8 9 10 11 12 13 14 15")


def test_a_public_holiday_yields_to_hours_that_were_entered_for_the_date() -> None:
    anna = staff()
    DateOverrideFactory(user=anna, date=TUESDAYS_DATE, start=time(9), end=time(11))
    Closure.objects.create(first=TUESDAYS_DATE, last=TUESDAYS_DATE, kind=Closure.Kind.HOLIDAY)
    assert (found(anna), found(staff())) == ("8 9", "")
    day = closed_days(anna, TUESDAYS_DATE, TUESDAYS_DATE), closed_days(staff(), TUESDAYS_DATE, TUESDAYS_DATE)
    assert tuple(map(list, day)) == ([], [TUESDAYS_DATE])
