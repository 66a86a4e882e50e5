"""Our own events: written once, patched, followed, never restored from a stale read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bookings import actions
from bookings.models import Booking, LinkedEvent
from bookings.push import placements
from connections import accounts
from connections.models import Event
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import START
from tests.traps.conftest import Start, turn
from tests.traps.looking import WELL, blocked, differences, every, named, row, state, writes

LAGS = every(lag_shows=["missing", "old"], multiget_missing=["404", "left-out"])
CONFLICTS = ["403", "403-precondition", "409", "412", "accepted"]


def settled(practice: Practice, booking: Booking) -> tuple[object, ...]:
    """A booking and its event after everything was said: time, state, where it stands, what waits for a decision."""
    booking.refresh_from_db()
    placement = practice.placement(booking)
    return booking.start, booking.status, placement.state, practice.there(booking).start, practice.proposals()


def everything_after(practice: Practice, polls: int = 3) -> None:
    """Polls and pushes until iCloud's lag and our pauses are over."""
    for _ in range(polls):
        practice.poll_later()
        practice.push()


# --- T15 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("switches", LAGS, ids=named)
@pytest.mark.parametrize("etag_on_put", [True, False])
def test_t15_a_stale_read_after_our_own_write_changes_nothing(
    start: Start, switches: dict[str, Any], etag_on_put: bool
) -> None:
    practice = start()
    booking = practice.booked()
    practice.later(timedelta(minutes=10))
    turn(practice.icloud, {**switches, "etag_on_put": etag_on_put, "lag_seconds": 400})
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    practice.push()
    for _ in range(2):
        practice.later(timedelta(seconds=70))
        practice.sync(full=True)
        practice.push()
        booking.refresh_from_db()
        assert (booking.start, booking.status, practice.proposals()) == (utc(1, 13), "confirmed", [])
    turn(practice.icloud, {"lag_seconds": 0})
    everything_after(practice)
    assert settled(practice, booking) == (utc(1, 13), "confirmed", "pushed", utc(1, 13), [])
    assert (practice.events(), differences(practice), state(practice)) == ([practice.href(booking)], {}, WELL)


def test_t15_an_etag_that_changes_by_itself_is_no_change_of_a_booking(practice: Practice) -> None:
    booking = practice.booked()
    for _ in range(3):
        practice.account.calendar("Home").housekeep()
        practice.poll_later()
    practice.icloud.log.clear()
    assert (practice.push(), writes(practice)) == ([], [])
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    assert practice.push() == ["pushed"]
    assert settled(practice, booking) == (utc(1, 13), "confirmed", "pushed", utc(1, 13), [])


# --- T16 --------------------------------------------------------------------------------------------------


def test_t16_without_an_etag_the_event_is_read_back(start: Start) -> None:
    practice = start(etag_on_put=False)
    booking = practice.booked()
    there = practice.account.calendar("Home").resources[practice.href(booking)].etag
    assert (practice.placement(booking).etag, differences(practice)) == (there, {})


@pytest.mark.parametrize("lag_shows", ["missing", "old"])
def test_t16_a_create_that_cannot_be_read_back_yet_is_tried_again_and_stays_one(start: Start, lag_shows: str) -> None:
    practice = start(etag_on_put=False, lag_seconds=200, lag_shows=lag_shows)
    booking = practice.book()
    practice.push()
    assert practice.placement(booking).state in ("retrying", "pushed")
    everything_after(practice)
    assert settled(practice, booking) == (START, "confirmed", "pushed", START, [])
    assert practice.events() == [practice.href(booking)]


# --- T17 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wildcard", ["backwards", "proper"])
def test_t17_every_write_names_the_version_it_means(start: Start, wildcard: str) -> None:
    practice = start(wildcard_if_match=wildcard)
    booking = practice.booked()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    practice.push()
    practice.poll_later()
    actions.cancel(booking, now=practice.now)
    practice.push()
    conditions = [
        (one.method, *one.conditions.items()) for one in practice.icloud.log if one.method in ("PUT", "DELETE")
    ]
    assert [(method, header, value[:1]) for method, (header, value) in conditions] == [
        ("PUT", "If-None-Match", "*"),
        ("PUT", "If-Match", '"'),
        ("DELETE", "If-Match", '"'),
    ]


def test_t17_an_event_deleted_on_the_phone_is_not_created_again_by_an_update(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    actions.reschedule(booking, start=utc(1, 13), now=practice.now, anyway=True)
    practice.push()
    assert practice.events() == []


# --- T18 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("no_end", ["404", "403"])
def test_t18_every_event_we_write_has_an_end(start: Start, no_end: str) -> None:
    practice = start(no_end=no_end)
    booking = practice.booked()
    without_end = [line for line in practice.text(booking).split("\r\n") if not line.startswith("DTEND")]
    home = practice.account.calendar("Home")
    home.put(home.name_of(practice.href(booking)), "\r\n".join(without_end).encode())
    practice.poll_later()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now, anyway=True)
    practice.push()
    for proposal in booking.proposals.open():  # type: ignore[attr-defined]
        actions.decide(proposal, choice="put_back", now=practice.now)
    practice.push()
    assert (practice.there(booking).start, practice.there(booking).end) == (utc(1, 13), utc(1, 14))
    assert (row("Home").gone_at, row("Home").writable) == (None, True)


