"""What bookings, holds, events and blocked slots are told as."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from bookings.models import Booking
from bookings.openings.reasons import ReasonKind
from connections.models import Calendar
from practice.models import User
from tests.bookings.openings.told import event, told, tuesday
from tests.factories import (
    NOW,
    BlockedSlotFactory,
    BookingFactory,
    ClientFactory,
    EventFactory,
    HoldFactory,
    LinkedEventFactory,
    ServiceFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]


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


def test_what_takes_time_is_told_in_german(anna: User, work: Calendar) -> None:
    event(work, tuesday(9), summary="Zahnarzt")
    event(work, tuesday(10), summary="Yoga", blocks=False, reason="free")
    BlockedSlotFactory(user=anna, start=tuesday(11), end=tuesday(12), note="Klempner")
    BookingFactory(
        staff=anna, start=tuesday(13), client=ClientFactory(name="Carla"), service=ServiceFactory(name="Gespräch")
    )
    with translation.override("de"):
        answers = [text for hour in (9, 10, 11, 13) for _kind, _blocks, text in told(anna, tuesday(hour))]
    assert answers == [
        "„Zahnarzt“ in „Work“ (09:00–10:00) ist als „Beschäftigt“ markiert und blockiert deshalb.",
        "„Yoga“ in „Work“ (10:00–11:00) ist als „Frei“ markiert und blockiert deshalb nicht.",
        "In Kalends blockiert (11:00–12:00): Klempner.",
        "Zu dieser Zeit ist die Buchung „Carla · Gespräch“ (13:00–14:00).",
    ]
