"""What comes back of our own writes, what must not leak, and events that change places."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database

from bookings import actions
from bookings.models import LinkedEvent
from bookings.openings.search import openings_of
from connections import accounts
from connections.models import Calendar, Event
from tests.bookings.practice import HOUR, Practice, berlin, utc
from tests.factories import START
from tests.ics_text import event
from tests.servers import Served
from tests.traps.conftest import Start
from tests.traps.looking import WELL, blocked, differences, every, named, row, state, times, writes
from tests.traps.scripted import Server, customer

# --- T39 --------------------------------------------------------------------------------------------------

ECHOES = every(etag_on_put=[True, False], lag_shows=["missing", "old"], doubles_dtstamp=[True, False])


@pytest.mark.parametrize("switches", ECHOES, ids=named)
def test_t39_our_own_event_blocks_nothing_besides_its_booking_and_is_not_pushed_back(
    start: Start, switches: dict[str, Any]
) -> None:
    practice = start(**switches)
    shape = practice.service.shape
    day = utc(1, 7), utc(1, 18)
    free = {opening[0] for opening in openings_of(practice.user, shape, *day, now=practice.now).spans}
    booking = practice.booked()
    practice.icloud.log.clear()
    for full in (False, True):
        practice.later()
        assert practice.sync(full=full).changed == 0
    assert (practice.push(), writes(practice), blocked(practice), practice.proposals()) == ([], [], [], [])
    left = {opening[0] for opening in openings_of(practice.user, shape, *day, now=practice.now).spans}
    assert free - left == {at for at in free if booking.start - shape.duration < at < booking.end}


def test_t39_a_moved_booking_frees_its_old_time_at_once(practice: Practice) -> None:
    booking = practice.booked()
    actions.reschedule(booking, start=utc(1, 13), now=practice.now)
    practice.push()
    practice.poll_later()
    assert (blocked(practice), practice.book(START).status) == ([], "confirmed")


# --- T40 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("etags", [('"zzz"', '"aaa"'), ('"2"', '"10"'), ('"mws0gc5b"', '"0000000"')])
def test_t40_etags_have_no_order(db: None, web: Callable[..., Served], etags: tuple[str, str]) -> None:
    shop = customer(web, Server())
    for etag, hour in zip((*etags, etags[0]), (10, 12, 14), strict=True):
        shop.server.put("1.ics", event("A").replace(b"T10", f"T{hour}".encode()).replace(b"T11", b"T16"), etag)
        shop.sync()
        assert (Event.objects.get().etag, times("Work")) == (etag, [f"01 {hour + 1}:00-17:00"])


# --- T41 --------------------------------------------------------------------------------------------------

PLACES = {
    "home": {"method": "PROPFIND"},
    "delta": {"body": "sync-collection"},
    "members": {"body": "calendar-multiget"},
}


@pytest.mark.parametrize("status", [200, 207, 400, 502])
@pytest.mark.parametrize("place", PLACES)
def test_t41_a_web_page_is_no_calendar_and_frees_nothing(practice: Practice, place: str, status: int) -> None:
    work = practice.account.calendar("Work")
    practice.phone.add(work, "Dentist", berlin(1, 14))
    practice.poll_later()
    practice.phone.add(work, "Lunch", berlin(1, 12))
    practice.icloud.faults.html(status, times=None, **PLACES[place])
    practice.poll_later(2)
    known = differences(practice) == {}  # a 400 to a delta is asked about in another way
    assert (known, "01 14:00-15:00" in times()) == ((place, status) == ("delta", 400), True)
    assert (row("Work").fresh_at == practice.now) is known
    practice.icloud.faults.clear()
    practice.later(HOUR)
    practice.sync()
    assert (state(practice), differences(practice)) == (WELL, {})


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("status", [200, 400, 502])
def test_t41_a_web_page_is_no_receipt(practice: Practice, method: str, status: int) -> None:
    booking = practice.booked() if method == "DELETE" else practice.book()
    if method == "DELETE":
        actions.cancel(booking, now=practice.now)
    practice.icloud.faults.html(status, method=method)
    assert practice.push() == ["retrying"]
    practice.later()
    assert practice.push() == ["pushed"]
    assert practice.events() == ([] if method == "DELETE" else [practice.href(booking)])


# --- T42 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["none", "401", "500", "bug"])
def test_t42_neither_passwords_nor_titles_are_logged_or_stored_in_the_clear(
    practice: Practice,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
) -> None:
    password = practice.account.new_app_password()
    with caplog.at_level(logging.DEBUG):
        accounts.reconnect(practice.connection, password=password, now=practice.now)
        practice.phone.add(practice.account.calendar("Work"), "Very private", berlin(1, 14))
        if trouble == "401":
            practice.icloud.faults.unauthorized(times=4)
        elif trouble == "500":
            practice.icloud.faults.html(500, times=4)
        elif trouble == "bug":
            monkeypatch.setattr("connections.sync.apply.ReadContext.expand", lambda context, text: 1 / 0)
        practice.booked() if trouble == "none" else practice.poll_later()
    said = caplog.text
    assert [word for word in (password, "Authorization", "Basic ", "Very private", "Carla") if word in said] == []
    with database.cursor() as cursor:
        cursor.execute("SELECT password FROM connections_connection")
        stored = [bytes(value) if isinstance(value, memoryview) else value for (value,) in cursor.fetchall()]
    assert [value for value in stored if password in str(value)] == []
    assert password not in repr(practice.connection) + str(practice.connection)


# --- T43 --------------------------------------------------------------------------------------------------


def test_t43_a_hundred_calendars_are_one_request_and_none_is_ever_made(practice: Practice) -> None:
    for number in range(96):
        practice.account.add_calendar(f"Calendar {number}")
    practice.poll_later()
    practice.icloud.log.clear()
    practice.poll_later()
    assert (len(practice.icloud.log), Calendar.objects.count()) == (1, 99)
    booking = practice.booked()
    actions.cancel(booking, now=practice.now)
    practice.push()
    used = {one.method for one in practice.icloud.log}
    assert used <= {"PROPFIND", "REPORT", "GET", "PUT", "DELETE"}


@pytest.mark.parametrize(
    ("status", "code"), [(413, "too_large"), (507, "unavailable"), (403, "read_only"), (409, "uid_elsewhere")]
)
def test_t43_a_full_account_loses_no_booking_and_the_event_comes_when_there_is_room(
    practice: Practice, status: int, code: str
) -> None:
    booking = practice.book()
    practice.icloud.faults.status(status, method="PUT", times=2)
    practice.push()
    assert (practice.placement(booking).error_code, practice.placement(booking).attempts > 0) == (code, True)
    practice.icloud.faults.clear()
    practice.later(timedelta(hours=7))
    practice.sync()
    assert (practice.push(), practice.events()) == (["pushed"], [practice.href(booking)])


# --- T44 --------------------------------------------------------------------------------------------------


def test_t44_events_are_updated_in_place_and_never_written_anew(practice: Practice) -> None:
    booking = practice.booked()
    href, uid = practice.href(booking), practice.placement(booking).uid
    practice.icloud.log.clear()
    for hour in (10, 11, 12):
        actions.reschedule(booking, start=utc(1, hour), now=practice.now)
        practice.push()
        practice.poll_later()
        practice.sync(full=True)
    assert writes(practice) == [("PUT", href)] * 3
    assert (practice.events(), practice.there(booking).uid, LinkedEvent.objects.count()) == ([href], uid, 1)


# --- T45 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("failing", ["", "home", "work"])
@pytest.mark.parametrize("linked", ["Home", "Work"])
def test_t45_an_event_moved_between_two_calendars_is_no_cancellation_in_either_order(
    practice: Practice, linked: str, failing: str
) -> None:
    other = {"Home": "Work", "Work": "Home"}[linked]
    accounts.configure(practice.user, linked=row(linked), conflicts=[row(other)], now=practice.now)
    practice.sync()
    booking = practice.book()
    practice.push()
    practice.poll_later()
    new = practice.phone.move_to(practice.href(booking), practice.account.calendar(other))
    if failing:
        practice.icloud.faults.status(500, path=f"/{failing}/", method="REPORT", times=None)
        practice.poll_later(3)
        booking.refresh_from_db()
        assert (booking.status, practice.proposals()) == ("confirmed", [])
        practice.icloud.faults.clear()
    practice.later(HOUR)
    practice.sync()
    practice.poll_later(2)
    booking.refresh_from_db()
    assert (booking.status, booking.start, practice.href(booking)) == ("confirmed", START, new)
    assert (practice.proposals(), practice.push(), blocked(practice), differences(practice)) == ([], [], [], {})