def test_t18_what_we_write_passes_the_strictest_server(start: Start) -> None:
    practice = start(strict_content_type=True, strict_line_ends=True, strict_time_zones=True, odd_names="403")
    booking = practice.booked()
    practice.phone.annotate(practice.href(booking), "bring the file")
    practice.poll_later()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    assert practice.push() == ["pushed"]
    practice.poll_later()
    assert settled(practice, booking) == (utc(1, 13), "confirmed", "pushed", utc(1, 13), [])


@pytest.mark.parametrize("status", [404, 410])
def test_t18_a_404_to_a_create_does_not_disconnect_a_healthy_calendar(practice: Practice, status: int) -> None:
    booking = practice.book()
    practice.icloud.faults.status(status, method="PUT", times=2)  # by both hosts
    assert practice.push() == ["retrying"]
    everything_after(practice, 1)
    assert settled(practice, booking) == (START, "confirmed", "pushed", START, [])


# --- T19 --------------------------------------------------------------------------------------------------


def test_t19_an_event_deleted_by_its_owner_is_a_decision_and_no_glitch(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.delete(practice.href(booking))
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    practice.push()
    everything_after(practice)
    assert (practice.events(), [kind for kind, _ in practice.proposals()]) == ([], ["deleted"])
    booking.refresh_from_db()
    assert (booking.start, booking.status) == (utc(1, 13), "confirmed")


@pytest.mark.parametrize("removed", ["404", "410", "403"])
def test_t19_a_calendar_deleted_by_its_owner_cancels_and_recreates_nothing(start: Start, removed: str) -> None:
    practice = start(removed_calendar=removed)
    booking = practice.booked()
    practice.account.calendar("Home").remove()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now, anyway=True)
    assert practice.push() == ["no_linked_calendar"]
    practice.poll_later(3)
    booking.refresh_from_db()
    assert (booking.start, booking.status, practice.proposals()) == (utc(1, 13), "confirmed", [])


# --- T20 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("uid_conflict", CONFLICTS)
@pytest.mark.parametrize("fault", ["lost", "reset", "slow"])
def test_t20_a_create_whose_answer_is_lost_makes_one_event(
    start: Start, fault: str, uid_conflict: str, monkeypatch
) -> None:
    practice = start(uid_conflict=uid_conflict)
    monkeypatch.setattr("connections.push.session.PUSH_SECONDS", 0.2)
    booking = practice.book()
    uid = practice.placement(booking).uid
    getattr(practice.icloud.faults, fault)(*([0.5] if fault == "slow" else []), method="PUT", times=2)
    practice.push()
    practice.icloud.faults.clear()
    monkeypatch.setattr("connections.push.session.PUSH_SECONDS", 30)
    everything_after(practice, 1)
    assert settled(practice, booking) == (START, "confirmed", "pushed", START, [])
    assert (practice.placement(booking).uid, practice.events()) == (uid, [practice.href(booking)])


@pytest.mark.parametrize("choice", ["put_back", "accept"])
def test_t20_a_lost_create_that_the_phone_changed_is_asked_about(practice: Practice, choice: str) -> None:
    booking = practice.book()
    practice.icloud.faults.lost(method="PUT", times=2)
    practice.push()
    practice.phone.move(practice.href(booking), berlin(1, 14))
    everything_after(practice, 2)
    booking.refresh_from_db()
    assert ([kind for kind, _ in practice.proposals()], booking.start) == (["both_sides"], START)
    actions.decide(booking.proposals.get(), choice=choice, now=practice.now)  # type: ignore[attr-defined]
    everything_after(practice)
    decided = {"put_back": START, "accept": utc(1, 13)}[choice]
    assert settled(practice, booking) == (decided, "confirmed", "pushed", decided, [])
    assert practice.events() == [practice.href(booking)]


# --- T21 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("uid_conflict", CONFLICTS)
@pytest.mark.parametrize("uid_lag_seconds", [0, 600])
def test_t21_another_linked_calendar_gets_another_uid(start: Start, uid_conflict: str, uid_lag_seconds: int) -> None:
    practice = start(uid_conflict=uid_conflict, uid_lag_seconds=uid_lag_seconds)
    booking = practice.booked()
    old = practice.placement(booking).uid
    accounts.configure(practice.user, linked=row("Work"), conflicts=[row("Home")], now=practice.now)
    placements.place_upcoming(practice.user, practice.now)
    assert sorted(practice.push()) == ["pushed", "pushed"]
    practice.poll_later(2)
    new = practice.placement(booking)
    assert (new.uid == old, practice.events(), practice.proposals()) == (False, [new.href], [])


