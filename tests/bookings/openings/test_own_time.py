"""Several accounts of one staff member, and several staff members in one calendar."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bookings import actions
from bookings.models import Booking, Proposal
from bookings.openings.own_time import own_spans
from bookings.push import outbox, placements
from connections import accounts
from connections.models import Calendar, CalendarConfiguration, Connection
from connections.sync.run import sync_connection
from sandbox.server.store.accounts import Account
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import START, UserFactory, office_hours

MINUTE = timedelta(minutes=1)


# --- two accounts of one staff member ------------------------------------------------------------------------------


@pytest.fixture
def private(practice: Practice) -> Account:
    """Anna's other account, whose calendar blocks; bookings go on into the first one."""
    account = practice.icloud.add_account("anna.private@example.com")
    account.add_calendar("Family", id="family")
    url, password = practice.icloud.entry_url, account.new_app_password("Kalends")
    connection = accounts.connect(
        practice.user, username="anna.private@example.com", password=password, url=url, now=practice.now
    )
    linked = Calendar.objects.get(name="Home")
    conflicts = [*Calendar.objects.filter(name="Work"), *Calendar.objects.filter(connection=connection)]
    accounts.configure(practice.user, linked=linked, conflicts=conflicts, now=practice.now)
    sync_all(practice)
    return account


def sync_all(practice: Practice) -> None:
    practice.later()
    for connection in Connection.objects.filter(needs_attention=False):
        sync_connection(connection.pk, now=practice.now)


def test_one_account_takes_bookings_and_the_other_blocks(practice: Practice, private: Account) -> None:
    practice.phone.account = private
    practice.phone.add(private.calendar("Family"), "School", berlin(1, 12), berlin(1, 13))
    practice.later(MINUTE)
    with pytest.raises(actions.NotOpen, match="An event in “Family”"):
        practice.book(utc(1, 11))
    booking = practice.book()
    assert practice.push() == ["pushed"]
    assert (practice.events(), len(private.calendar("Family").resources)) == ([practice.href(booking)], 1)


def test_while_the_conflict_account_needs_a_person_bookings_still_reach_the_linked_one(
    practice: Practice, private: Account
) -> None:
    private.revoke_all()
    sync_all(practice)
    sync_all(practice)
    booking = practice.book()
    assert (booking.status, practice.push()) == ("confirmed", ["pushed"])  # the last good copy is young enough
    practice.later(2 * HOUR)
    later = practice.book(utc(1, 13))
    assert (later.status, later.cause, practice.push()) == ("pending", "calendar_unreadable", ["pushed"])


def test_while_the_linked_account_needs_a_person_nothing_is_sent_and_the_booking_says_so(
    practice: Practice, private: Account
) -> None:
    practice.account.revoke_all()
    sync_all(practice)
    booking = practice.book()
    assert (practice.push(), outbox.push_state(booking)) == ([], "needs_reconnect")
    assert booking.status == "confirmed"  # the last good copy is young enough
    report = accounts.reconnect(
        practice.connection, password=practice.account.new_app_password("again"), now=practice.now
    )
    assert (report.added, outbox.push_state(booking)) == (1, "pushed")


def test_an_event_that_is_in_neither_account_any_more_is_asked_about_only_when_both_were_read(
    practice: Practice, private: Account
) -> None:
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    practice.icloud.switches.locked_account = "503"
    private.lock(True)
    for _ in range(3):
        sync_all(practice)
    assert practice.proposals() == []
    private.lock(False)
    for _ in range(3):
        practice.later(HOUR)
        sync_all(practice)
    assert [kind for kind, _ in practice.proposals()] == ["deleted"]


# --- another linked calendar ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("requests", range(6))
def test_a_crash_while_bookings_move_to_another_calendar_leaves_each_booking_one_event(
    practice: Practice, requests: int
) -> None:
    bookings = [practice.booked(START + hours * HOUR) for hours in (0, 1, 3)]
    home, work = (Calendar.objects.get(name=name) for name in ("Home", "Work"))
    accounts.configure(practice.user, linked=work, conflicts=[home], now=practice.now)
    assert placements.place_upcoming(practice.user, practice.now) == 3
    practice.icloud.faults.refuse(skip=requests, times=None)  # and from then on nothing comes through
    practice.push()
    there = {href.rpartition("/")[2]: href for href in practice.events()}
    shown = [any(one.uid in name for one in booking.linked_events.all() for name in there) for booking in bookings]
    assert shown == [True] * 3  # in the old calendar or in the new one, or for a moment in both
    practice.icloud.faults.clear()
    for _ in range(3):
        practice.later()
        practice.push()
    assert practice.events() == sorted(practice.href(booking) for booking in bookings)
    assert {href.rpartition("/")[0] + "/" for href in practice.events()} == {work.path}
    practice.poll_later(2)
    assert practice.proposals() == []


def test_a_booking_that_moves_on_meanwhile_leaves_the_old_calendar_at_once(
    practice: Practice,
) -> None:
    booking = practice.booked()
    home, work = (Calendar.objects.get(name=name) for name in ("Home", "Work"))
    accounts.configure(practice.user, linked=work, conflicts=[home], now=practice.now)
    practice.account.calendar("Work").read_only = True
    placements.place_upcoming(practice.user, practice.now)
    assert (practice.push(), len(practice.events())) == (["no_linked_calendar"], 1)  # better there than nowhere
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    assert (practice.push(), practice.events()) == (["pushed"], [])


