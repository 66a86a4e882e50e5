"""What a sync costs: requests by iCloud's own log, and queries."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from connections import dav
from tests.connections.engine import World, at
from tests.ics_text import event

FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
HOME = "PROPFIND /calendars/ 1 207"


def nothing(user_id: int, now: object, *, offline: bool) -> None:
    """What follows a sync where bookings are of no interest."""


def nobody(user_ids: object, now: object) -> list[int]:
    """For whom that would do something."""
    return []


@pytest.fixture(autouse=True)
def engine_alone(settings: Settings) -> None:
    settings.AFTER_SYNC = f"{__name__}.nothing"
    settings.WAITING_FOR_SYNC = f"{__name__}.nobody"


def statements(captured: CaptureQueriesContext) -> list[str]:
    """Verb and table of every query except those that only frame a transaction."""
    queries = [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(FRAME)]
    queries = [sql.partition(" times: ")[2] or sql for sql in queries]  # one statement with many rows
    return [_short(sql) for sql in queries]


def _short(sql: str) -> str:
    verb, table = sql.split()[0], re.search(r'"(connections_\w+)"', sql)
    return f"{verb} {table[1] if table else sql}"


@pytest.mark.parametrize("calendars", [1, 3, 20])
def test_a_poll_without_change_is_one_request_and_six_queries(world: World, calendars: int) -> None:
    names = [f"Calendar {number}" for number in range(calendars)]
    for name in names:
        world.account.add_calendar(name)
    world.sync()
    world.choose(*names)
    world.sync()
    world.asked()
    with CaptureQueriesContext(database) as captured:
        [report] = world.poll()
    assert world.asked() == [HOME]
    assert (report.requests, report.unfinished, report.error) == (1, False, None)
    assert statements(captured) == [
        "SELECT connections_connection",  # whether the one that waits longest is to be polled alone
        "UPDATE connections_connection",  # lease
        "SELECT connections_calendar",  # those that need more than to be known
        "SELECT connections_connection",  # what must be known of it to ask
        "UPDATE connections_connection",  # give back
        "UPDATE connections_calendar",  # known as of now
    ]
    assert {row.fresh_at for row in world.connection.calendars.filter(is_conflict_calendar=True)} == {world.now}


def test_a_sync_without_change_costs_the_same_as_a_poll(world: World) -> None:
    with CaptureQueriesContext(database) as captured:
        report = world.sync()
    assert (world.asked(), report.requests, len(statements(captured))) == ([HOME], 1, 4)


def fill(world: World, count: int) -> list[str]:
    """So many events, put there at once."""
    work = world.theirs("Work")
    with world.account.store.lock:
        return [work.put(f"{n}.ics", event(f"EVENT-{n}")) for n in range(count)]


def test_one_changed_event_among_5000_takes_three_requests(world: World) -> None:
    paths = fill(world, 5000)
    first = world.sync()
    while first.unfinished:
        first = first.plus(world.sync(after=1))
    assert (first.changed, first.requests < 102, len(world.known())) == (5000, True, 5000)
    world.asked()
    world.phone.move(paths[4321], at(10))
    with CaptureQueriesContext(database) as captured:
        [found] = world.poll()
        report = world.sync(after=1, probed=True)
    assert world.asked() == [
        HOME,
        "sync-collection /calendars/work/ 0 207",
        "calendar-multiget /calendars/work/ 207",
    ]
    assert (found.unfinished, report.changed, report.removed, report.unfinished) == (True, 1, 0, False)
    assert world.known() == world.there()
    assert len(statements(captured)) == 25
    assert world.sync().requests == 1


def test_storing_1000_events_takes_no_query_for_each(world: World) -> None:
    fill(world, 1000)
    world.connection.note_limits(dav.Limits(50, 3), world.now)
    with CaptureQueriesContext(database) as captured:
        report = world.sync()
    counted = Counter(statements(captured))
    assert (report.changed, report.requests) == (1000, 22)
    assert sum(counted.values()) == 26
    assert len(world.known()) == 1000
