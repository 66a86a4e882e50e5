"""What the state machine has found, each as short as it could be made."""

from __future__ import annotations

from tests.connections.engine import World, at


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
