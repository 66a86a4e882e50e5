"""Everything that bears on an hour: which rule, whether it blocks, and the sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from availability.models import Closure, WorkingHours
from availability.slots import Shape
from bookings.models import Booking, write_service_hours
from bookings.openings.explain import is_open, reasons_for, why_not, why_not_there
from bookings.openings.reasons import Reason, ReasonKind
from bookings.openings.search import can_start, openings_of
from connections.busy import Busy
from connections.models import Calendar, CalendarConfiguration, Connection
from practice.models import User
from tests.factories import (
    NOW,
    BlockedSlotFactory,
    BookingFactory,
    CalendarFactory,
    ClientFactory,
    DateOverrideFactory,
    EventFactory,
    HoldFactory,
    LinkedEventFactory,
    OccurrenceFactory,
    ServiceFactory,
    UserFactory,
    WorkingHoursFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]

MINUTES = timedelta(minutes=1)
BERLIN = ZoneInfo("Europe/Berlin")


def tuesday(hour: int, minute: int = 0) -> datetime:
    """That hour of Tuesday 1 December 2026 in Berlin, the day after NOW."""
    return datetime(2026, 12, 1, hour - 1, minute, tzinfo=UTC)


MIDNIGHT = tuesday(1) - timedelta(hours=1)


def told(user: User, at: datetime, *kinds: ReasonKind, **given: Any) -> list[tuple[str, bool, str]]:
    """Reasons of these kinds, or all but those of the hours, timing and freshness that stand behind every answer."""
    silent = {ReasonKind.HOURS, ReasonKind.NOTICE, ReasonKind.HORIZON, ReasonKind.FRESHNESS}
    return [
        (reason.kind, reason.blocks, reason.text)
        for reason in reasons_for(user, at, now=NOW, **given)
        if (reason.kind in kinds if kinds else reason.kind not in silent)
    ]


def event(calendar: Calendar, start: datetime, minutes: int = 60, **given: Any) -> None:
    OccurrenceFactory(calendar=calendar, start=start, end=start + minutes * MINUTES, **given)


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


def test_a_blocked_slot_is_told_with_its_note(anna: User) -> None:
    BlockedSlotFactory(user=anna, start=tuesday(10, 30), end=tuesday(11), note="Plumber")
    assert told(anna, tuesday(10)) == [("blocked_slot", True, "Blocked in Kalends (10:30–11:00): Plumber.")]
    assert told(anna, tuesday(11)) == []


def test_each_event_is_told_with_its_calendar_its_rule_and_whether_it_blocks(anna: User, work: Calendar) -> None:
    event(work, tuesday(10), summary="Dentist")
    event(work, tuesday(10), summary="Birthday", blocks=False)
    event(work, tuesday(10), summary="Party", blocks=False, reason="declined")
    event(work, tuesday(10), summary="Trip", blocks=False, reason="cancelled")
    event(work, tuesday(10), summary="", reason="unreadable")
    event(work, tuesday(10), summary="Maybe", blocks=False, reason="invitation_rule")
    event(work, tuesday(10), summary="Perhaps", blocks=True, reason="invitation_rule")
    at = "in “Work” (10:00–11:00)"
    assert told(anna, tuesday(10)) == [
        ("occurrence", True, f"“Dentist” {at} is marked Busy, so it blocks."),
        ("occurrence", False, f"“Birthday” {at} is marked Free, so it does not block."),
        ("occurrence", False, f"“Party” {at} is an invitation you declined, so it does not block."),
        ("occurrence", False, f"“Trip” {at} is cancelled, so it does not block."),
        ("occurrence", True, f"“No title” {at} could not be read, so it blocks to be safe."),
        (
            "occurrence",
            False,
            f"“Maybe” {at} does not block, by your rule for unanswered or tentative invitations.",
        ),
        ("occurrence", True, f"“Perhaps” {at} blocks by your rule for unanswered or tentative invitations."),
    ]


def test_an_all_day_event_says_so_and_by_which_rule(anna: User, work: Calendar) -> None:
    event(work, tuesday(1), 24 * 60, summary="Crete", all_day=True, reason="all_day_rule")
    event(work, tuesday(1), 24 * 60, summary="Ada’s birthday", all_day=True, reason="all_day_rule", blocks=False)
    rule = "by your rule for all-day events of this calendar."
    assert told(anna, tuesday(10)) == [
        ("occurrence", True, f"“Crete” in “Work” (all day) blocks {rule}"),
        ("occurrence", False, f"“Ada’s birthday” in “Work” (all day) does not block, {rule}"),
    ]


def test_travel_time_is_named_where_an_event_is_longer_for_it(anna: User, work: Calendar) -> None:
    text = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:T\r\nDTSTART:20261201T100000Z\r\nDTEND:20261201T110000Z\r\n"
        b"X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT30M\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    row = EventFactory(calendar=work, uid="T", text=text)
    event(work, tuesday(10, 30), 90, summary="Visit", event=row)
    assert told(anna, tuesday(10)) == [
        (
            "occurrence",
            True,
            "“Visit” in “Work” (10:30–12:00, travel time included) is marked Busy, so it blocks.",
        )
    ]


def test_a_percent_sign_in_a_title_is_only_a_percent_sign(anna: User, work: Calendar) -> None:
    event(work, tuesday(10), summary="50 %(off) 100%")
    assert told(anna, tuesday(10))[0][2] == "“50 %(off) 100%” in “Work” (10:00–11:00) is marked Busy, so it blocks."


def test_an_event_of_several_days_is_told_with_its_dates(anna: User, work: Calendar) -> None:
    event(work, tuesday(10) - timedelta(days=1), 48 * 60, summary="Fair")
    assert told(anna, tuesday(10))[0][2] == (
        "“Fair” in “Work” (Mon 30 Nov 2026, 10:00 – Wed 2 Dec 2026, 10:00) is marked Busy, so it blocks."
    )


def test_a_booking_answers_for_its_own_event(anna: User, work: Calendar) -> None:
    booking = BookingFactory(staff=anna, start=tuesday(10), client=ClientFactory(name="Carla"), service__name="Talk")
    placement = LinkedEventFactory(booking=booking, calendar=work, pushed=True)
    event(work, tuesday(10), summary="Carla", uid=placement.uid)
    assert told(anna, tuesday(10)) == [
        (
            "occurrence",
            False,
            "“Carla” in “Work” (10:00–11:00) belongs to a booking. The booking blocks its own time.",
        ),
        ("booking", True, "The booking “Carla · Talk” is at this time (10:00–11:00)."),
    ]


def test_the_part_of_a_bookings_event_that_the_phone_added_blocks(anna: User, work: Calendar) -> None:
    booking = BookingFactory(staff=anna, start=tuesday(10))
    placement = LinkedEventFactory(booking=booking, calendar=work, pushed=True)
    event(work, tuesday(10), 120, summary="Carla", uid=placement.uid)
    assert told(anna, tuesday(11)) == [
        ("occurrence", True, "“Carla” in “Work” (10:00–12:00) is marked Busy, so it blocks.")
    ]
    assert told(anna, tuesday(9, 30), ReasonKind.OCCURRENCE)[0][1:] == (
        False,
        "“Carla” in “Work” (10:00–12:00) belongs to a booking. It blocks only the time outside that booking.",
    )


def test_cancelled_bookings_bear_on_nothing(anna: User) -> None:
    BookingFactory(staff=anna, start=tuesday(10), status=Booking.Status.CANCELLED)
    assert told(anna, tuesday(10)) == []


def test_a_pending_booking_is_called_pending(anna: User) -> None:
    BookingFactory(
        staff=anna,
        start=tuesday(10),
        status=Booking.Status.PENDING,
        client=ClientFactory(name="Carla"),
        service__name="Talk",
    )
    assert told(anna, tuesday(10)) == [
        ("booking", True, "The pending booking “Carla · Talk” is at this time (10:00–11:00).")
    ]


def test_the_time_kept_free_around_another_booking_is_a_buffer(anna: User) -> None:
    BookingFactory(
        staff=anna,
        start=tuesday(10),
        blocked_from=tuesday(9, 45),
        blocked_until=tuesday(11, 30),
        client=ClientFactory(name="Carla"),
        service__name="Talk",
    )
    assert told(anna, tuesday(11)) == [
        (
            "buffer",
            True,
            "The buffer around the booking “Carla · Talk” (09:45–11:30) or around the service is in the way.",
        )
    ]


def test_a_time_that_a_visitor_holds_blocks_until_it_expires(anna: User) -> None:
    HoldFactory(staff=anna, start=tuesday(10))
    HoldFactory(staff=anna, start=tuesday(12), expires_at=NOW)
    assert told(anna, tuesday(10)) == [("hold", True, "A client is booking this time right now.")]
    assert told(anna, tuesday(12)) == []


def test_the_buffers_of_the_service_reach_into_what_is_beside_it(anna: User, work: Calendar) -> None:
    service = ServiceFactory(staff=[anna], buffer_before_minutes=30, buffer_after_minutes=30)
    event(work, tuesday(9), summary="Dentist")
    event(work, tuesday(9), summary="Birthday", blocks=False)
    BlockedSlotFactory(user=anna, start=tuesday(11), end=tuesday(12))
    close = "is too close: the buffer around the service reaches into it."
    assert told(anna, tuesday(10), service=service) == [
        ("buffer", True, f"“Dentist” in “Work” (09:00–10:00) {close}"),
        ("buffer", True, f"A blocked slot (11:00–12:00) {close}"),
    ]
    assert told(anna, tuesday(10)) == []


def test_a_start_between_the_offered_ones_is_told_from_where_they_are_counted(anna: User) -> None:
    service = ServiceFactory(staff=[anna], slot_minutes=30)
    assert told(anna, tuesday(10, 10), ReasonKind.HOURS, service=service)[1] == (
        "hours",
        True,
        "Counted from 09:00, the service can start every 30 minutes, but not at 10:10.",
    )


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


@pytest.mark.parametrize(
    ("age", "policy", "blocks", "text"),
    [
        (1, "pending", False, "Calendars last checked: 08:59."),
        (
            30,
            "pending",
            False,
            "iCloud has not answered since 08:30. Bookings are confirmed until 09:30, then wait for your OK.",
        ),
        (
            90,
            "pending",
            False,
            "The calendars could not be read completely since 07:30, so bookings stay pending until they can.",
        ),
        (
            90,
            "no_openings",
            True,
            "The calendars could not be read completely since 07:30, so no times can be booked.",
        ),
        (
            90,
            "trust",
            False,
            "The calendars could not be read completely since 07:30. As you chose, bookings are confirmed all the "
            "same.",
        ),
    ],
)
def test_how_fresh_the_calendars_are_is_always_told(
    anna: User, work: Calendar, age: int, policy: str, blocks: bool, text: str
) -> None:
    Calendar.objects.update(fresh_at=NOW - age * MINUTES)
    CalendarConfiguration.objects.update(stale_policy=policy)
    assert told(anna, tuesday(10), ReasonKind.FRESHNESS) == [("freshness", blocks, text)]


def test_a_calendar_never_read_is_named(anna: User, work: Calendar) -> None:
    Calendar.objects.update(read_at=None, fresh_at=None)
    assert told(anna, tuesday(10), ReasonKind.FRESHNESS) == [
        (
            "freshness",
            True,
            "The calendars are being read for the first time. No times can be booked until that is done.",
        ),
        ("freshness", False, "“Work” has not been read completely yet."),
    ]


def test_calendars_that_were_never_chosen_block_everything(anna: User, work: Calendar) -> None:
    CalendarConfiguration.objects.update(saved_at=None)
    assert told(anna, tuesday(10), ReasonKind.FRESHNESS) == [
        ("freshness", True, "No calendars are chosen yet, so no times can be booked.")
    ]


def test_what_is_wrong_with_a_calendar_is_told_beside_its_age(anna: User, work: Calendar) -> None:
    Calendar.objects.update(error_code="calendar_gone")
    assert told(anna, tuesday(10), ReasonKind.FRESHNESS)[1] == (
        "freshness",
        False,
        "“Work”: This calendar is no longer in the account. Choose another, or untick it.",
    )


def test_trouble_of_one_calendar_is_not_told_of_another(anna: User, work: Calendar) -> None:
    """The account says what is wrong with the first of its calendars that is in trouble."""
    CalendarFactory(connection=work.connection, name="Home")
    Calendar.objects.filter(pk=work.pk).update(error_code="calendar_gone")
    Connection.objects.update(error_code="calendar_gone")
    assert [text for _kind, _blocks, text in told(anna, tuesday(10), ReasonKind.FRESHNESS)[1:]] == [
        "“Work”: This calendar is no longer in the account. Choose another, or untick it."
    ]


@pytest.mark.parametrize("policy", CalendarConfiguration.StalePolicy.values)
def test_events_that_are_owed_since_the_first_read_are_told(anna: User, work: Calendar, policy: str) -> None:
    CalendarConfiguration.objects.update(stale_policy=policy)
    EventFactory(calendar=work, pending_etag='"1"', pending_since=NOW)
    Calendar.objects.update(fresh_at=None)
    assert told(anna, tuesday(10), ReasonKind.FRESHNESS) == [
        (
            "freshness",
            True,
            "The calendars are being read for the first time. No times can be booked until that is done.",
        ),
        (
            "freshness",
            False,
            "“Work”: 1 event is listed but could not be read yet. Kalends keeps trying; what is known of it stays.",
        ),
    ]


@pytest.mark.parametrize("days", [-40, 410])
def test_where_events_are_not_kept_that_is_said(anna: User, work: Calendar, days: int) -> None:
    assert told(anna, NOW + timedelta(days=days), ReasonKind.FRESHNESS)[1] == (
        "freshness",
        False,
        "Events are kept from Mon 26 Oct 2026 to Thu 6 Jan 2028. What iCloud has beyond that is not known here.",
    )


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


# --- limits ---------------------------------------------------------------------------------------------------


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


# --- refusals -----------------------------------------------------------------------------------------------


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
