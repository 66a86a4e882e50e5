"""A sync whose process was killed: whoever takes its lapsed lease says so, and tries again after a pause."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.management import call_command

from connections.models import Connection, SyncRun
from connections.status.health import HealthState, health
from connections.sync.state import lease
from tests.connections.engine import World, at

SENTENCE = "The last sync was interrupted before it finished."


def kill_a_sync(world: World) -> None:
    """A sync takes the lease and never gives it back; the lease ends."""
    lease(Connection.objects.filter(pk=world.pk), world.now)
    world.now += timedelta(minutes=3)


def history(world: World) -> list[str]:
    return list(
        SyncRun.objects.filter(connection=world.pk, error_code="sync_interrupted").values_list("trigger", flat=True)
    )


def test_after_one_killed_sync_the_poll_says_so_and_goes_on_at_once(world: World) -> None:
    world.add("Dentist", at(10))
    kill_a_sync(world)
    assert [report.unfinished for report in world.poll(after=0)] == [True]
    connection = world.connection
    assert (connection.failures, connection.interruptions, connection.error_code) == (1, 1, "sync_interrupted")
    assert (connection.failing_since, history(world)) == (world.now, ["schedule"])


def test_after_two_killed_syncs_the_account_is_left_alone_for_a_while(world: World) -> None:
    world.add("Dentist", at(10))
    kill_a_sync(world)
    world.poll(after=0)
    kill_a_sync(world)
    reports = world.poll(after=0)
    connection = world.connection
    assert [(report.unfinished, report.error and report.error.code) for report in reports] == [
        (False, "sync_interrupted")
    ]
    assert (connection.failures, connection.interruptions, connection.error_code) == (2, 2, "sync_interrupted")
    assert history(world) == ["schedule", "schedule"]
    assert connection.next_sync_at > world.now
    assert connection.lease_until is None


def test_failures_and_pauses_grow_while_each_sync_is_killed_though_polls_between_them_are_good(world: World) -> None:
    pauses = []
    world.add("Dentist", at(10))
    kill_a_sync(world)
    world.poll(after=0)
    for _ in range(3):
        world.add("Dentist", at(10))
        kill_a_sync(world)
        world.poll(after=0)
        pauses.append(world.connection.next_sync_at - world.now)
        world.now = world.connection.next_sync_at
        assert [report.unfinished for report in world.poll(after=0)] == [True]
    assert (world.connection.failures, world.connection.interruptions, len(history(world))) == (4, 4, 4)
    assert (pauses[0] < pauses[1] < pauses[2], world.connection.error_code) == (True, "sync_interrupted")


def test_a_sync_that_reads_everything_ends_the_trouble_and_the_history_keeps_it(world: World) -> None:
    world.add("Dentist", at(10))
    kill_a_sync(world)
    report = world.person_syncs(after=0)
    connection = world.connection
    assert (report.changed, report.error, history(world)) == (1, None, ["schedule"])
    assert (connection.failures, connection.interruptions, connection.error_code) == (0, 0, "")
    assert connection.failing_since is None


def test_the_page_and_the_command_say_it_in_a_sentence(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.add("Dentist", at(10))
    kill_a_sync(world)
    world.poll(after=0)
    seen = health(world.connection, world.now)
    assert (seen.state, str(seen.sentence).startswith(SENTENCE)) == (HealthState.TRYING_AGAIN, True)
    call_command("check_connections", "--json")
    row = json.loads(capsys.readouterr().out)[0]
    assert (row["healthy"], row["error"].startswith(SENTENCE)) == (False, True)


def test_a_lease_that_was_given_back_is_no_interruption(world: World) -> None:
    world.sync()
    world.sync()
    assert (world.connection.took_over, world.connection.interruptions, history(world)) == (False, 0, [])
