"""Calendars that come, go and change hands; passwords that end; servers that want to be left alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from bookings import actions
from bookings.models import Booking
from connections import accounts
from connections.models import Calendar, Connection, Event
from connections.sync.poll import poll_due
from connections.sync.state import lease
from tests.bookings.practice import HOUR, Practice, berlin
from tests.factories import START
from tests.traps.conftest import Start
from tests.traps.looking import WELL, asked, blocked, differences, row, state, times

CONFIGURATION = "/calendars/settings/configuration/"


def pause(practice: Practice) -> int | None:
    """Whole seconds until the next sync; None if nobody will ask."""
    at = Connection.objects.get(pk=practice.connection.pk).next_sync_at
    return at if at is None else int((at - practice.now).total_seconds())


def read_event(practice: Practice) -> str:
    """An event in Work, read."""
    href = practice.phone.add(practice.account.calendar("Work"), "Dentist", berlin(1, 14))
    practice.poll_later()
    return href


# --- T33 --------------------------------------------------------------------------------------------------


def test_t33_only_calendars_for_events_are_offered_and_only_writable_ones_as_linked(practice: Practice) -> None:
    practice.account.add_subscription("Holidays", "https://example.com/holidays.ics")
    practice.account.add_calendar("Errands", components=("VTODO",))
    practice.account.add_calendar("Shared", shared=True, read_only=False)
    practice.poll_later()
    offered = {one.name: one.writable for one in Calendar.objects.all()}
    assert offered == {"Home": True, "Work": True, "Team": False, "Shared": True}
    with pytest.raises(accounts.ConfigurationRefused, match="read-only"):
        accounts.configure(practice.user, linked=row("Team"), conflicts=[], now=practice.now)


@pytest.mark.parametrize("seen_first", [True, False])
def test_t33_a_linked_calendar_that_became_read_only_is_not_written_to_for_ever(
    practice: Practice, seen_first: bool
) -> None:
    booking = practice.book()
    practice.account.calendar("Home").make_read_only()
    if seen_first:
        practice.poll_later()
        assert row("Home").writable is False
    practice.icloud.log.clear()
    for _ in range(4):
        practice.push()
        practice.poll_later()
    assert len(practice.icloud.log.matching(method="PUT")) <= 1
    placement = practice.placement(booking)
    assert (placement.state, placement.error_code, row("Home").writable) == ("no_linked_calendar", "read_only", False)


# --- T34 --------------------------------------------------------------------------------------------------


def test_t34_the_page_says_that_subscribed_calendars_block_nothing(
    practice: Practice, client: Client, time_machine: Any
) -> None:
    time_machine.move_to(practice.now)
    practice.account.add_subscription("Holidays", "https://example.com/holidays.ics")
    practice.poll_later()
    client.force_login(practice.user)
    page = " ".join(client.get(CONFIGURATION).content.decode().split())
    assert ("Kalends cannot see them, so they never block" in page, "Holidays" in page) == (True, False)


# --- T35 --------------------------------------------------------------------------------------------------


def test_t35_a_renamed_calendar_is_the_same_calendar(practice: Practice) -> None:
    read_event(practice)
    before = row("Work")
    practice.account.calendar("Work").rename("Practice")
    practice.account.calendar("Home").rename("Work")
    practice.poll_later()
    after = row("Practice")
    assert (after.pk, after.path, after.is_conflict_calendar, times("Practice")) == (
        before.pk,
        before.path,
        True,
        ["01 14:00-15:00"],
    )
    assert (Event.objects.count(), state(practice)) == (1, WELL)


@pytest.mark.parametrize("removed", ["404", "410", "403"])
def test_t35_a_calendar_that_vanishes_keeps_blocking_and_ends_confirmed_sales(start: Start, removed: str) -> None:
    practice = start(removed_calendar=removed)
    read_event(practice)
    practice.account.calendar("Work").remove()
    practice.poll_later(2)
    gone = {"404": "calendar_gone", "410": "calendar_gone", "403": "calendar_withdrawn"}[removed]
    assert (row("Work").error_code, times(), blocked(practice)) == (gone, ["01 14:00-15:00"], ["01 14:00-15:00"])
    with pytest.raises(actions.NotOpen):
        practice.book(berlin(1, 14))
    practice.poll_later(13)
    assert (state(practice), practice.book().status) == ((gone, False, "stale"), "pending")


def test_t35_a_calendar_of_the_same_name_is_another_calendar(practice: Practice) -> None:
    read_event(practice)
    old = row("Work").path
    practice.account.calendar("Work").remove()
    practice.account.add_calendar("Work")
    practice.poll_later()
    rows = list(
        Calendar.objects.filter(name="Work").values_list("path", "is_conflict_calendar", "asked_about").order_by("pk")
    )
    assert rows == [(old, True, True), (practice.account.calendar("Work").path, False, False)]
    assert blocked(practice) == ["01 14:00-15:00"]


# --- T36 --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("joined", [True, False])
def test_t36_after_a_confirmed_401_nobody_asks_until_there_is_a_new_password(
    start: Start, client: Client, time_machine: Any, joined: bool
) -> None:
    practice = start(joined_challenges=joined)
    href = read_event(practice)
    practice.account.change_main_password()
    practice.icloud.log.clear()
    practice.poll_later()
    assert (asked(practice), pause(practice)) == (["PROPFIND calendars"] * 2, None)
    practice.poll_later(3)
    poll_due(practice.now + timedelta(days=1))
    booking = practice.book(START + HOUR)
    assert (len(practice.icloud.log), practice.push()) == (2, [])
    time_machine.move_to(practice.now)
    client.force_login(practice.user)
    page = client.get(f"/calendars/settings/connections/{practice.connection.pk}/").content.decode()
    assert "Apple no longer accepts the app-specific password of anna@example.com" in page
    practice.phone.move(href, berlin(1, 16))
    connection = Connection.objects.get(pk=practice.connection.pk)
    accounts.reconnect(connection, password=practice.account.new_app_password(), now=practice.now)
    assert (state(practice), times(), practice.placement(booking).state) == (WELL, ["01 16:00-17:00"], "pushed")


@pytest.mark.parametrize(
    ("told", "code", "person"),
    [("401", "unauthorized", True), ("403", "home_refused", False), ("503", "throttled", False)],
)
def test_t36_a_locked_account_frees_nothing_and_comes_back(start: Start, told: str, code: str, person: bool) -> None:
    practice = start(locked_account=told)
    read_event(practice)
    practice.account.lock()
    practice.poll_later(2)
    assert (state(practice)[:2], times()) == ((code, person), ["01 14:00-15:00"])
    practice.account.lock(False)
    if not person:
        practice.later(HOUR)
        practice.sync()
        assert (state(practice), differences(practice)) == (WELL, {})


# --- T37 --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("steady")
@pytest.mark.parametrize("status", [429, 503])
def test_t37_pauses_grow_and_a_short_retry_after_does_not_shorten_them(practice: Practice, status: int) -> None:
    practice.icloud.faults.status(status, retry_after="1", times=None)
    found = []
    for _ in range(6):
        practice.later(timedelta(seconds=pause(practice) or 0) + timedelta(seconds=5))
        practice.sync()
        found.append(pause(practice))
    assert found == [300, 600, 1200, 2400, 3600, 3600]


@pytest.mark.usefixtures("steady")
@pytest.mark.parametrize("status", [429, 503])
def test_t37_a_long_retry_after_is_a_minimum_for_polls_and_pushes(practice: Practice, status: int) -> None:
    practice.icloud.faults.status(status, retry_after="7200")
    practice.later()
    practice.sync()
    practice.book()
    practice.icloud.log.clear()
    practice.later()
    practice.sync()
    assert (pause(practice), practice.push(), asked(practice)) == (7200 - 300, [], [])


def test_t37_an_account_over_its_budget_is_left_alone_and_read_later(start: Start) -> None:
    practice = start()
    practice.icloud.switches.requests_per_minute = 4
    for number in range(120):
        practice.phone.add(practice.account.calendar("Work"), f"Event {number}", berlin(1 + number % 28, 14))
    for _ in range(4):
        practice.later(timedelta(hours=1))
        practice.sync()
    assert (state(practice), differences(practice)) == (WELL, {})


def test_t37_one_account_is_never_synced_twice_at_once(practice: Practice) -> None:
    practice.later()
    held = lease(Connection.objects.all(), practice.now)
    practice.icloud.log.clear()
    report = practice.sync()
    assert (len(held), report.busy, poll_due(practice.now), asked(practice)) == (1, True, [], [])
    practice.later(timedelta(minutes=10))
    assert (practice.sync().busy, state(practice)) == (False, WELL)  # a claim that nobody gives back runs out


# --- T38 --------------------------------------------------------------------------------------------------


def test_t38_an_event_of_a_second_ago_prevents_the_booking(practice: Practice) -> None:
    practice.later(timedelta(minutes=4))
    practice.phone.add(practice.account.calendar("Work"), "Dentist", START, START + HOUR)
    with pytest.raises(actions.NotOpen, match="An event in “Work”"):
        practice.book()
    assert Booking.objects.count() == 0


def test_t38_the_question_before_a_booking_waits_for_the_home_alone_when_nothing_changed(practice: Practice) -> None:
    practice.later()
    practice.icloud.log.clear()
    practice.book()
    beside = {"sync-collection home", "sync-collection work"}  # asked for ahead, in case something changed
    assert [request for request in asked(practice) if request not in beside] == ["PROPFIND calendars"]


DOWN: dict[str, Callable[[Practice], object]] = {
    "503": lambda practice: practice.icloud.down(),
    "closed": lambda practice: practice.icloud.down(how="close"),
    "slow": lambda practice: practice.icloud.faults.slow(5, times=None),
    "drip": lambda practice: practice.icloud.faults.drip(1, 1, times=None),
    "page": lambda practice: practice.icloud.faults.html(times=None),
}


@pytest.mark.parametrize("how", DOWN)
@pytest.mark.parametrize(("minutes", "status"), [(10, "confirmed"), (61, "pending")])
def test_t38_with_icloud_down_a_booking_has_a_defined_answer(
    practice: Practice, settings: Any, how: str, minutes: int, status: str
) -> None:
    settings.FRESHNESS_DEADLINE_SECONDS = 0.2
    read_event(practice)
    practice.later(timedelta(minutes=minutes))
    DOWN[how](practice)
    booking = practice.book()
    assert booking.status == status
    with pytest.raises(actions.NotOpen):
        practice.book(berlin(1, 14))
    practice.icloud.up()
    practice.icloud.faults.clear()
    practice.later(HOUR)
    practice.sync()
    booking.refresh_from_db()
    assert (booking.status, state(practice)) == ("confirmed", WELL)