@pytest.mark.parametrize("choice", ["ask", "cancel", "put_back"])
def test_a_linked_calendar_deleted_with_all_its_events_cancels_nothing_whatever_was_chosen(
    practice: Practice, choice: str
) -> None:
    CalendarConfiguration.objects.update(when_deleted=choice)
    bookings = [practice.booked(START + hours * HOUR) for hours in (0, 1, 3)]
    practice.account.detach(practice.account.calendar("Home"))
    practice.poll_later(4)
    accounts.configure(
        practice.user, linked=None, conflicts=[Calendar.objects.get(name="Work")], now=practice.now
    )  # the lost one is unticked
    practice.poll_later(4)
    assert [span(booking)[2] for booking in bookings] == ["confirmed"] * 3
    assert (practice.proposals(), outbox.push_state(bookings[0])) == ([], "no_linked_calendar")
    work = Calendar.objects.get(name="Work")
    accounts.configure(practice.user, linked=work, conflicts=[], now=practice.now)
    assert placements.place_upcoming(practice.user, practice.now) == 3
    practice.push()
    practice.poll_later(3)
    assert practice.push() == []
    assert ({outbox.push_state(booking) for booking in bookings}, len(practice.account.calendar("Work").resources)) == (
        {"pushed"},
        3,
    )


# --- two staff members in one calendar -----------------------------------------------------------------------------


@pytest.fixture
def ben(practice: Practice) -> Practice:
    """Ben, who connected the same Apple ID and linked the same calendar."""
    user = UserFactory(username="ben", first_name="Ben", configuration__saved_at=None)
    office_hours(user)
    url, password = practice.icloud.entry_url, practice.account.new_app_password("Ben")
    connection = accounts.connect(user, username="anna@example.com", password=password, url=url, now=practice.now)
    home, work = (Calendar.objects.get(connection=connection, name=name) for name in ("Home", "Work"))
    accounts.configure(user, linked=home, conflicts=[work], now=practice.now)
    practice.service.staff.add(user)
    other = Practice(practice.icloud, practice.account, practice.phone, user, practice.service, connection)
    assert other.sync().error is None
    return other


def both(practice: Practice, ben: Practice, times: int = 1) -> None:
    for _ in range(times):
        practice.later()
        ben.now = practice.now
        practice.sync()
        ben.sync()


def span(booking: Booking) -> tuple[object, object, str]:
    booking.refresh_from_db()
    return (booking.start, booking.end, booking.status)


def test_what_was_booked_with_one_blocks_nobody_else_and_carries_the_name(practice: Practice, ben: Practice) -> None:
    first = practice.book()
    practice.push()
    both(practice, ben)
    second = ben.book()
    ben.push()
    both(practice, ben)
    titles = [practice.text(booking).partition("SUMMARY:")[2].partition("\r\n")[0] for booking in (first, second)]
    assert titles == ["Carla Client (Anna)", "Carla Client (Ben)"]
    assert (Proposal.objects.count(), len(practice.events())) == (0, 2)


def test_an_event_of_the_phone_blocks_both(practice: Practice, ben: Practice) -> None:
    practice.phone.add(practice.account.calendar("Home"), "Closed", berlin(1, 10), berlin(1, 11))
    practice.later(MINUTE)
    ben.now = practice.now
    for one in (practice, ben):
        with pytest.raises(actions.NotOpen, match="An event in “Home”"):
            one.book()


def test_a_move_on_the_phone_moves_the_booking_it_belongs_to_and_no_other(practice: Practice, ben: Practice) -> None:
    first, second = practice.booked(), ben.book()
    ben.push()
    both(practice, ben)
    practice.phone.move(practice.href(second), berlin(1, 14))
    both(practice, ben, 2)
    assert span(first) == (START, START + HOUR, "confirmed")
    assert span(second) == (utc(1, 13), utc(1, 14), "confirmed")
    assert Proposal.objects.count() == 0


def test_a_deletion_on_the_phone_is_asked_of_the_one_whose_booking_it_was(practice: Practice, ben: Practice) -> None:
    practice.booked()
    second = ben.book()
    ben.push()
    both(practice, ben)
    practice.phone.delete(practice.href(second))
    both(practice, ben, 3)
    assert ([kind for kind, _ in practice.proposals()], [kind for kind, _ in ben.proposals()]) == ([], ["deleted"])


def test_who_leaves_the_shared_account_leaves_the_others_booking_alone(practice: Practice, ben: Practice) -> None:
    first, second = practice.booked(), ben.book()
    ben.push()
    accounts.disconnect(ben.connection)
    practice.poll_later(3)
    assert span(first) == (START, START + HOUR, "confirmed")
    assert (practice.proposals(), span(second)[2]) == ([], "confirmed")


# --- a change that is still to be pushed ---------------------------------------------------------------------------


def test_a_rescheduled_booking_frees_its_old_time_before_its_event_has_moved(practice: Practice) -> None:
    booking = practice.booked()
    actions.reschedule(booking, start=START + 3 * HOUR, now=practice.now)
    assert practice.there(booking).start == START
    assert practice.book(START).start == START


def test_until_a_change_is_pushed_its_event_blocks_neither_the_old_time_nor_the_new_one(practice: Practice) -> None:
    booking = practice.booked()
    uid, later = practice.placement(booking).uid, START + 3 * HOUR
    actions.reschedule(booking, start=later, now=practice.now)
    both = [(later, later + HOUR), (START, START + HOUR)]
    assert own_spans(practice.user, START, later + HOUR) == {uid: both}
    practice.push()
    practice.sync()
    assert own_spans(practice.user, START, later + HOUR) == {uid: both[:1]}
