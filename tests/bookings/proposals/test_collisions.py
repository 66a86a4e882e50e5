"""Which events lie over which bookings: found in one pass, as a comparison of each with each would find it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from bookings import actions
from bookings.models import Booking, Proposal
from bookings.proposals import collisions
from bookings.proposals.collisions import _over
from connections.busy import Busy
from connections.models import CalendarConfiguration
from tests.bookings.practice import HOUR, Practice, berlin
from tests.factories import NOW, START, BookingFactory

HOURS = st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda one: (at(one[0]), at(one[0] + one[1])))


def at(hour: int) -> datetime:
    return NOW + hour * HOUR


def event(spans: list[tuple[datetime, datetime]]) -> Busy:
    start, end = min(one[0] for one in spans), max(one[1] for one in spans)
    return Busy(start, end, True, "busy", False, "", "", None, "", "", "iCloud", "", tuple(spans))


@given(st.lists(st.lists(HOURS, min_size=1, max_size=2), max_size=8), st.lists(HOURS, max_size=8))
def test_one_pass_finds_what_comparing_each_with_each_finds(
    blocking: list[list[tuple[datetime, datetime]]], spans: list[tuple[datetime, datetime]]
) -> None:
    events, reaches = [event(one) for one in blocking], dict(enumerate(spans))
    expected = {
        (pk, number)
        for pk, (start, end) in reaches.items()
        for number, one in enumerate(events)
        if any(first < end and last > start for first, last in one.blocking)
    }
    numbers = {id(one): number for number, one in enumerate(events)}
    assert {(pk, numbers[id(one)]) for pk, one in _over(events, reaches)} == expected


@pytest.mark.parametrize("how_many", [1, 12])
def test_no_client_waits_longer_for_many_pending_bookings_over_events(practice: Practice, how_many: int) -> None:
    for number in range(how_many):
        booking = pending(practice, START + timedelta(days=1, hours=number))
        practice.phone.add(practice.account.calendar("Work"), "Dentist", booking.start, booking.end)
    practice.poll_later()
    assert Proposal.objects.open().filter(kind="collision").count() == how_many
    practice.later()
    with CaptureQueriesContext(database) as asked:
        actions.confirm_pending(practice.user, practice.now)
        collisions.notice(practice.user, practice.now)
    assert (len(asked), Booking.objects.filter(status="pending").count()) == (13, how_many)


def pending(practice: Practice, start: datetime) -> Booking:
    return BookingFactory(
        staff=practice.user, service=practice.service, start=start, status="pending", cause="calendar_unreadable"
    )


def test_many_pending_bookings_confirm_themselves_at_once(practice: Practice) -> None:
    for number in range(5):
        pending(practice, START + timedelta(days=1, hours=number))
    practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(2, 12), berlin(2, 13))
    practice.poll_later()
    found = Booking.objects.order_by("start").values_list("status", flat=True)
    assert list(found) == ["confirmed", "confirmed", "pending", "confirmed", "confirmed"]


def test_a_move_that_was_accepted_over_an_event_is_not_asked_about_again(practice: Practice) -> None:
    booking = practice.booked()
    work = practice.account.calendar("Work")
    dentist = practice.phone.add(work, "Dentist", berlin(1, 14), berlin(1, 15))
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later()
    [moved] = Proposal.objects.open()
    actions.decide(moved, choice="accept", now=practice.now, actor=practice.user)
    practice.push()
    practice.later()
    CalendarConfiguration.objects.update(reconcile_due=True)
    practice.sync(full=True)
    assert practice.proposals() == []
    assert list(Proposal.objects.values_list("kind", "choice", "decided_by")) == [
        ("moved", "accept", practice.user.pk),
        ("collision", "keep", practice.user.pk),
    ]
    practice.phone.move(dentist, berlin(1, 14, 30))
    practice.poll_later()
    assert [kind for kind, _reason in practice.proposals()] == ["collision"]


@pytest.mark.parametrize("how", ["book", "reschedule"])
def test_what_staff_put_over_an_event_themselves_is_not_asked_about(practice: Practice, how: str) -> None:
    work = practice.account.calendar("Work")
    dentist = practice.phone.add(work, "Dentist", berlin(1, 14), berlin(1, 15))
    practice.poll_later()
    if how == "book":
        practice.book(berlin(1, 14), anyway=True, actor=practice.user)
    else:
        actions.reschedule(practice.booked(), start=berlin(1, 14), now=practice.now, anyway=True, actor=practice.user)
    assert practice.push() == ["pushed"]
    CalendarConfiguration.objects.update(reconcile_due=True)
    practice.poll_later(2)
    practice.sync(full=True)
    assert practice.proposals() == []
    practice.phone.move(dentist, berlin(1, 14, 30))
    practice.poll_later()
    assert [kind for kind, _reason in practice.proposals()] == ["collision"]


def test_a_pending_booking_is_not_confirmed_once_it_has_begun(practice: Practice) -> None:
    booking = pending(practice, START + timedelta(days=1))
    practice.later(booking.start - practice.now)
    practice.sync()
    actions.confirm_pending(practice.user, practice.now)
    assert (Booking.objects.get().status, practice.mails()) == ("pending", [])
