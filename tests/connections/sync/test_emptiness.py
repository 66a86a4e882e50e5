"""Do not believe an emptiness: what a complete listing may not remove at once, and when it is believed."""

from __future__ import annotations

import pytest

from tests.connections.engine import World, at
from tests.ics_text import event


def fill(world: World, count: int) -> list[str]:
    """So many events, read; then the tokens are forgotten, so that the next read is a complete listing."""
    hrefs = [world.theirs("Work").put(f"{number}.ics", event(f"EVENT-{number}")) for number in range(count)]
    world.sync()
    world.icloud.forget_tokens()
    return hrefs


def delete(world: World, hrefs: list[str]) -> None:
    for href in hrefs:
        world.theirs("Work").delete(href)


@pytest.mark.parametrize(
    ("there", "gone", "doubted"),
    [(1, 1, True), (3, 3, True), (3, 2, False), (9, 8, False), (10, 5, False), (10, 6, True), (40, 40, True)],
)
def test_a_listing_that_lacks_everything_or_more_than_half_of_ten_is_doubted(
    world: World, there: int, gone: int, doubted: bool
) -> None:
    delete(world, fill(world, there)[:gone])
    report = world.sync()
    assert (report.removed, len(world.known())) == ((0, there) if doubted else (gone, there - gone))
    calendar = world.calendar()
    assert (calendar.mass_deletion_suspected_at == world.now, calendar.error_code) == (
        doubted,
        "mass_deletion_suspected" if doubted else "",
    )


def test_a_doubted_listing_removes_nothing_stores_no_token_and_says_so(world: World) -> None:
    delete(world, fill(world, 3))
    before = world.calendar()
    report = world.sync()
    after = world.calendar()
    assert (after.sync_token, after.probe_token) == (before.sync_token, before.probe_token)
    assert (after.fresh_at, after.read_at) == (before.fresh_at, before.read_at)
    assert report.error is not None
    assert report.error.sentence == (
        "“Work”: iCloud suddenly listed far fewer events (3 of 3 gone). Nothing was removed; it is asked again shortly."
    )
    assert (world.connection.error_code, world.connection.needs_attention) == ("mass_deletion_suspected", False)
    assert (world.connection.next_sync_at - world.now).total_seconds() == 60
    assert len(world.seen()) == 3


def test_before_a_minute_is_over_nobody_asks_again(world: World) -> None:
    delete(world, fill(world, 3))
    world.sync()
    world.asked()
    assert world.sync(after=59).error is not None
    world.refresh(after=0)
    assert world.asked() == ["PROPFIND /calendars/ 1 207"] * 2
    assert (len(world.known()), world.connection.error_code) == (3, "mass_deletion_suspected")


def test_after_a_minute_the_same_answer_is_believed(world: World) -> None:
    delete(world, fill(world, 3))
    world.sync()
    report = world.sync(after=60)
    assert (report.removed, report.error, world.seen()) == (3, None, [])
    calendar, connection = world.calendar(), world.connection
    assert (calendar.mass_deletion_suspected_at, calendar.suspected_deletion_digest, calendar.error_code) == (
        None,
        "",
        "",
    )
    assert (calendar.fresh_at, connection.error_code, connection.failing_since) == (world.now, "", None)
    assert world.sync().requests == 1


def test_another_answer_is_doubted_anew(world: World) -> None:
    hrefs = fill(world, 20)
    delete(world, hrefs[:15])
    assert world.sync().removed == 0
    delete(world, hrefs[15:17])
    assert (world.sync(after=60).removed, world.calendar().mass_deletion_suspected_at) == (0, world.now)
    assert (world.sync(after=60).removed, len(world.known())) == (17, 3)


def test_what_comes_back_meanwhile_is_known_at_once_and_nothing_was_lost(world: World) -> None:
    hrefs = fill(world, 12)
    kept = {href: world.theirs("Work").resources[href].data for href in hrefs}
    delete(world, hrefs)
    assert world.sync().removed == 0
    rows = {href: world.event(href).pk for href in hrefs}
    for href, data in kept.items():
        world.theirs("Work").put(href.rsplit("/")[-1], data)
    report = world.sync(after=60)
    assert (report.removed, world.calendar().mass_deletion_suspected_at, world.known()) == (0, None, world.there())
    assert {href: world.event(href).pk for href in hrefs} == rows


def test_events_that_are_new_in_a_doubted_listing_are_stored(world: World) -> None:
    delete(world, fill(world, 3))
    world.add("New", at(15))
    report = world.sync()
    assert (report.changed, report.removed, "01.12. 15:00-16:00 New BUSY" in world.seen()) == (1, 0, True)


def test_a_full_sync_of_a_person_is_doubted_too_and_the_next_one_confirms(world: World) -> None:
    delete(world, fill(world, 3))
    assert (world.person_syncs(full=True).removed, len(world.known())) == (0, 3)
    assert (world.person_syncs(full=True).removed, world.known()) == (3, {})


def test_removals_in_a_delta_are_believed_at_once(world: World) -> None:
    hrefs = [world.theirs("Work").put(f"{number}.ics", event(f"EVENT-{number}")) for number in range(20)]
    world.sync()
    delete(world, hrefs)
    report = world.sync()
    assert (report.removed, report.error, world.known()) == (20, None, {})


def test_a_thousand_removals_are_believed_too_and_take_few_transactions(world: World) -> None:
    hrefs = [world.theirs("Work").put(f"{number}.ics", event(f"EVENT-{number}")) for number in range(1100)]
    world.sync()
    delete(world, hrefs)
    assert (world.sync().removed, world.known(), world.seen()) == (1100, {}, [])


def test_while_in_doubt_the_calendar_is_not_fresh_and_the_last_good_copy_blocks(world: World) -> None:
    delete(world, fill(world, 3))
    good = world.calendar().fresh_at
    world.sync()
    world.now += (at(12) - at(9)) / 2  # an hour and a half without any answer
    assert (world.freshness().state, world.freshness().as_of, len(world.seen())) == ("stale", good, 3)
