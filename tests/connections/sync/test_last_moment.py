"""Before a booking somebody waits for this process: what may end it is left to a worker."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connections import accounts
from connections.freshness import FreshnessState, freshness
from connections.models import Connection, Event
from connections.plan import READ_INTERRUPTED
from connections.sync.state import lease
from tests.connections.engine import World, at
from tests.feed_server import FeedServer

HOUR = timedelta(hours=1)


@pytest.fixture
def killer(world: World) -> str:
    """An event that ended the process that read it alone; it is asked for again tomorrow."""
    href = world.add("Killer", at(10))
    world.sync()
    row = Event.objects.filter(href=href)
    row.update(pending_etag=world.there()[href], pending_since=world.now - 25 * HOUR, pending_next_at=world.now + HOUR)
    row.update(etag="", problem=READ_INTERRUPTED)
    return href


def fetched(world: World) -> int:
    """How many requests for events there were since the last look."""
    return sum("multiget" in line for line in world.asked())


def test_after_a_killed_sync_nothing_is_asked_until_a_worker_has_read_everything(world: World) -> None:
    world.sync()
    world.add("Dentist", at(10))
    lease(Connection.objects.filter(pk=world.pk), world.now)  # by a process that is killed
    world.asked()
    world.refresh(after=HOUR.total_seconds())
    assert (world.asked(), world.connection.interruptions) == ([], 0)
    world.poll(after=0)
    world.asked()
    world.refresh()
    assert (world.asked(), world.connection.interruptions, len(world.known())) == ([], 1, 0)
    assert world.freshness().state == FreshnessState.STALE
    world.sync(after=1)
    world.asked()
    world.refresh()
    assert (fetched(world), world.known(), world.freshness().state) == (0, world.there(), FreshnessState.FRESH)


def test_another_version_of_an_event_that_ends_processes_is_left_to_a_worker(world: World, killer: str) -> None:
    world.phone.rename(killer, "Harmless")
    world.asked()
    world.refresh()
    assert (fetched(world), world.freshness().state) == (0, FreshnessState.STALE)
    assert world.connection.next_sync_at == world.now
    world.sync(after=0)
    assert (world.event(killer).summary, world.event(killer).problem) == ("Harmless", "")
    world.refresh()
    assert world.freshness().state == FreshnessState.FRESH


def test_an_event_that_ends_processes_is_not_asked_for_when_its_pause_is_over(world: World, killer: str) -> None:
    world.now += 2 * HOUR
    world.asked()
    world.refresh()
    assert (fetched(world), world.event(killer).problem, world.freshness().state) == (
        0,
        READ_INTERRUPTED,
        FreshnessState.FRESH,
    )
    world.sync(after=0)
    assert (fetched(world), world.event(killer).problem) == (1, "")


def test_other_changes_are_read_beside_an_event_that_ends_processes(world: World, killer: str) -> None:
    dentist = world.add("Dentist", at(12))
    world.refresh()
    assert (world.event(dentist).summary, world.event(killer).problem) == ("Dentist", READ_INTERRUPTED)
    assert world.freshness().state == FreshnessState.FRESH


def test_an_account_does_not_wait_for_a_silent_calendar_by_web_address(world: World, feed_server: FeedServer) -> None:
    feed = accounts.connect_feed(world.user, address=feed_server.address, now=world.now)
    world.sync(after=2 * HOUR.total_seconds())
    href = world.add("Dentist", at(10))
    world.asked()

    def until_the_account_was_read() -> None:
        while not world.icloud.log.matching(report="calendar-multiget") and not feed_server.closed.wait(0.01):
            pass

    feed_server.pause = until_the_account_was_read
    world.refresh()
    assert (world.event(href).summary, freshness(world.user, now=world.now, asked=True).state) == ("Dentist", "fresh")
    assert Connection.objects.get(pk=feed.pk).polled_at == world.now
