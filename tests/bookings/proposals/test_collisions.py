"""Which events lie over which bookings: found in one pass, as a comparison of each with each would find it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from bookings import actions
from bookings.models import Booking, Proposal, Service
from bookings.notifications import outgoing
from bookings.proposals import collisions
from bookings.proposals.collisions import _over
from connections.busy import Busy
from connections.models import CalendarConfiguration
from practice.models import User
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
        collisions.update_notices(practice.user, practice.now)
    assert (len(asked), Booking.objects.filter(status="pending").count()) == (18, how_many)


def pending(practice: Practice, start: datetime) -> Booking:
    return BookingFactory(staff=practice.user, service=practice.service, start=start, status="pending")


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


# --- events that came later ------------------------------------------------------------------------------------------


def notices() -> list[tuple[object, object]]:
    """The spans of the events that staff are asked about."""
    return list(Proposal.objects.open().filter(kind="collision").values_list("new_start", "new_end"))


def keep(practice: Practice) -> None:
    actions.decide(Proposal.objects.open().get(), choice="keep", now=practice.now)


def add(practice: Practice, start: datetime, end: datetime) -> str:
    return practice.phone.add(practice.account.calendar("Work"), "Dentist", start, end)


def booked_unread(practice: Practice, start: datetime = START, **how: object) -> Booking:
    """A booking made while iCloud was down."""
    practice.icloud.down()
    practice.later(timedelta(hours=2))
    booking = practice.book(start, **how)
    practice.icloud.up()
    assert booking.status == "pending"
    return booking


def status(booking: Booking) -> str:
    return Booking.objects.get(pk=booking.pk).status


def test_a_booking_kept_under_one_event_is_asked_about_for_the_next(practice: Practice) -> None:
    practice.booked()
    add(practice, berlin(1, 10), berlin(1, 11))
    practice.poll_later()
    keep(practice)
    add(practice, berlin(1, 10, 15), berlin(1, 10, 45))
    practice.poll_later()
    assert notices() == [(berlin(1, 10, 15), berlin(1, 10, 45))]


def test_of_two_events_over_a_booking_both_are_asked_about_at_once(practice: Practice) -> None:
    practice.booked()
    add(practice, berlin(1, 10), berlin(1, 11))
    add(practice, berlin(1, 10, 15), berlin(1, 10, 45))
    practice.poll_later()
    keep(practice)
    assert notices() == [(berlin(1, 10, 15), berlin(1, 10, 45))]


def test_an_event_in_the_time_kept_free_around_a_pending_booking_is_asked_about(practice: Practice) -> None:
    Service.objects.update(buffer_after_minutes=30)
    practice.service.refresh_from_db()
    booking = booked_unread(practice)
    add(practice, berlin(1, 11, 15), berlin(1, 12))
    practice.poll_later()
    assert (status(booking), notices()) == ("pending", [(berlin(1, 11, 15), berlin(1, 12))])


def test_the_time_around_a_confirmed_booking_is_not_asked_about(practice: Practice) -> None:
    Service.objects.update(buffer_after_minutes=30)
    practice.service.refresh_from_db()
    practice.booked()
    add(practice, berlin(1, 11, 15), berlin(1, 12))
    practice.poll_later()
    assert notices() == []


def test_a_pending_booking_that_staff_keep_is_confirmed(practice: Practice) -> None:
    booking = booked_unread(practice)
    add(practice, berlin(1, 10), berlin(1, 11))
    practice.poll_later()
    keep(practice)
    assert (status(booking), notices()) == ("confirmed", [])


def test_a_pending_booking_on_which_staff_insisted_outside_the_hours_confirms_itself(practice: Practice) -> None:
    booking = booked_unread(practice, berlin(1, 6), anyway=True)
    practice.poll_later()
    assert (status(booking), notices()) == ("confirmed", [])


@pytest.mark.parametrize("decided", [False, True])
def test_one_drag_over_another_booking_makes_one_proposal_and_one_mail(practice: Practice, decided: bool) -> None:
    User.objects.update(email="anna@example.com")
    practice.booked(START + 2 * HOUR)
    booking = practice.booked()
    practice.phone.move(practice.href(booking), START + 2 * HOUR)
    practice.poll_later()
    assert [kind for kind, _reason in practice.proposals()] == ["moved"]
    outgoing.mail_proposals(practice.now)
    assert [one.subject for one in mail.outbox if one.to == ["anna@example.com"]] == [
        "Please decide: Carla Client, Tue 1 Dec 2026, 10:00 (Berlin time)"
    ]
    if decided:
        actions.decide(Proposal.objects.open().get(), choice="put_back", now=practice.now)
        CalendarConfiguration.objects.all().want_reconciling()
        practice.poll_later()
        assert (practice.proposals(), practice.push()) == ([], ["pushed"])
    practice.poll_later(2)
    assert [kind for kind, _reason in practice.proposals()] == ([] if decided else ["moved"])


def test_an_event_over_a_booking_is_named_in_the_language_of_whose_time_it_is(practice: Practice) -> None:
    User.objects.update(language="de")
    booking = practice.booked()
    practice.phone.add(practice.account.calendar("Work"), "Zahnarzt", booking.start, booking.end)
    practice.poll_later()
    assert practice.proposals() == [
        ("collision", "„Zahnarzt“ in „Work“ (Di., 1. Dez. 2026, 10:00–11:00) überschneidet sich jetzt damit.")
    ]
