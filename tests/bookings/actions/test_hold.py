"""A time is kept for a visitor, extended, replaced, released and booked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import actions
from bookings.actions.hold import HOLDS_PER_ADDRESS
from bookings.models import Booking, Claim, Hold, Service
from bookings.openings import search
from practice.models import User
from tests.bookings.practice import CARLA, HOUR, Practice
from tests.factories import START, HoldFactory, ServiceFactory, UserFactory, office_hours

MINUTE = timedelta(minutes=1)
VERA = actions.Visitor("vera", "192.0.2.1", "de", "Asia/Tokyo")
OTTO = actions.Visitor("otto", "192.0.2.2")
LIMIT = "You keep other times already. Book one of them first, or try again in some minutes."


def hold(practice: Practice, start: datetime = START, visitor: actions.Visitor = VERA, **more: Any) -> Hold:
    given = {"service": practice.service, "staff": practice.user, "now": practice.now} | more
    return actions.hold(start=start, visitor=visitor, **given)


def book(practice: Practice, held: Hold, **more: Any) -> Booking:
    return practice.book(held.start, hold=held, **more)


def starts(practice: Practice, held: Hold | None = None) -> list[datetime]:
    """The openings of the morning."""
    found = search.find(practice.service, [practice.user], START, START + 2 * HOUR, now=practice.now, hold=held)
    return [one.start for one in found.openings]


def claims() -> list[tuple[str, datetime, datetime | None]]:
    return list(Claim.objects.values_list("kind", "start", "expires_at"))


# --- hold -------------------------------------------------------------------------------------------------------------


def test_a_time_is_kept_for_ten_minutes(practice: Practice) -> None:
    held = hold(practice)
    assert (held.start, held.end, held.staff) == (START, START + HOUR, practice.user)
    assert claims() == [("hold", START, practice.now + 10 * MINUTE)]
    assert (held.language, held.time_zone) == ("de", "Asia/Tokyo")
    assert (len(held.public_id), len(held.address_key)) == (22, 64)
    assert "192.0.2.1" not in str(vars(held))


def test_others_see_the_time_as_taken_and_the_visitor_does_not(practice: Practice) -> None:
    before = starts(practice)
    held = hold(practice)
    assert (START in starts(practice), starts(practice, held)) == (False, before)
    with pytest.raises(actions.NotOpen) as refused:
        hold(practice, visitor=OTTO)
    assert str(refused.value) == "A client is booking this time right now."
    with pytest.raises(actions.NotOpen) as refused:
        practice.book(START)
    assert str(refused.value) == "A client is booking this time right now."


def test_staff_can_insist_on_a_time_that_is_held_which_then_cannot_be_booked(practice: Practice) -> None:
    held = hold(practice)
    assert practice.book(START, anyway=True).overlap_allowed is True
    with pytest.raises(actions.NotOpen):
        book(practice, held)


def test_the_buffers_of_the_service_are_kept_too(practice: Practice) -> None:
    Service.objects.update(buffer_after_minutes=15)
    practice.service.refresh_from_db()
    hold(practice)
    with pytest.raises(actions.NotOpen) as refused:
        hold(practice, START + HOUR, OTTO)
    assert str(refused.value) == (
        "The buffer around a time that a client is booking right now (10:00–11:00), or around the service, "
        "is in the way."
    )


def test_another_time_replaces_the_one_that_the_visitor_keeps(practice: Practice) -> None:
    first = hold(practice)
    second = hold(practice, START + 30 * MINUTE)
    first.refresh_from_db()
    assert (first.claim, second.start) == (None, START + 30 * MINUTE)
    assert claims() == [("hold", START + 30 * MINUTE, practice.now + 10 * MINUTE)]


def test_a_time_that_is_taken_leaves_the_visitor_the_one_that_they_keep(practice: Practice) -> None:
    practice.book(START + 2 * HOUR)
    held = hold(practice)
    with pytest.raises(actions.NotOpen) as refused:
        hold(practice, START + 2 * HOUR)
    assert claims()[0] == ("hold", START, held.expires_at)
    nearest = [START + HOUR, START + 3 * HOUR, START + 45 * MINUTE]
    assert [one.start for one in refused.value.alternatives] == nearest


def test_the_same_time_again_is_the_same_hold(practice: Practice) -> None:
    held = hold(practice)
    practice.later(5 * MINUTE)
    again = hold(practice)
    assert (again, again.expires_at, Hold.objects.count()) == (held, practice.now + 10 * MINUTE, 1)


def test_with_anybody_whoever_is_free_is_held(practice: Practice) -> None:
    ben = colleague("ben")
    practice.service.staff.add(ben)
    held = [hold(practice, visitor=one, staff=None).staff for one in (VERA, OTTO)]
    assert sorted(one.username for one in held) == ["anna", "ben"]
    moved = hold(practice, START + HOUR, staff=held[1])
    assert (moved.staff, Claim.objects.filter(staff=held[0]).count()) == (held[1], 0)


def test_who_is_taken_already_costs_no_lock_and_no_query(practice: Practice) -> None:
    practice.service.staff.add(*(colleague(name) for name in ("ben", "cem")))
    counts, held = [], []
    for visitor in (VERA, OTTO, actions.Visitor("ute")):
        with CaptureQueriesContext(connection) as queries:
            held.append(hold(practice, visitor=visitor, staff=None).staff.username)
        counts.append(len(queries))
    assert sorted(held) == ["anna", "ben", "cem"]
    assert len(set(counts)) == 1


def test_nobody_is_locked_for_a_time_at_which_all_are_taken(practice: Practice) -> None:
    practice.service.staff.add(colleague("ben"))
    for visitor in (VERA, OTTO):
        hold(practice, visitor=visitor, staff=None)
    with CaptureQueriesContext(connection) as queries, pytest.raises(actions.NotOpen) as refused:
        hold(practice, visitor=actions.Visitor("ute"), staff=None)
    assert str(refused.value) == "A client is booking this time right now."
    assert [query["sql"] for query in queries if query["sql"].startswith(("SAVEPOINT", "BEGIN"))] == []


def test_under_the_lock_only_claims_are_asked(practice: Practice) -> None:
    with CaptureQueriesContext(connection) as queries:
        hold(practice)
    statements = [query["sql"] for query in queries]
    locked = statements[next(number for number, sql in enumerate(statements) if sql.startswith("SAVEPOINT")) :]
    tables = ("availability_workinghours", "availability_blockedslot", "connections_occurrence", "connections_calendar")
    assert [sql for sql in locked if any(f'FROM "{table}"' in sql for table in tables)] == []


def colleague(username: str) -> User:
    user = UserFactory.create(username=username)
    office_hours(user)
    return user


def test_a_visitor_keeps_two_times_of_different_services_at_most(practice: Practice) -> None:
    services = [ServiceFactory(staff=[practice.user]) for _ in range(3)]
    for number, service in enumerate(services[:2]):
        hold(practice, START + number * HOUR, service=service)
    with pytest.raises(actions.Refused, match=LIMIT):
        hold(practice, START + 2 * HOUR, service=services[2])
    hold(practice, START + 3 * HOUR, service=services[1])  # replaces one
    practice.later(11 * MINUTE)
    hold(practice, START + 2 * HOUR, service=services[2])
    assert Hold.objects.active(practice.now).count() == 1


def test_an_address_keeps_twenty_times_at_most(practice: Practice) -> None:
    for number in range(HOLDS_PER_ADDRESS):
        HoldFactory(start=START + number * HOUR, address_key=VERA.address_key)
    with pytest.raises(actions.Refused) as refused:
        hold(practice)
    assert str(refused.value).startswith("Too many times are being booked from your connection.")
    assert hold(practice, visitor=OTTO).start == START


def test_no_address_means_no_limit_by_address(practice: Practice) -> None:
    for number in range(HOLDS_PER_ADDRESS):
        HoldFactory(start=START + number * HOUR)
    assert hold(practice, visitor=actions.Visitor("nobody")).address_key == ""


def test_notice_horizon_and_a_service_that_is_off_are_refused(practice: Practice) -> None:
    with pytest.raises(actions.NotOpen):
        hold(practice, practice.now)
    with pytest.raises(actions.NotOpen):
        hold(practice, START + timedelta(days=100))
    practice.service.visibility = "off"
    with pytest.raises(actions.Refused, match="cannot be booked at the moment"):
        hold(practice)


# --- extend and release -----------------------------------------------------------------------------------------------


def test_a_hold_is_extended_up_to_thirty_minutes(practice: Practice) -> None:
    held, begun = hold(practice), practice.now
    ends = []
    for _ in range(4):
        practice.later(8 * MINUTE)
        held = actions.extend(held, practice.now)
        ends.append(held.expires_at)
    assert ends == [begun + 18 * MINUTE, begun + 26 * MINUTE, begun + 30 * MINUTE, None]
    assert Claim.objects.count() == 0


def test_a_released_time_is_free_at_once_and_stays_so(practice: Practice) -> None:
    held = hold(practice)
    actions.release(held, practice.now)
    assert (START in starts(practice), actions.extend(held, practice.now).expires_at) == (True, None)


def test_a_released_time_is_taken_again_within_half_an_hour(practice: Practice) -> None:
    held, begun = hold(practice), practice.now
    ends = []
    for minutes in (1, 24, 5):
        practice.later(minutes * MINUTE)
        actions.release(held, practice.now)
        ends.append(actions.take_again(held, practice.now).expires_at)
    assert (ends, Claim.objects.count()) == ([begun + 11 * MINUTE, begun + 30 * MINUTE, None], 0)


def test_a_visitor_who_keeps_another_time_does_not_take_the_first_again(practice: Practice) -> None:
    held = hold(practice)
    actions.release(held, practice.now)
    other = hold(practice, START + HOUR)
    assert (actions.take_again(held, practice.now).claim, list(Hold.objects.active(practice.now))) == (None, [other])


def test_old_holds_and_expired_claims_are_deleted_daily(practice: Practice) -> None:
    old, recent = hold(practice), HoldFactory(start=START + HOUR, created_at=practice.now + timedelta(days=2))
    assert actions.forget_old_holds(practice.now + timedelta(days=2)) == 1
    assert (list(Hold.objects.all()), Claim.objects.count()) == ([recent], 0)
    assert old.pk != recent.pk


# --- book -------------------------------------------------------------------------------------------------------------


def test_a_hold_becomes_the_booking(practice: Practice) -> None:
    held = hold(practice)
    claim = held.claim
    said = actions.SeatDetails(note="Left shoulder", answers={"first": True}, reminders=True)
    booking = book(practice, held, seat=said)
    assert (booking.status, booking.claim, booking.start) == ("confirmed", claim, START)
    assert claims() == [("booking", START, None)]
    seat = booking.seat
    assert (seat.language, seat.time_zone, seat.note, seat.answers, seat.reminders) == (
        "de",
        "Asia/Tokyo",
        "Left shoulder",
        {"first": True},
        True,
    )
    assert [change.source for change in booking.changes.all()] == ["client"]


def test_a_form_that_is_submitted_twice_makes_one_booking(practice: Practice) -> None:
    held = hold(practice)
    first = book(practice, held)
    stale = Hold.objects.get(pk=held.pk)
    assert [book(practice, held), book(practice, stale)] == [first, first]
    actions.cancel(first, now=practice.now)
    assert (book(practice, held), Booking.objects.count()) == (first, 1)


def test_an_expired_hold_is_booked_all_the_same_if_the_time_is_free(practice: Practice) -> None:
    held = hold(practice)
    practice.later(HOUR)
    assert book(practice, held).start == START
    assert claims() == [("booking", START, None)]


def test_if_the_time_went_the_three_nearest_are_offered_before_and_after_it(practice: Practice) -> None:
    held = hold(practice, START + 2 * HOUR)
    practice.later(11 * MINUTE)
    practice.book(START + 2 * HOUR)
    with pytest.raises(actions.NotOpen) as refused:
        book(practice, held)
    assert (str(refused.value), refused.value.can_insist) == ("Another booking is at this time (12:00–13:00).", False)
    nearest = [START + HOUR, START + 3 * HOUR, START + 45 * MINUTE]
    assert [one.start for one in refused.value.alternatives] == nearest


def test_calendars_are_asked_once_more(practice: Practice) -> None:
    held = hold(practice)
    practice.phone.add(practice.account.calendar("Work"), "Dentist", START)
    practice.later(MINUTE)
    with pytest.raises(actions.NotOpen):
        book(practice, held)
    assert Booking.objects.count() == 0


def test_buffers_and_notice_are_checked_again(practice: Practice) -> None:
    held = hold(practice)
    Service.objects.update(buffer_after_minutes=30, notice_minutes=10)
    practice.service.refresh_from_db()
    booking = book(practice, held)
    assert booking.blocked_span == (START, START + 90 * MINUTE)
    held = hold(practice, START + 3 * HOUR)
    Service.objects.update(notice_minutes=60 * 24 * 7)
    practice.service.refresh_from_db()
    with pytest.raises(actions.NotOpen):
        book(practice, held)


def test_an_address_makes_so_many_bookings_an_hour(practice: Practice, settings: Any) -> None:
    settings.BOOKING_RATE = 2
    for number in range(2):
        book(practice, hold(practice, START + number * HOUR))
    with pytest.raises(actions.Refused, match="Too many bookings come from your connection"):
        book(practice, hold(practice, START + 2 * HOUR))
    assert book(practice, hold(practice, START + 3 * HOUR, OTTO), client=CARLA).status == "confirmed"
    practice.later(HOUR)
    assert book(practice, hold(practice, START + 2 * HOUR)).status == "confirmed"
