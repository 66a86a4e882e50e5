"""Calendars whose events cost much to read: every sync makes progress, and the others are not kept waiting."""

from __future__ import annotations

import pytest

from connections.freshness import FreshnessState
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
