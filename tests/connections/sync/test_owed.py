"""Events that are listed and cannot be read: owed, asked for again, and never taken for deleted."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.connections.engine import World, at
from tests.ics_text import event

HOUR = 3600


def owed(world: World) -> list[tuple[str, int, timedelta]]:
    """Title, attempts and the pause from now on of every owed event."""
    rows = world.calendar().events.pending().order_by("summary")
    return [(row.summary, row.pending_attempts, row.pending_next_at - world.now) for row in rows]


@pytest.mark.parametrize("how", ["missing", "left-out", "empty", "error"])
def test_a_member_that_is_listed_and_cannot_be_read_is_owed_and_the_rest_goes_on(world: World, how: str) -> None:
    bad = world.add("Bad", at(10))
    world.add("Good", at(12))
    world.theirs("Work").spoil(bad, how)
    report = world.sync()
    assert (report.changed, report.problems, report.error, world.seen()) == (
        1,
        1,
        None,
        ["01.12. 12:00-13:00 Good BUSY"],
    )
    assert owed(world) == [("", 0, timedelta(seconds=10))]
    world.theirs("Work").heal(bad)
    assert (world.sync().changed, owed(world), world.known()) == (1, [], world.there())


@pytest.mark.parametrize("how", ["404", "404-propstat", "left-out", "empty-status"])
def test_a_404_inside_a_multiget_is_not_a_deletion(world: World, how: str) -> None:
    world.icloud.switches.multiget_missing = how
    href = world.add("Dentist", at(10))
    world.sync()
    world.phone.move(href, at(15))
    world.theirs("Work").spoil(href)
    report = world.sync()
    assert (report.removed, report.problems, world.seen()) == (0, 1, ["01.12. 10:00-11:00 Dentist BUSY"])
    world.theirs("Work").heal(href)
    world.sync()
    assert world.seen() == ["01.12. 15:00-16:00 Dentist BUSY"]


def test_the_token_moves_on_and_only_the_owed_event_is_asked_for_again(world: World) -> None:
    bad = world.add("Bad", at(10))
    world.theirs("Work").spoil(bad)
    world.sync()
    assert world.calendar().probe_token == world.calendar().listed_token
    assert (world.connection.next_sync_at - world.now).total_seconds() == 10
    world.asked()
    world.sync(after=10)
    assert world.asked() == ["PROPFIND /calendars/ 1 207", "calendar-multiget /calendars/work/ 207"]


def test_the_pauses_grow_up_to_an_hour(world: World) -> None:
    world.theirs("Work").spoil(world.add("Bad", at(10)))
    world.sync()
    pauses = []
    for _ in range(11):
        pause = world.calendar().events.get().pending_next_at - world.now
        pauses.append(pause.total_seconds())
        world.sync(after=pause.total_seconds())
    assert pauses == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]


def test_nobody_asks_before_the_pause_is_over(world: World) -> None:
    world.theirs("Work").spoil(world.add("Bad", at(10)))
    world.sync()
    world.asked()
    world.sync(after=9)
    assert world.asked() == ["PROPFIND /calendars/ 1 207"]


def test_a_calendar_that_owes_is_not_fresh_for_24_hours_and_then_it_is(world: World) -> None:
    world.theirs("Work").spoil(world.add("Bad", at(10)))
    good = world.calendar().fresh_at
    world.sync()
    since = world.now
    fresh_at = []
    for hours in (1, 12, 10, 0.99, 0.02):
        world.sync(after=hours * HOUR)
        fresh_at.append(world.calendar().fresh_at)
    assert fresh_at == [good, good, good, good, world.now]
    assert (world.event(next(iter(world.there()))).pending_since, world.connection.error_code) == (since, "")


def test_a_first_read_with_an_owed_event_counts_as_read_but_not_as_fresh(connected: World) -> None:
    connected.theirs("Work").spoil(connected.add("Bad", at(10)))
    connected.choose("Work")
    connected.sync()
    assert (connected.freshness().state, connected.freshness().as_of) == ("stale", None)
    assert (connected.freshness().bookable, connected.freshness().pending) == (True, True)


def test_an_owed_event_that_is_deleted_is_owed_no_more(world: World) -> None:
    bad = world.add("Bad", at(10))
    world.theirs("Work").spoil(bad)
    world.sync()
    world.phone.delete(bad)
    assert (world.sync().removed, owed(world), world.calendar().fresh_at) == (1, [], world.now)


def lag(world: World, shows: str) -> None:
    world.icloud.switches.lag_seconds = 30
    world.icloud.switches.lag_shows = shows


@pytest.mark.parametrize("shows", ["missing", "old"])
def test_a_read_that_lags_behind_the_listing_catches_up(world: World, shows: str) -> None:
    href = world.add("Dentist", at(10))
    world.sync()
    lag(world, shows)
    world.phone.move(href, at(15))
    report = world.sync()
    assert (world.seen(), report.removed) == (["01.12. 10:00-11:00 Dentist BUSY"], 0)
    assert (world.event(href).pending_etag, world.calendar().fresh_at == world.now) == (world.there()[href], False)
    world.sync(after=10)
    assert owed(world) == [("Dentist", 1, timedelta(seconds=20))]
    world.icloud.advance(30)
    world.sync(after=20)
    assert (world.seen(), owed(world)) == (["01.12. 15:00-16:00 Dentist BUSY"], [])
    assert (world.known(), world.calendar().fresh_at) == (world.there(), world.now)


def test_a_new_event_that_lags_is_seen_as_soon_as_it_can_be_read(world: World) -> None:
    lag(world, "old")
    world.add("Dentist", at(10))
    assert (world.sync().problems, world.seen()) == (1, [])
    world.icloud.advance(31)
    world.sync(after=10)
    assert (world.seen(), world.known()) == (["01.12. 10:00-11:00 Dentist BUSY"], world.there())


def test_an_event_changed_again_while_it_is_owed_ends_as_the_newest(world: World) -> None:
    href = world.add("Dentist", at(10))
    world.sync()
    lag(world, "old")
    world.phone.move(href, at(15))
    world.sync()
    world.phone.move(href, at(17))
    world.sync(after=10)
    world.icloud.advance(60)
    for _ in range(3):
        world.sync(after=60)
    assert (world.seen(), owed(world), world.known()) == (["01.12. 17:00-18:00 Dentist BUSY"], [], world.there())


def test_a_fifty_fold_gap_is_owed_in_few_queries(world: World, django_assert_max_num_queries: object) -> None:
    for hour in range(50):
        world.theirs("Work").spoil(world.add(f"Bad {hour}", at(10) + timedelta(hours=hour)))
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        assert world.sync().problems == 50
    assert len(owed(world)) == 50


def test_an_owed_event_in_a_calendar_that_is_gone_hurries_nobody(world: World) -> None:
    world.theirs("Work").spoil(world.add("Bad", at(10)))
    world.sync()
    world.theirs("Work").remove()
    world.sync(after=10)
    next_sync: datetime = world.connection.next_sync_at
    assert (next_sync - world.now).total_seconds() == 300


@pytest.mark.parametrize("number", [3, 7])
def test_events_that_all_make_the_server_fail_do_not_stop_their_calendar(world: World, number: int) -> None:
    """It still serves what it served before, so they are at fault and not the server."""
    world.add("Read before", at(8))
    world.sync()
    spoil = [world.add(f"Bad {hour}", at(9 + hour)) for hour in range(number)]
    for href in spoil:
        world.theirs("Work").spoil(href, "error")

    report = world.sync()
    assert (report.error, report.problems, len(owed(world))) == (None, number, number)

    world.add("Good", at(20))
    assert (world.sync(after=10).changed, world.calendar().error_code) == (1, "")
    for _ in range(5):
        report = world.sync(after=5 * HOUR)
    assert (report.error, world.freshness().state) == (None, "fresh")
    for href in spoil:
        world.theirs("Work").heal(href)
    world.sync(after=HOUR)
    assert (owed(world), world.known()) == ([], world.there())


def test_events_that_all_make_the_server_fail_in_an_account_that_was_never_read_are_the_servers_fault(
    connected: World,
) -> None:
    """There is no good copy of anything, so nothing is taken for read."""
    for hour in range(3):
        connected.theirs("Work").spoil(connected.add(f"Bad {hour}", at(9 + hour)), "error")
    connected.choose("Work")
    connected.sync()
    assert (connected.calendar().error_code, connected.freshness().state) == ("unavailable", "never_read")


def test_a_server_that_serves_no_event_at_all_is_not_believed_to_have_bad_ones(world: World) -> None:
    world.add("Read before", at(8))
    world.sync()
    for hour in range(3):
        world.add(f"New {hour}", at(9 + hour))
    world.icloud.faults.status(500, times=None, body="calendar-multiget")
    report = world.sync()
    assert (report.error and report.error.code, owed(world)) == ("unavailable", [])
    assert world.calendar().probe_token != world.calendar().listed_token


NO_TIMES = {
    "no calendar": b"garbage",
    "a page": b"<html>Service busy</html>",
    "cut off in DTSTART": event("A").partition(b"DTSTART")[0] + b"DTST",
    "cut off in the series": event("A").partition(b"END:VEVENT")[0],
    "nothing in it": b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n",
    "no DTSTART": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:A\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
}


@pytest.mark.parametrize("data", NO_TIMES.values(), ids=NO_TIMES)
def test_a_new_version_that_says_no_time_or_is_cut_off_is_owed_and_the_known_times_stay(
    world: World, data: bytes
) -> None:
    work = world.theirs("Work")
    href = work.put("1.ics", event("A"))
    world.sync()
    known = world.seen()
    work.put("1.ics", data)
    report = world.sync()
    assert (world.seen(), report.changed, report.problems) == (known, 0, 1)
    assert (world.event(href).pending_etag, world.freshness().state) == (world.there()[href], "stale")

    world.sync(after=10)
    assert (world.seen(), world.event(href).pending_attempts) == (known, 1)

    work.put("1.ics", event("A").replace(b"T10", b"T14").replace(b"T11", b"T15"))
    world.sync()
    assert (world.seen(), world.known()) == (["01.12. 15:00-16:00 Dentist BUSY"], world.there())
    assert (owed(world), world.freshness().state) == ([], "fresh")


def test_a_version_that_says_no_time_of_an_event_without_known_ones_is_stored_and_named(world: World) -> None:
    href = world.theirs("Work").put("1.ics", NO_TIMES["cut off in DTSTART"])
    report = world.sync()
    assert (report.changed, world.event(href).problem, owed(world)) == (1, "unreadable", [])