@pytest.mark.parametrize("uid_conflict", CONFLICTS[:-1])
def test_t21_a_lost_create_that_the_phone_moved_on_is_found_where_it_is(start: Start, uid_conflict: str) -> None:
    practice = start(uid_conflict=uid_conflict)
    booking = practice.book()
    practice.icloud.faults.lost(method="PUT", times=2)
    practice.push()
    new = practice.phone.move_to(practice.href(booking), practice.account.calendar("Work"))
    everything_after(practice)
    assert (practice.events(), practice.href(booking), practice.placement(booking).state) == ([new], new, "pushed")
    assert practice.proposals() == []


# --- T22 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("obeys", [True, False])
def test_t22_icloud_mails_nobody_in_the_staff_members_name(start: Start, obeys: bool) -> None:
    practice = start(honours_schedule_agent=obeys)
    invitation = practice.phone.receive_invitation(practice.account.calendar("Home"), "Meeting", berlin(2, 10))
    booking = practice.booked()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    practice.push()
    text = practice.text(booking).upper()
    actions.cancel(booking, now=practice.now)
    practice.push()
    practice.poll_later()
    words = ("ORGANIZER", "ATTENDEE", "METHOD", "CARLA@EXAMPLE.ORG")
    assert ([word for word in words if word in text], practice.icloud.scheduled) == ([], [])
    assert practice.events() == [invitation]


# --- T23 --------------------------------------------------------------------------------------------------


def test_t23_an_update_keeps_everything_the_phone_added(practice: Practice) -> None:
    booking = practice.booked()
    href = practice.href(booking)
    practice.phone.alarm(href, 30)
    practice.phone.travel(href, timedelta(minutes=20), timedelta(minutes=10))
    practice.phone.place(href, "Hauptstr. 1")
    practice.phone.annotate(href, "bring the file")
    home = practice.account.calendar("Home")
    attached = practice.text(booking).replace(
        "END:VEVENT", "ATTACH:https://example.com/a.pdf\r\nX-OWN:kept\r\nEND:VEVENT"
    )
    home.put(home.name_of(href), attached.encode())
    practice.poll_later()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now, anyway=True)
    practice.push()
    added = [
        "TRIGGER:-PT30M",
        "X-APPLE-TRAVEL-DURATION;VALUE=DURATION:PT20M",
        "X-APPLE-TRAVEL-RETURN-DURATION;VALUE=DURATION:PT10M",
        "LOCATION:Hauptstr. 1",
        "X-APPLE-STRUCTURED-LOCATION",
        "bring the file",
        "ATTACH:https://example.com/a.pdf",
        "X-OWN:kept",
    ]
    text = practice.text(booking).replace("\r\n ", "")
    assert ([line for line in added if line not in text], practice.there(booking).start) == ([], utc(1, 13))


def test_t23_nothing_is_written_but_our_own_events(practice: Practice) -> None:
    for name in ("Home", "Work"):
        practice.phone.add(practice.account.calendar(name), "Dentist", berlin(2, 14))
        practice.phone.add(practice.account.calendar(name), "Course", berlin(3, 9), rule="FREQ=DAILY;COUNT=3")
    practice.icloud.log.clear()
    bookings = [practice.booked(), practice.booked(START + 2 * HOUR)]
    actions.reschedule(bookings[0], start=utc(1, 14), now=practice.now)
    actions.cancel(bookings[1], now=practice.now)
    everything_after(practice)
    practice.sync(full=True)
    ours = set(LinkedEvent.objects.values_list("href", flat=True))
    assert ({path for _, path in writes(practice)}, len(writes(practice))) == (ours, 4)


# --- T24 --------------------------------------------------------------------------------------------------


def test_t24_an_event_that_the_phone_wrote_anew_is_still_ours(practice: Practice) -> None:
    booking = practice.booked()
    practice.phone.touch(practice.href(booking))
    practice.poll_later()
    assert "Kalends" not in practice.text(booking).replace("/bookings/", "").partition("BEGIN:VEVENT")[0]
    assert (practice.proposals(), practice.push(), blocked(practice)) == ([], [], [])
    practice.phone.move(practice.href(booking), berlin(1, 14))
    practice.poll_later()
    booking.refresh_from_db()
    assert booking.start == utc(1, 13)
    actions.reschedule(booking, start=utc(1, 9), now=practice.now)
    assert (practice.push(), practice.there(booking).start) == (["pushed"], utc(1, 9))
    assert Event.objects.get().whole is True
