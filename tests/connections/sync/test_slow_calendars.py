"""Calendars whose events cost much to read: every sync makes progress, and the others are not kept waiting."""

from __future__ import annotations

import pytest

from connections.freshness import FreshnessState
from connections.models import Calendar
from connections.sync import calendar
from tests.connections.engine import World, at
from tests.ics_text import event

MINUTES = ",".join(map(str, range(60)))
BOMB = f"RRULE:FREQ=MINUTELY;INTERVAL=7;COUNT=1000000000;BYMINUTE={MINUTES};BYHOUR=1;BYSECOND=1"


def bomb(uid: str) -> bytes:
    """An event with a rule that has a billion times, most of them before the window."""
    return event(uid).replace(
        b"DTSTART:20261201T100000Z\r\nDTEND:20261201T110000Z", b"DTSTART:19000101T000000Z\r\n" + BOMB.encode()
    )


@pytest.fixture
def slow(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Work has three events, and reading any event takes longer than a calendar may take in one sync."""
    monkeypatch.setattr(calendar, "MAX_READING_SECONDS", 0.0)
    for number in range(3):
        world.theirs("Work").put(f"{number}.ics", event(f"EVENT-{number}"))
    return world


def test_what_was_read_of_a_slow_calendar_is_stored_and_the_next_sync_goes_on(slow: World) -> None:
    counts = []
    for _ in range(4):
        report = slow.sync(after=0)
        counts.append((report.changed, report.unfinished, len(slow.known()), slow.connection.next_sync_at == slow.now))
    assert counts == [(1, True, 1, True), (1, True, 2, True), (1, True, 3, True), (0, False, 3, False)]
    assert slow.known() == slow.there()


def test_a_calendar_that_is_not_finished_is_not_fresh(slow: World) -> None:
    known_at = slow.calendar().fresh_at
    for _ in range(3):
        slow.sync(after=0)
        assert slow.calendar().fresh_at == known_at
    slow.sync(after=600)
    assert (slow.calendar().fresh_at, slow.freshness().state) == (slow.now, FreshnessState.FRESH)


def test_the_other_calendars_of_the_account_are_read_in_the_same_sync(slow: World) -> None:
    slow.choose("Work", "Home")
    home = slow.add("Dentist", at(10), calendar="Home")
    slow.sync(after=0)
    assert (len(slow.known("Work")), list(slow.known("Home"))) == (1, [home])


def test_each_calendar_gets_its_share_of_a_turn(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.choose("Work", "Home")
    clock, late = calendar.time.monotonic, []
    for name in ("Work", "Home"):
        for number in range(120):
            world.theirs(name).put(f"{number}.ics", event(f"{name}-{number}"))
    read = calendar.apply.read_event

    def read_slowly(*given: object) -> object:
        late.append(0.1)  # seconds
        return read(*given)

    monkeypatch.setattr(calendar.apply, "read_event", read_slowly)
    monkeypatch.setattr("connections.sync.calendar.time.monotonic", lambda: clock() + sum(late))
    report = world.sync()
    # Each has five seconds and one more for what had been asked for before, which is a chunk of 50.
    assert (report.unfinished, 55 <= len(world.known("Home")) <= 61, 40 <= len(world.known("Work")) <= 61) == (
        True,
        True,
        True,
    )


def test_calendars_that_fail_come_after_the_others_and_are_not_tried_again_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connections.sync.run.MAX_TURN_SECONDS", 0)
    world.choose("Home", "Work")
    world.sync(after=0)
    world.sync(after=0)
    Calendar.objects.filter(name="Home").update(error_code="server_refused")
    dentist = world.add("Dentist", at(10))
    world.asked()
    report = world.sync()
    assert (list(world.known()), report.unfinished) == ([dentist], False)
    assert [line.split()[1] for line in world.asked() if "REPORT" in line or "sync-collection" in line] == [
        "/calendars/work/"
    ]
    assert world.connection.next_sync_at > world.now


def test_before_a_booking_no_event_is_read_after_the_deadline(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        world.theirs("Work").put(f"{number}.ics", event(f"EVENT-{number}"))
    read = calendar.apply.read_event
    clock = calendar.time.monotonic
    late = []

    def read_slowly(*given: object) -> object:
        late.append(60.0)  # seconds
        return read(*given)

    monkeypatch.setattr(calendar.apply, "read_event", read_slowly)
    monkeypatch.setattr("connections.sync.calendar.time.monotonic", lambda: clock() + sum(late))
    known_at = world.calendar().fresh_at
    world.refresh(seconds=4)
    assert (len(late), len(world.known()), world.calendar().fresh_at) == (1, 1, known_at)
    assert world.freshness().state == FreshnessState.STALE


def test_many_hostile_events_are_all_read_and_named_as_problems(world: World) -> None:
    for number in range(28):
        world.theirs("Work").put(f"{number}.ics", bomb(f"BOMB-{number}"))
    report = world.sync()
    assert (report.changed, report.problems, report.unfinished, report.seconds < 10) == (28, 28, False, True)
