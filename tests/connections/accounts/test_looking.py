"""What calendars would block: read from the tables, or asked right now of those that were never read."""

from __future__ import annotations

from collections.abc import Collection

import pytest

from connections import accounts
from connections.models import Calendar, Event, SyncRun
from tests.connections.engine import BERLIN, World, at

WEEK = (at(0, day=1), at(0, day=8))
LIMIT = 0.3  # seconds; a slow server takes longer
PATIENCE = 20.0  # seconds; not used up unless the machine is very busy


def blocked(
    world: World, *names: str, own: Collection[str] = (), seconds: float = PATIENCE, **rules: object
) -> dict[str, list[str] | None]:
    """By name of the calendar: when it would block in the first week of December, in Berlin."""
    rows = [Calendar.objects.select_related("connection").get(name=name) for name in names]
    for row in rows:
        for name, value in rules.items():
            setattr(row, name, value)
    found = accounts.preview(rows, WEEK, zone=BERLIN, own=own, now=world.now, seconds=seconds)
    return {
        str(one.calendar): one.blocked
        if one.blocked is None
        else [f"{span.start.astimezone(BERLIN):%d %H:%M}-{span.end.astimezone(BERLIN):%H:%M}" for span in one.blocked]
        for one in found
    }


def test_a_calendar_that_was_read_is_looked_up_without_a_request(world: World) -> None:
    world.add("Choir", at(10, day=2))
    world.add("Maybe", at(12, day=2), free=True)
    world.add("Later", at(10, day=9))
    world.sync()
    world.asked()
    assert blocked(world, "Work") == {"Work": ["02 10:00-11:00"]}
    assert world.asked() == []


def test_a_calendar_that_was_never_read_is_asked_for_with_one_request_and_nothing_is_kept(world: World) -> None:
    world.add("Dentist", at(11, day=3), calendar="Home")
    world.add("Choir", at(10, day=2), calendar="Home", rule="FREQ=DAILY;COUNT=2")
    world.add("Later", at(10, day=20), calendar="Home")
    kept = Event.objects.count(), SyncRun.objects.count()
    world.asked()
    assert blocked(world, "Home", "Work") == {
        "Home": ["02 10:00-11:00", "03 10:00-11:00", "03 11:00-12:00"],
        "Work": [],
    }
    assert world.asked() == ["calendar-query /calendars/home/ 1 207"]
    assert (Event.objects.count(), SyncRun.objects.count()) == kept


def test_the_rules_that_are_set_on_the_calendar_count_and_not_the_stored_ones(world: World) -> None:
    world.add("Crete", at(0, day=4).date(), calendar="Home")
    world.add("Fair", at(0, day=5).date())
    world.sync()
    assert blocked(world, "Home", "Work") == {"Home": [], "Work": []}
    assert blocked(world, "Home", "Work", all_day_rule="always") == {
        "Home": ["04 00:00-00:00"],
        "Work": ["05 00:00-00:00"],
    }


def test_events_of_kalends_itself_are_left_out(world: World) -> None:
    for name in ("Home", "Work"):
        world.add("Client", at(10, day=2), calendar=name)
    files = [one.data for name in ("Home", "Work") for one in world.theirs(name).resources.values()]
    uids = [line[4:].decode() for data in files for line in data.splitlines() if line.startswith(b"UID:")]
    world.sync()
    assert blocked(world, "Home", "Work", own=uids) == {"Home": [], "Work": []}


def test_a_calendar_that_answers_too_late_is_left_out_and_the_page_waits_no_longer(world: World) -> None:
    world.icloud.faults.slow(5, method="REPORT", times=None)
    assert blocked(world, "Home", "Work", seconds=LIMIT) == {"Home": None, "Work": []}


@pytest.mark.parametrize("fault", ["unauthorized", "refuse"])
def test_an_account_that_refuses_is_left_out_and_nobody_is_alarmed(world: World, fault: str) -> None:
    getattr(world.icloud.faults, fault)(times=None)
    assert blocked(world, "Home", "Team", "Work") == {"Home": None, "Team": None, "Work": []}
    assert (world.connection.needs_attention, world.connection.error_code) == (False, "")


def test_a_single_401_is_asked_again(world: World) -> None:
    world.icloud.faults.unauthorized(times=1)
    assert blocked(world, "Home") == {"Home": []}


def test_an_account_that_needs_a_person_is_not_asked(world: World) -> None:
    world.account.revoke_all()
    world.sync()
    world.asked()
    assert (blocked(world, "Home"), world.asked()) == ({"Home": None}, [])
