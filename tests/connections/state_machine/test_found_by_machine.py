"""What the state machine has found, each as short as it could be made."""

from __future__ import annotations

import pytest

from tests.connections.engine import World, at

NOTHING = b'<?xml version="1.0"?><multistatus xmlns="DAV:"/>'


def test_a_calendar_that_the_home_does_not_list_any_more_is_not_called_fresh_by_the_poll(world: World) -> None:
    known_up_to = world.calendar("Work").fresh_at
    world.theirs("Work").remove()

    report = world.poll()[0]

    assert (report.look_again, world.calendar("Work").fresh_at) == (True, known_up_to)


def test_a_calendar_is_called_fresh_as_of_the_listing_not_of_the_sync_that_followed_it(world: World) -> None:
    """The poll saw that Home had changed; the task for it comes 20 seconds later and trusts the poll's listing."""
    world.choose("Home", "Work")
    world.sync()
    world.phone.add(world.theirs("Home"), "Seen", at(9))
    polled_at = world.poll()[0] and world.now
    world.add("Made since", at(10))

    world.sync(after=20, probed=True)

    assert (world.calendar("Work").fresh_at, world.seen()) == (polled_at, ["01.12. 09:00-10:00 Seen BUSY"])


def test_an_answer_without_anything_in_it_is_not_taken_for_an_empty_calendar(connected: World) -> None:
    """Not even at the first reading, when there is nothing that could vanish."""
    href = connected.add("There", at(9))
    connected.choose("Work")
    connected.icloud.faults.body(NOTHING, path="/work/", times=2)

    connected.sync()
    assert (connected.calendar().error_code, connected.freshness().bookable) == ("not_caldav", False)

    connected.sync()
    assert (connected.calendar().error_code, list(connected.known())) == ("", [href])


def test_where_a_sync_report_says_nothing_at_all_the_members_are_listed_otherwise(connected: World) -> None:
    href = connected.add("There", at(9))
    connected.choose("Work")
    connected.icloud.faults.body(NOTHING, method="REPORT", path="/work/")

    connected.sync()

    assert (connected.freshness().state, list(connected.known())) == ("fresh", [href])


@pytest.mark.parametrize("door", ["sync", "poll"])
def test_a_home_without_anything_in_it_is_no_home_without_calendars(world: World, door: str) -> None:
    world.icloud.faults.body(NOTHING, method="PROPFIND")

    getattr(world, door)()

    assert (world.connection.error_code, world.calendar().error_code) == ("not_caldav", "")
